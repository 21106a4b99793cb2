// Repeats, rolls and flips.
#include <algorithm>
#include <numeric>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/gather.h"
#include "kernels/cpu/joining.h"

namespace temper::joining {
namespace {

Tensor repeated(const Tensor& self, Dims repeats) {
  const size_t rank = repeats.size();
  Dims own(rank, 1), sizes(rank), spread, source;
  std::copy(self.sizes().begin(), self.sizes().end(), own.end() - self.dim());
  for (size_t d = 0; d < rank; ++d) {
    if (__builtin_mul_overflow(own[d], repeats[d], &sizes[d]))
      fail("repeat: the result is too large");
    if (sizes[d] < 0) {
      fail("Trying to create tensor with negative dimension ", sizes[d], ": ", to_string(repeats));
    }
    spread.push_back(repeats[d]);
    spread.push_back(own[d]);
    source.push_back(1);
    source.push_back(own[d]);
  }
  const Tensor out = empty(sizes, self.dtype());
  out.impl()->quant = self.impl()->quant;
  if (out.numel() > 0) copy_into(out.view_as_shape(spread), self.reshape(source));
  return out;
}

// The index of each repetition: [2, 0, 1] gives [0, 0, 2].
Tensor interleave_indices(const Tensor& repeats) {
  if (repeats.dim() != 1) fail("repeat_interleave only accept 1D vector as repeat");
  if (repeats.dtype() != DType::kInt64 && repeats.dtype() != DType::kInt32) {
    fail("repeats has to be Long or Int tensor");
  }
  const Tensor counts = to_dtype(repeats, DType::kInt64).contiguous();
  const int64_t* data = counts.data<int64_t>();
  int64_t total = 0;
  for (int64_t i = 0; i < counts.numel(); ++i) {
    if (data[i] < 0) fail("repeats can not be negative");
    if (__builtin_add_overflow(total, data[i], &total)) fail("repeats are too large");
  }
  const Tensor out = empty({total}, DType::kInt64);
  int64_t* next = out.data<int64_t>();
  for (int64_t i = 0; i < counts.numel(); ++i) next = std::fill_n(next, data[i], i);
  return out;
}

void check_output_size(const OpCall& call, size_t i, const Tensor& indices) {
  if (!call.is_none(i) && call.integer(i) != indices.numel()) {
    fail("allocated size does not match required size");
  }
}

void interleave(OpCall& call, Tensor repeats) {
  Tensor self = call.tensor(0);
  if (call.is_none(2)) self = self.reshape({-1});
  const int64_t dim = wrap_dim(call.integer_or(2, 0), self.dim());
  const int64_t size = self.dim() == 0 ? 1 : self.sizes()[dim];
  if (repeats.dim() == 0 || (repeats.dim() == 1 && repeats.numel() == 1)) {
    repeats = repeats.reshape({1}).expand({size});
  } else if (repeats.dim() == 1) {
    if (repeats.numel() != size) {
      fail("repeats must have the same size as input along dim, but got repeats.size(0) = ",
           repeats.numel(), " and input.size(", dim, ") = ", size);
    }
  } else {
    fail("repeats must be 0-dim or 1-dim tensor");
  }
  const Tensor indices = interleave_indices(repeats);
  check_output_size(call, 3, indices);
  call.ret(indexing::select_indices(call.context(), self, dim, indices));
}

Tensor roll_one(const Tensor& self, int64_t shift, int64_t dim) {
  if (self.numel() == 0) return self.clone();
  const int64_t d = wrap_dim(dim, self.dim()), size = self.size(d);
  const int64_t start = (size - shift % size) % size;
  return concatenate({self.slice(d, start, size), self.slice(d, 0, start)}, d);
}

// A view whose strides are negative along `dims`: only copies may read it.
Tensor reversed(const Tensor& self, DimsView dims) {
  const Tensor view = self.alias();
  for (int64_t d : dims) {
    view.impl()->offset += (view.sizes()[d] - 1) * view.strides()[d];
    view.impl()->strides[d] = -view.impl()->strides[d];
  }
  return view;
}

Tensor flipped(const Tensor& self, DimsView dims) {
  const Dims wrapped = wrap_dims(dims, self.dim());
  const Tensor out = empty_like(self);
  out.impl()->quant = self.impl()->quant;
  if (self.numel() > 0) copy_into(out, self.dim() == 0 ? self : reversed(self, wrapped));
  return out;
}

}  // namespace

void repeat(OpCall& call) {
  const Tensor self = call.tensor(0);
  const Dims repeats = call.ints(1);
  if (static_cast<int64_t>(repeats.size()) < self.dim()) {
    fail(
        "Number of dimensions of repeat dims can not be smaller than number of dimensions of "
        "tensor");
  }
  call.ret(repeated(self, repeats));
}

void tile(OpCall& call) {
  const Tensor self = call.tensor(0);
  Dims repeats = call.ints(1);
  while (static_cast<int64_t>(repeats.size()) < self.dim()) repeats.insert(repeats.begin(), 1);
  call.ret(repeated(self, repeats));
}

void repeat_interleave(OpCall& call) {
  const Tensor indices = interleave_indices(call.tensor(0));
  check_output_size(call, 1, indices);
  call.ret(to_dtype(indices, call.tensor(0).dtype()));
}

void repeat_interleave_tensor(OpCall& call) { interleave(call, call.tensor(1)); }

void repeat_interleave_int(OpCall& call) {
  const Tensor repeats = empty({1}, DType::kInt64);
  *repeats.data<int64_t>() = call.integer(1);
  interleave(call, repeats);
}

void roll(OpCall& call) {
  Tensor self = call.tensor(0);
  const Dims shifts = call.ints(1), dims = call.ints(2);
  if (shifts.empty()) fail("`shifts` required");
  if (dims.empty() && shifts.size() == 1) {
    const Tensor flat = self.contiguous().view_as_shape({self.numel()});
    return call.ret(roll_one(flat, shifts[0], 0).view_as_shape(self.sizes()));
  }
  if (shifts.size() != dims.size()) {
    fail("shifts and dimensions must align. shifts: ", shifts.size(), ", dims:", dims.size());
  }
  for (size_t i = 0; i < dims.size(); ++i) self = roll_one(self, shifts[i], dims[i]);
  call.ret(self);
}

void flip(OpCall& call) { call.ret(flipped(call.tensor(0), call.ints(1))); }

void fliplr(OpCall& call) {
  if (call.tensor(0).dim() < 2) fail("Input must be >= 2-d.");
  call.ret(flipped(call.tensor(0), {1}));
}
void flipud(OpCall& call) {
  if (call.tensor(0).dim() < 1) fail("Input must be >= 1-d.");
  call.ret(flipped(call.tensor(0), {0}));
}

void rot90(OpCall& call) {
  const Tensor self = call.tensor(0);
  const Dims dims = call.ints(2);
  if (dims.size() != 2) fail("expected total rotation dims == 2, but got dims = ", dims.size());
  if (self.dim() < 2) fail("expected total dims >= 2, but got total dims = ", self.dim());
  const int64_t a = wrap_dim(dims[0], self.dim()), b = wrap_dim(dims[1], self.dim());
  if (a == b) {
    fail("expected rotation dims to be different, but got dim0 = ", dims[0],
         " and dim1 = ", dims[1]);
  }
  switch (((call.integer(1) % 4) + 4) % 4) {
    case 1: return call.ret(flipped(self, {b}).transpose(a, b));
    case 2: return call.ret(flipped(self, {a, b}));
    case 3: return call.ret(flipped(self, {a}).transpose(a, b));
    default: {
      const Tensor out = empty(self.sizes(), self.dtype());
      copy_into(out, self);
      return call.ret(out);
    }
  }
}

}  // namespace temper::joining
