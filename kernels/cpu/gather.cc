#include "kernels/cpu/gather.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/gather_loops.h"
#include "kernels/cpu/indexing.h"

namespace temper::indexing {
namespace {

constexpr int64_t kGrainBytes = 65536;

Tensor checked_indices(const Tensor& indices, int64_t size) {
  const Tensor whole = to_dtype(indices, DType::kInt64).contiguous();
  if (!gather_loops().all_below(whole.data<int64_t>(), whole.numel(), size)) {
    fail("index out of range in self");
  }
  return whole;
}

// Rows of `row_bytes` contiguous bytes, `outer` times.
void copy_rows(const RunContext& context, const Tensor& out, const Tensor& self,
               const Tensor& indices, int64_t outer, int64_t size, int64_t row_bytes) {
  const int64_t count = indices.numel(), item = self.item_size();
  const GatherLoops& loops = gather_loops();
  const auto elements = loops.elements[element_loop(item)];
  context.workers->parallel_for(0, outer * count, 1 + kGrainBytes / row_bytes,
                                [&](int64_t begin, int64_t end) {
                                  while (begin < end) {
                                    const int64_t o = begin / count, first = begin % count;
                                    const int64_t n = std::min(count - first, end - begin);
                                    const int64_t* at = indices.data<int64_t>() + first;
                                    const std::byte* from = self.raw() + o * size * row_bytes;
                                    std::byte* to = out.raw() + begin * row_bytes;
                                    if (row_bytes == item) {
                                      elements(to, from, at, 1, 0, n);
                                    } else {
                                      loops.rows(to, from, at, n, row_bytes, row_bytes);
                                    }
                                    begin += n;
                                  }
                                });
}

void check_gather(const Tensor& self, const Tensor& index, int64_t dim) {
  if (index.numel() == 0) return;
  if (self.dim() != index.dim()) {
    fail("Index tensor must have the same number of dimensions as input tensor");
  }
  for (int64_t d = 0; d < self.dim(); ++d) {
    if (d != dim && index.sizes()[d] > self.sizes()[d]) {
      fail("Size does not match at dimension ", d, " expected index ", to_string(index.sizes()),
           " to be smaller than self ", to_string(self.sizes()), " apart from dimension ", dim);
    }
  }
}

}  // namespace

void index_out_of_bounds(int64_t index, int64_t dim, int64_t size) {
  fail("index ", index, " is out of bounds for dimension ", dim, " with size ", size);
}

Tensor wide_index(const Tensor& index, const char* op) {
  if (index.numel() > 0 && index.dtype() != DType::kInt64 && index.dtype() != DType::kInt32) {
    fail(op, "(): Expected dtype int64 for index");
  }
  return to_dtype(index, DType::kInt64);
}

Tensor as_vector(const Tensor& self) { return self.dim() == 0 ? self.unsqueeze(0) : self; }

Tensor select_indices(const RunContext& context, const Tensor& self, int64_t dim,
                      const Tensor& indices) {
  const int64_t d = wrap_dim(dim, self.dim());
  if (indices.dim() > 1) fail("index_select(): Index is supposed to be a vector");
  if (indices.dtype() != DType::kInt64 && indices.dtype() != DType::kInt32) {
    fail("index_select(): Expected dtype int32 or int64 for index");
  }
  const Tensor source = as_vector(self);
  const int64_t size = source.sizes()[d];
  const Tensor at = checked_indices(indices, size);
  Dims sizes(source.sizes().begin(), source.sizes().end());
  sizes[d] = at.numel();
  const Tensor out = empty(sizes, self.dtype());
  out.impl()->quant = self.impl()->quant;
  if (out.numel() > 0 && source.is_contiguous()) {
    const int64_t row = numel_of(source.sizes().subspan(static_cast<size_t>(d) + 1));
    const int64_t outer = numel_of(source.sizes().subspan(0, static_cast<size_t>(d)));
    copy_rows(context, out, source, at, outer, size, row * self.item_size());
  } else if (out.numel() > 0) {
    for (int64_t i = 0; i < at.numel(); ++i) {
      copy_into(out.select(d, i), source.select(d, at.data<int64_t>()[i]));
    }
  }
  return self.dim() == 0 ? out.view_as_shape({}) : out;
}

Tensor gather_along(const RunContext& context, const Tensor& self, int64_t dim,
                    const Tensor& index) {
  const int64_t d = wrap_dim(dim, self.dim());
  const Tensor out = empty(index.sizes(), self.dtype());
  const Tensor from = as_vector(self);
  const Tensor at = as_vector(wide_index(index, "gather")).contiguous();
  check_gather(from, at, d);
  if (index.numel() == 0) return out;
  const int64_t size = from.sizes()[d], item = from.item_size();
  const int64_t* indices = at.data<int64_t>();
  if (!gather_loops().all_below(indices, at.numel(), size)) {
    const int64_t* bad = std::find_if(indices, indices + at.numel(),
                                      [size](int64_t k) { return k < 0 || k >= size; });
    index_out_of_bounds(*bad, dim, size);
  }
  // Rows run along the last dim that has more than one element.
  size_t last = at.sizes().size() - 1;
  while (last > 0 && at.sizes()[last] == 1) --last;
  const DimsView rows = at.sizes().subspan(0, last);
  const int64_t n = at.sizes()[last], step = from.strides()[d];
  const int64_t move = static_cast<size_t>(d) == last ? 0 : from.strides()[last];
  const auto elements = gather_loops().elements[element_loop(item)];
  context.workers->parallel_for(0, numel_of(rows), 1 + kGrainBytes / (n * item),
                                [&](int64_t begin, int64_t end) {
                                  for (int64_t row = begin; row < end; ++row) {
                                    int64_t offset = 0, rest = row;
                                    for (size_t k = last; k-- > 0;) {
                                      if (static_cast<size_t>(d) != k)
                                        offset += rest % rows[k] * from.strides()[k];
                                      rest /= rows[k];
                                    }
                                    elements(out.raw() + row * n * item, from.raw() + offset * item,
                                             indices + row * n, step, move, n);
                                  }
                                });
  return out;
}

Tensor take_flat(const Tensor& self, const Tensor& index) {
  if (index.dtype() != DType::kInt64) {
    fail("take(): Expected a long tensor for index, but got ", dtype_name(index.dtype()));
  }
  const Tensor out = empty(index.sizes(), self.dtype());
  if (index.numel() == 0) return out;
  const int64_t count = self.numel();
  if (count == 0) fail("take(): tried to take from an empty tensor");
  const Tensor source = self.contiguous(), at = index.contiguous();
  visit_size(self.dtype(), [&]<class T>() {
    const T* from = reinterpret_cast<const T*>(source.raw());
    T* to = reinterpret_cast<T*>(out.raw());
    for (int64_t i = 0; i < at.numel(); ++i) {
      const int64_t k = at.data<int64_t>()[i];
      if (k < -count || k >= count) {
        fail("out of range: tried to access index ", k, " on a tensor of ", count, " elements.");
      }
      to[i] = from[k < 0 ? k + count : k];
    }
  });
  return out;
}

void index_select(OpCall& call) {
  call.ret(select_indices(call.context(), call.tensor(0), call.integer(1), call.tensor(2)));
}

void gather(OpCall& call) {
  call.ret(gather_along(call.context(), call.tensor(0), call.integer(1), call.tensor(2)));
}

void take(OpCall& call) { call.ret(take_flat(call.tensor(0), call.tensor(1))); }

void take_along_dim(OpCall& call) {
  const Tensor self = call.tensor(0), indices = call.tensor(1);
  if (indices.dtype() != DType::kInt64) {
    fail("torch.take_along_dim(): dtype of indices should be Long but got ",
         dtype_name(indices.dtype()));
  }
  if (call.is_none(2))
    return call.ret(gather_along(call.context(), self.reshape({-1}), 0, indices.reshape({-1})));
  if (self.dim() != indices.dim()) {
    fail(
        "torch.take_along_dim(): input and indices should have the same number of dimensions, "
        "but got ",
        self.dim(), " dimensions for input, and ", indices.dim(), " dimensions for indices");
  }
  const int64_t dim = wrap_dim(call.integer(2), self.dim());
  if (self.dim() == 0) return call.ret(gather_along(call.context(), self, dim, indices));
  Dims self_sizes(self.sizes().begin(), self.sizes().end());
  Dims index_sizes(indices.sizes().begin(), indices.sizes().end());
  self_sizes[dim] = indices.sizes()[dim];
  const Dims wanted = broadcast(self_sizes, indices.sizes());
  index_sizes[dim] = self.sizes()[dim];
  const Dims spread = broadcast(self.sizes(), index_sizes);
  call.ret(gather_along(call.context(), self.expand(spread), dim, indices.expand(wanted)));
}

}  // namespace temper::indexing
