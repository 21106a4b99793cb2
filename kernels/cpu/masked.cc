// Elements chosen by masks, and where they are.
#include <algorithm>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/fill.h"
#include "kernels/cpu/gather.h"
#include "kernels/cpu/indexing.h"
#include "kernels/cpu/reduce/loops.h"
#include "kernels/cpu/walk.h"

namespace temper::indexing {
namespace {

// Bytes that are 0 or 1; of wider elements the oracle looks at the first byte.
Tensor bytes_of_mask(const Tensor& mask) {
  if (mask.dtype() == DType::kBool) return mask;
  const Tensor bytes = empty(mask.sizes(), DType::kBool);
  const Tensor dense = mask.contiguous();
  const int64_t step = dense.item_size();
  const uint8_t* from = reinterpret_cast<const uint8_t*>(dense.raw());
  uint8_t* to = reinterpret_cast<uint8_t*>(bytes.raw());
  for (int64_t i = 0; i < bytes.numel(); ++i) {
    to[i] = from[i * step];
    if (to[i] > 1) fail("Mask tensor can take 0 and 1 values only");
  }
  return bytes;
}

Tensor fill_value(const OpCall& call, size_t i, DType dtype) {
  const IValue& value = call.in(i);
  if (!value.is_tensor()) return scalar_tensor(value, dtype);
  const Tensor tensor = value.to_tensor();
  if (tensor.dim() != 0) {
    fail("masked_fill_ only supports a 0-dimensional value tensor, but got tensor with ",
         tensor.dim(), " dimension(s).");
  }
  return to_dtype(tensor, dtype);
}

void fill_masked(const Tensor& self, const Tensor& mask, const Tensor& value) {
  const Tensor spread = bytes_of_mask(mask).expand(self.sizes());
  self.mark_written();
  visit_size(self.dtype(), [&]<class T>() {
    T* data = reinterpret_cast<T*>(self.raw());
    const uint8_t* chosen = reinterpret_cast<const uint8_t*>(spread.raw());
    const T fill = *reinterpret_cast<const T*>(value.raw());
    walk<2>(self.sizes(), {self.strides(), spread.strides()},
            [&](const auto& o, int64_t n, const auto& s) {
              for (int64_t i = 0; i < n; ++i) {
                if (chosen[o[1] + i * s[1]]) data[o[0] + i * s[0]] = fill;
              }
            });
  });
}

void scatter_masked(const Tensor& self, const Tensor& mask, const Tensor& source) {
  if (self.dtype() != source.dtype()) {
    fail("masked_scatter: expected self and source to have same dtypes but got ",
         dtype_name(self.dtype()), " and ", dtype_name(source.dtype()));
  }
  // In the order of the memory of `self`, like the oracle.
  const Dims layout = dense_strides_like(self.sizes(), self.strides());
  Dims order;
  for (int64_t d = 0; d < self.dim(); ++d) order.push_back(d);
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return layout[a] > layout[b]; });
  const Tensor to = self.permute(order), values = source.contiguous();
  const Tensor spread = bytes_of_mask(mask).expand(self.sizes()).permute(order);
  self.mark_written();
  visit_size(self.dtype(), [&]<class T>() {
    T* data = reinterpret_cast<T*>(self.raw());
    const uint8_t* chosen = reinterpret_cast<const uint8_t*>(spread.raw());
    const T* next = reinterpret_cast<const T*>(values.raw());
    const T* end = next + values.numel();
    walk_each<2>(to.sizes(), {to.strides(), spread.strides()}, [&](const auto& at) {
      if (!chosen[at[1]]) return;
      if (next == end) fail("Number of elements of source < number of ones in mask");
      data[at[0]] = *next++;
    });
  });
}

int64_t count_set(const uint8_t* set, int64_t n) {
  uint64_t count = 0;
  reduce_loops().folds[static_cast<int>(Fold::kNonzero)][static_cast<int>(DType::kUInt8)].row(
      set, n, &count);
  return static_cast<int64_t>(count);
}

// Writes the numbers of the set bytes, of which there are at most `room`; returns how many.
int64_t places_of_set(const uint8_t* set, int64_t n, int64_t* to, int64_t room) {
  constexpr int64_t kPiece = 256;
  int64_t places[kPiece], found = 0;
  for (int64_t at = 0; at < n && found < room; at += kPiece) {
    const int64_t end = std::min(n, at + kPiece);
    int64_t here = 0;
    for (int64_t i = at; i < end; ++i) {  // without branches: masks follow no pattern
      places[here] = i;
      here += set[i] != 0;
    }
    std::copy(places, places + here, to + found);
    found += here;
  }
  return found;
}

// Elements whose byte is set, one behind the other.
template <class T>
T* take_set(const T* from, const uint8_t* set, int64_t n, T* to) {
  constexpr int64_t kPiece = 256;
  T taken[kPiece];
  for (int64_t at = 0; at < n; at += kPiece) {
    const int64_t end = std::min(n, at + kPiece);
    int64_t here = 0;
    for (int64_t i = at; i < end; ++i) {
      taken[here] = from[i];
      here += set[i] != 0;
    }
    to = std::copy(taken, taken + here, to);
  }
  return to;
}

}  // namespace

Tensor nonzero_coordinates(const Tensor& self) {
  const int64_t rank = self.dim();
  const Tensor mask = to_dtype(self, DType::kBool).contiguous();
  const uint8_t* set = reinterpret_cast<const uint8_t*>(mask.raw());
  const int64_t total = mask.numel(), count = count_set(set, total);
  // One row of memory per dim, like the oracle.
  const Tensor out = empty({rank, count}, DType::kInt64);
  if (rank == 0 || count == 0) return out.transpose(0, 1);
  const int64_t n = mask.sizes()[static_cast<size_t>(rank) - 1];
  int64_t* coordinates = out.data<int64_t>();
  int64_t* last = coordinates + (rank - 1) * count;
  int64_t done = 0;
  for (int64_t row = 0; done < count; ++row) {
    const int64_t found = places_of_set(set + row * n, n, last + done, count - done);
    int64_t rest = row;
    for (int64_t d = rank - 1; d-- > 0;) {
      const int64_t size = mask.sizes()[static_cast<size_t>(d)];
      std::fill_n(coordinates + d * count + done, found, rest % size);
      rest /= size;
    }
    done += found;
  }
  return out.transpose(0, 1);
}

void masked_fill(OpCall& call) {
  const Tensor self = call.tensor(0), mask = call.tensor(1);
  const Dims sizes = broadcast(mask.sizes(), self.sizes());
  const Tensor out = empty(sizes, self.dtype());
  copy_into(out, self);
  fill_masked(out, mask, fill_value(call, 2, self.dtype()));
  call.ret(out);
}

void masked_fill_in_place(OpCall& call) {
  const Tensor self = call.tensor(0), mask = call.tensor(1);
  const Dims shape = broadcast(self.sizes(), mask.sizes());
  if (self.sizes() != DimsView(shape)) {
    fail("output with shape ", to_string(self.sizes()), " doesn't match the broadcast shape ",
         to_string(DimsView(shape)));
  }
  fill_masked(self, mask, fill_value(call, 2, self.dtype()));
  call.ret(call.in(0));
}

void masked_select(OpCall& call) {
  const Tensor self = call.tensor(0), mask = call.tensor(1);
  if (mask.dtype() != DType::kBool && mask.dtype() != DType::kUInt8) {
    fail("masked_select: expected BoolTensor or ByteTensor for mask");
  }
  const Dims sizes = broadcast(mask.sizes(), self.sizes());
  const Tensor values = self.expand(sizes), chosen = mask.expand(sizes);
  const Tensor bytes = chosen.contiguous();
  const uint8_t* set = reinterpret_cast<const uint8_t*>(bytes.raw());
  const Tensor out = empty({count_set(set, bytes.numel())}, self.dtype());
  if (out.numel() == 0) return call.ret(out);
  visit_size(self.dtype(), [&]<class T>() {
    const T* from = reinterpret_cast<const T*>(values.raw());
    T* next = reinterpret_cast<T*>(out.raw());
    if (values.is_contiguous()) {
      take_set(from, set, bytes.numel(), next);
      return;
    }
    walk_each<2>(sizes, {values.strides(), bytes.strides()}, [&](const auto& at) {
      if (set[at[1]]) *next++ = from[at[0]];
    });
  });
  call.ret(out);
}

void masked_scatter(OpCall& call) {
  const Tensor self = call.tensor(0), mask = call.tensor(1);
  const Tensor out = empty(broadcast(self.sizes(), mask.sizes()), self.dtype());
  copy_into(out, self);
  scatter_masked(out, mask, call.tensor(2));
  call.ret(out);
}

void masked_scatter_in_place(OpCall& call) {
  scatter_masked(call.tensor(0), call.tensor(1), call.tensor(2));
  call.ret(call.in(0));
}

void nonzero(OpCall& call) { call.ret(nonzero_coordinates(call.tensor(0))); }

void nonzero_numpy(OpCall& call) {
  const Tensor coordinates = nonzero_coordinates(as_vector(call.tensor(0)));
  std::vector<Tensor> out;
  for (int64_t d = 0; d < coordinates.sizes()[1]; ++d) out.push_back(coordinates.select(1, d));
  call.ret(make_tensor_list(out));
}

}  // namespace temper::indexing
