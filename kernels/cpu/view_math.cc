#include "kernels/cpu/view_math.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/wrapping.h"

namespace temper::views {
namespace {

Tensor strided(const Tensor& self, DimsView sizes, DimsView strides, int64_t offset) {
  Tensor view = self.alias();
  view.impl()->sizes.assign(sizes.begin(), sizes.end());
  view.impl()->strides.assign(strides.begin(), strides.end());
  view.impl()->offset = offset;
  view.impl()->refresh();
  return view;
}

Tensor with_dtype(const Tensor& self, DType dtype, Dims sizes, Dims strides, int64_t offset) {
  Tensor view = from_storage(self.storage(), dtype, sizes, strides, offset);
  view.impl()->requires_grad = self.impl()->requires_grad;
  return view;
}

// From `from` bytes an element to more: the last dim shrinks.
Tensor widen(const Tensor& self, DType dtype) {
  const int64_t ratio = item_size(dtype) / self.item_size();
  const auto check = [&](int64_t value, std::string_view what) {
    if (value % ratio != 0) {
      fail(what, " must be divisible by ", ratio, " to view ", dtype_name(self.dtype()), " as ",
           dtype_name(dtype), " (different element sizes), but got ", value);
    }
  };
  if (self.dim() == 0) {
    fail("self.dim() cannot be 0 to view ", dtype_name(self.dtype()), " as ", dtype_name(dtype),
         " (different element sizes)");
  }
  check(self.sizes().back(), "self.size(-1)");
  check(self.offset(), "self.storage_offset()");
  if (self.strides().back() != 1) {
    fail("self.stride(-1) must be 1 to view ", dtype_name(self.dtype()), " as ", dtype_name(dtype),
         " (different element sizes), but got ", self.strides().back());
  }
  Dims sizes(self.sizes().begin(), self.sizes().end()), strides;
  sizes.back() /= ratio;
  for (int64_t d = 0; d + 1 < self.dim(); ++d) {
    check(self.strides()[d], str_cat("self.stride(", d, ")"));
    strides.push_back(self.strides()[d] / ratio);
  }
  strides.push_back(1);
  return with_dtype(self, dtype, std::move(sizes), std::move(strides), self.offset() / ratio);
}

Tensor narrow_items(const Tensor& self, DType dtype) {
  const int64_t ratio = self.item_size() / item_size(dtype);
  if (self.dim() == 0) {
    fail("self.dim() cannot be 0 to view ", dtype_name(self.dtype()), " as ", dtype_name(dtype),
         " (different element sizes)");
  }
  if (self.strides().back() != 1) {
    fail("self.stride(-1) must be 1 to view ", dtype_name(self.dtype()), " as ", dtype_name(dtype),
         " (different element sizes), but got ", self.strides().back());
  }
  Dims sizes(self.sizes().begin(), self.sizes().end());
  Dims strides(self.strides().begin(), self.strides().end());
  bool fits = !__builtin_mul_overflow(sizes.back(), ratio, &sizes.back());
  for (size_t d = 0; d + 1 < strides.size(); ++d) {
    fits &= !__builtin_mul_overflow(strides[d], ratio, &strides[d]);
  }
  if (!fits) fail("view: sizes ", to_string(self.sizes()), " as smaller items exceed 64 bits");
  return with_dtype(self, dtype, std::move(sizes), std::move(strides), self.offset() * ratio);
}

}  // namespace

Tensor squeeze_all(const Tensor& self) {
  Dims sizes, strides;
  for (int64_t d = 0; d < self.dim(); ++d) {
    if (self.sizes()[d] == 1) continue;
    sizes.push_back(self.sizes()[d]);
    strides.push_back(self.strides()[d]);
  }
  return strided(self, sizes, strides, self.offset());
}

Tensor squeeze_listed(const Tensor& self, DimsView dims) {
  const Dims listed = wrap_dims(dims, self.dim());
  Dims sizes, strides;
  for (int64_t d = 0; d < self.dim(); ++d) {
    if (self.sizes()[d] == 1 && std::find(listed.begin(), listed.end(), d) != listed.end())
      continue;
    sizes.push_back(self.sizes()[d]);
    strides.push_back(self.strides()[d]);
  }
  return strided(self, sizes, strides, self.offset());
}

Tensor diagonal_of(const Tensor& self, int64_t offset, int64_t dim1, int64_t dim2) {
  const int64_t a = wrap_dim(dim1, self.dim()), b = wrap_dim(dim2, self.dim());
  if (a == b) fail("diagonal dimensions cannot be identical ", dim1, ", ", dim2);
  if (self.dim() < 2) fail("diagonal needs a tensor of at least 2 dims");
  const int64_t rows = self.sizes()[a], cols = self.sizes()[b];
  // Offsets beyond either side give an empty diagonal.
  const int64_t down = offset < 0 ? (offset < -rows ? rows : -offset) : 0;
  const int64_t right = offset > 0 ? std::min(offset, cols) : 0;
  const int64_t length = std::max<int64_t>(std::min(rows - down, cols - right), 0);
  const int64_t start = length == 0
                            ? self.offset()
                            : self.offset() + down * self.strides()[a] + right * self.strides()[b];
  Dims sizes, strides;
  for (int64_t d = 0; d < self.dim(); ++d) {
    if (d == a || d == b) continue;
    sizes.push_back(self.sizes()[d]);
    strides.push_back(self.strides()[d]);
  }
  sizes.push_back(length);
  strides.push_back(self.strides()[a] + self.strides()[b]);
  return strided(self, sizes, strides, start);
}

Tensor unfold_of(const Tensor& self, int64_t dim, int64_t size, int64_t step) {
  const int64_t d = wrap_dim(dim, self.dim());
  const int64_t whole = self.dim() == 0 ? 1 : self.sizes()[d];
  if (size > whole) {
    fail("maximum size for tensor at dimension ", d, " is ", whole, " but size is ", size);
  }
  if (size < 0) fail("size is ", size, " but must be >= 0");
  if (step <= 0) fail("step is ", step, " but must be > 0");
  Dims sizes(self.sizes().begin(), self.sizes().end());
  Dims strides(self.strides().begin(), self.strides().end());
  const int64_t stride = self.dim() == 0 ? 1 : strides[d];
  if (self.dim() > 0) {
    sizes[d] = (whole - size) / step + 1;
    if (__builtin_mul_overflow(step, stride, &strides[d])) {
      fail("unfold: a step of ", step, " is beyond 64 bits");
    }
  }
  sizes.push_back(size);
  strides.push_back(stride);
  return strided(self, sizes, strides, self.offset());
}

Tensor flatten_dims(const Tensor& self, int64_t start, int64_t end) {
  const int64_t first = wrap_dim(start, self.dim()), last = wrap_dim(end, self.dim());
  if (first > last) fail("flatten() has invalid args: start_dim cannot come after end_dim");
  if (self.dim() == 0) return self.reshape({1});
  if (first == last) return self;
  Dims sizes;
  for (int64_t d = 0; d < self.dim(); ++d) {
    if (d > first && d <= last) {
      sizes.back() *= self.sizes()[d];
    } else {
      sizes.push_back(self.sizes()[d]);
    }
  }
  return self.reshape(sizes);
}

Tensor move_dims(const Tensor& self, DimsView source, DimsView destination) {
  if (source.size() != destination.size()) {
    fail("movedim: Invalid source or destination dims: source (", to_string(source),
         " dims) should contain the same number of dims as destination (", to_string(destination),
         " dims)");
  }
  const Dims from = wrap_dims(source, self.dim()), to = wrap_dims(destination, self.dim());
  if (self.dim() == 0) return self.alias();
  Dims order(self.dim(), -1);
  for (size_t i = 0; i < from.size(); ++i) order[to[i]] = from[i];
  int64_t next = 0;
  for (int64_t& slot : order) {
    if (slot >= 0) continue;
    while (std::find(from.begin(), from.end(), next) != from.end()) ++next;
    slot = next++;
  }
  return self.permute(order);
}

Tensor view_as_dtype(const Tensor& self, DType dtype) {
  if (self.dtype() == dtype) return self.alias();
  const int64_t from = self.item_size(), to = item_size(dtype);
  if (from == to) {
    return with_dtype(self, dtype, Dims(self.sizes().begin(), self.sizes().end()),
                      Dims(self.strides().begin(), self.strides().end()), self.offset());
  }
  return from < to ? widen(self, dtype) : narrow_items(self, dtype);
}

Tensor at_least(const Tensor& self, int64_t rank) {
  if (self.dim() >= rank) return self;
  if (self.dim() == 0) return self.reshape(Dims(rank, 1));
  if (rank == 2) return self.unsqueeze(0);
  return self.dim() == 1 ? self.unsqueeze(0).unsqueeze(-1) : self.unsqueeze(-1);
}

Tensor conjugate(const Tensor& self) {
  if (!is_complex(self.dtype())) return self;
  Tensor out = self.clone();
  visit(out.dtype(), "conj", ComplexTypes{}, [&]<class T>() {
    // The clone is dense: its elements fill one range.
    T* data = out.data<T>();
    for (int64_t i = 0; i < out.numel(); ++i) data[i] = std::conj(data[i]);
  });
  return out;
}

Tensor view_complex_as_real(const Tensor& self) {
  if (!is_complex(self.dtype())) fail("view_as_real is only supported for complex tensors");
  Dims sizes(self.sizes().begin(), self.sizes().end());
  Dims strides(self.strides().begin(), self.strides().end());
  // A dim of one element may have any stride.
  for (int64_t& stride : strides) stride = wrapping_product<int64_t>(stride, 2);
  sizes.push_back(2);
  strides.push_back(1);
  return with_dtype(self, to_real(self.dtype()), std::move(sizes), std::move(strides),
                    self.offset() * 2);
}

std::vector<Tensor> split_by(const Tensor& self, DimsView sizes, int64_t dim) {
  if (self.dim() == 0) fail("split expects at least a 1-dimensional tensor");
  const int64_t d = wrap_dim(dim, self.dim());
  const int64_t whole = self.sizes()[d];
  int64_t start = 0;
  std::vector<Tensor> out;
  for (int64_t size : sizes) {
    if (size < 0) {
      fail(
          "split_with_sizes expects split_sizes have only non-negative entries, but got "
          "split_sizes=",
          to_string(sizes));
    }
    if (size > whole - start) {
      start = -1;
      break;
    }
    out.push_back(self.narrow(d, start, size));
    start += size;
  }
  if (start != whole) {
    fail("split_with_sizes expects split_sizes to sum exactly to ", whole,
         " (input tensor's size at dimension ", d, "), but got split_sizes=", to_string(sizes));
  }
  return out;
}

std::vector<Tensor> split_at(const Tensor& self, DimsView indices, int64_t dim) {
  std::vector<Tensor> out;
  int64_t start = 0;
  for (int64_t end : indices) {
    out.push_back(self.slice(dim, start, end));
    start = end;
  }
  out.push_back(self.slice(dim, start, INT64_MAX));
  return out;
}

std::vector<Tensor> broadcast_all(const std::vector<Tensor>& tensors) {
  Dims sizes;
  for (const Tensor& tensor : tensors) sizes = broadcast(sizes, tensor.sizes());
  std::vector<Tensor> out;
  for (const Tensor& tensor : tensors) out.push_back(tensor.expand(sizes));
  return out;
}

}  // namespace temper::views
