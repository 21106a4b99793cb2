#include "kernels/cpu/gather.h"

#include <algorithm>
#include <cstring>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/indexing.h"
#include "kernels/cpu/walk.h"

namespace temper::indexing {
namespace {

Tensor checked_indices(const Tensor& indices, int64_t size) {
  const Tensor whole = to_dtype(indices, DType::kInt64).contiguous();
  const int64_t* data = whole.data<int64_t>();
  for (int64_t i = 0; i < whole.numel(); ++i) {
    if (data[i] < 0 || data[i] >= size) fail("index out of range in self");
  }
  return whole;
}

// Rows of `row` contiguous elements, `outer` times.
void copy_rows(const Tensor& out, const Tensor& self, const Tensor& indices, int64_t outer,
               int64_t size, int64_t row_bytes) {
  const int64_t* at = indices.data<int64_t>();
  std::byte* to = out.raw();
  for (int64_t o = 0; o < outer; ++o) {
    const std::byte* from = self.raw() + o * size * row_bytes;
    for (int64_t i = 0; i < indices.numel(); ++i) {
      std::memcpy(to, from + at[i] * row_bytes, static_cast<size_t>(row_bytes));
      to += row_bytes;
    }
  }
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

Tensor select_indices(const Tensor& self, int64_t dim, const Tensor& indices) {
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
    copy_rows(out, source, at, outer, size, row * self.item_size());
  } else if (out.numel() > 0) {
    for (int64_t i = 0; i < at.numel(); ++i) {
      copy_into(out.select(d, i), source.select(d, at.data<int64_t>()[i]));
    }
  }
  return self.dim() == 0 ? out.view_as_shape({}) : out;
}

Tensor gather_along(const Tensor& self, int64_t dim, const Tensor& index) {
  const int64_t d = wrap_dim(dim, self.dim());
  const Tensor out = empty(index.sizes(), self.dtype());
  const Tensor from = as_vector(self), to = as_vector(out);
  const Tensor at = as_vector(wide_index(index, "gather"));
  check_gather(from, at, d);
  if (index.numel() == 0) return out;
  const int64_t size = from.sizes()[d], stride = from.strides()[d];
  Dims fixed(from.strides().begin(), from.strides().end());
  fixed[d] = 0;
  const int64_t* indices = at.data<int64_t>();
  visit_size(self.dtype(), [&]<class T>() {
    const T* source = reinterpret_cast<const T*>(from.raw());
    T* target = reinterpret_cast<T*>(to.raw());
    walk<3>(at.sizes(), {to.strides(), DimsView(fixed), at.strides()},
            [&](const auto& o, int64_t n, const auto& s) {
              for (int64_t i = 0; i < n; ++i) {
                const int64_t k = indices[o[2] + i * s[2]];
                if (k < 0 || k >= size) index_out_of_bounds(k, dim, size);
                target[o[0] + i * s[0]] = source[o[1] + i * s[1] + k * stride];
              }
            });
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
  call.ret(select_indices(call.tensor(0), call.integer(1), call.tensor(2)));
}

void gather(OpCall& call) {
  call.ret(gather_along(call.tensor(0), call.integer(1), call.tensor(2)));
}

void take(OpCall& call) { call.ret(take_flat(call.tensor(0), call.tensor(1))); }

void take_along_dim(OpCall& call) {
  const Tensor self = call.tensor(0), indices = call.tensor(1);
  if (indices.dtype() != DType::kInt64) {
    fail("torch.take_along_dim(): dtype of indices should be Long but got ",
         dtype_name(indices.dtype()));
  }
  if (call.is_none(2)) return call.ret(gather_along(self.reshape({-1}), 0, indices.reshape({-1})));
  if (self.dim() != indices.dim()) {
    fail(
        "torch.take_along_dim(): input and indices should have the same number of dimensions, "
        "but got ",
        self.dim(), " dimensions for input, and ", indices.dim(), " dimensions for indices");
  }
  const int64_t dim = wrap_dim(call.integer(2), self.dim());
  if (self.dim() == 0) return call.ret(gather_along(self, dim, indices));
  Dims self_sizes(self.sizes().begin(), self.sizes().end());
  Dims index_sizes(indices.sizes().begin(), indices.sizes().end());
  self_sizes[dim] = indices.sizes()[dim];
  const Dims wanted = broadcast(self_sizes, indices.sizes());
  index_sizes[dim] = self.sizes()[dim];
  const Dims spread = broadcast(self.sizes(), index_sizes);
  call.ret(gather_along(self.expand(spread), dim, indices.expand(wanted)));
}

}  // namespace temper::indexing
