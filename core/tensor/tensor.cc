#include "core/tensor/tensor.h"

#include <algorithm>

namespace temper {
namespace {

Tensor make(Ref<Storage> storage, DType dtype, Dims sizes, Dims strides, int64_t offset) {
  auto impl = make_ref<TensorImpl>();
  impl->storage = std::move(storage);
  impl->dtype = dtype;
  impl->sizes = std::move(sizes);
  impl->strides = std::move(strides);
  impl->offset = offset;
  impl->refresh();
  return Tensor(std::move(impl));
}

// A view of `self`: same storage and dtype, and what a view inherits.
Tensor view_of(const Tensor& self, Dims sizes, Dims strides, int64_t offset) {
  Tensor view = make(self.storage(), self.dtype(), std::move(sizes), std::move(strides), offset);
  view.impl()->requires_grad = self.impl()->requires_grad;
  view.impl()->quant = self.impl()->quant;
  return view;
}

int64_t bytes_of(int64_t elements, DType dtype) {
  int64_t bytes = 0;
  if (__builtin_mul_overflow(elements, item_size(dtype), &bytes)) {
    fail("a tensor of ", elements, " elements of ", dtype_name(dtype), " exceeds 64 bits of bytes");
  }
  return bytes;
}

// Sums and multiples of strides, which views make, stay within 64 bits.
void check_strides(DimsView strides) {
  constexpr int64_t kLongest = int64_t{1} << 56;
  for (int64_t stride : strides) {
    if (stride > kLongest || stride < -kLongest) {
      fail("Tensor: a stride of ", stride, " is beyond any storage");
    }
  }
}

}  // namespace

void TensorImpl::refresh() {
  numel = numel_of(sizes);
  contiguous = is_contiguous(sizes, strides);
}

Tensor Tensor::as_strided(DimsView sizes, DimsView strides, int64_t offset) const {
  if (sizes.size() != strides.size()) fail("mismatch in length of strides and shape");
  for (int64_t stride : strides) {
    if (stride < 0) fail("as_strided: Negative strides are not supported at the moment");
  }
  return from_storage(storage(), dtype(), sizes, strides, offset);
}

Tensor Tensor::view_as_shape(DimsView sizes) const {
  const Dims wanted = infer_size(sizes, numel());
  Dims new_strides;
  if (!view_strides(this->sizes(), strides(), wanted, &new_strides)) {
    fail(
        "view size is not compatible with input tensor's size and stride (at least one dimension "
        "spans across two contiguous subspaces). Use .reshape(...) instead.");
  }
  return view_of(*this, wanted, std::move(new_strides), offset());
}

Tensor Tensor::alias() const { return view_of(*this, impl_->sizes, impl_->strides, offset()); }

Tensor Tensor::select(int64_t dim, int64_t index) const {
  if (this->dim() == 0) fail("select() cannot be applied to a 0-dim tensor.");
  const int64_t d = wrap_dim(dim, this->dim());
  const int64_t size = impl_->sizes[d];
  if (index < -size || index >= size) {
    fail("select(): index ", index, " out of range for tensor of size ", to_string(sizes()),
         " at dimension ", d);
  }
  const int64_t i = index < 0 ? index + size : index;
  Dims sizes = impl_->sizes, strides = impl_->strides;
  const int64_t start = offset() + i * strides[d];
  sizes.erase(sizes.begin() + d);
  strides.erase(strides.begin() + d);
  return view_of(*this, std::move(sizes), std::move(strides), start);
}

Tensor Tensor::slice(int64_t dim, int64_t start, int64_t end, int64_t step) const {
  if (this->dim() == 0) fail("slice() cannot be applied to a 0-dim tensor.");
  if (step <= 0) fail("slice step must be positive");
  const int64_t d = wrap_dim(dim, this->dim());
  Dims sizes = impl_->sizes, strides = impl_->strides;
  const int64_t size = sizes[d];
  if (start < 0) start += size;
  if (end < 0) end += size;
  start = std::clamp<int64_t>(start, 0, size);
  end = std::clamp<int64_t>(end, start, size);
  const int64_t first = offset() + start * strides[d];
  sizes[d] = (end - start) / step + ((end - start) % step != 0);
  // With at most one element left the stride leads nowhere, but programs see it. It stays one that
  // can be counted in bytes.
  constexpr int64_t kFar = int64_t{1} << 40;
  if (sizes[d] > 1 || (step < kFar && std::abs(strides[d]) < kFar / step)) strides[d] *= step;
  return view_of(*this, std::move(sizes), std::move(strides), first);
}

Tensor Tensor::narrow(int64_t dim, int64_t start, int64_t length) const {
  if (this->dim() == 0) fail("narrow() cannot be applied to a 0-dim tensor.");
  if (length < 0) fail("narrow(): length must be non-negative.");
  const int64_t size = this->size(dim);
  if (start < -size || start > size) {
    fail("start (", start, ") + length (", length, ") exceeds dimension size (", size, ").");
  }
  if (start < 0) start += size;
  if (start > size - length) {
    fail("start (", start, ") + length (", length, ") exceeds dimension size (", size, ").");
  }
  return slice(dim, start, start + length);
}

Tensor Tensor::transpose(int64_t a, int64_t b) const {
  const int64_t i = wrap_dim(a, dim()), j = wrap_dim(b, dim());
  Dims sizes = impl_->sizes, strides = impl_->strides;
  if (i != j) {
    std::swap(sizes[i], sizes[j]);
    std::swap(strides[i], strides[j]);
  }
  return view_of(*this, std::move(sizes), std::move(strides), offset());
}

Tensor Tensor::permute(DimsView dims) const {
  if (static_cast<int64_t>(dims.size()) != dim()) {
    fail(
        "permute(sparse_coo): number of dimensions in the tensor input does not match the length "
        "of the desired ordering of dimensions i.e. input.dim() = ",
        dim(), " is not equal to len(dims) = ", dims.size());
  }
  Dims order;
  for (const int64_t wanted : dims) {
    const int64_t d = wrap_dim(wanted, dim());
    if (std::find(order.begin(), order.end(), d) != order.end()) {
      fail("permute(): duplicate dims are not allowed.");
    }
    order.push_back(d);
  }
  Dims sizes(order.size()), strides(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    sizes[i] = impl_->sizes[order[i]];
    strides[i] = impl_->strides[order[i]];
  }
  return view_of(*this, std::move(sizes), std::move(strides), offset());
}

Tensor Tensor::unsqueeze(int64_t dim) const {
  const int64_t d = wrap_dim(dim, this->dim() + 1);
  Dims sizes = impl_->sizes, strides = impl_->strides;
  const int64_t stride = d < this->dim() ? sizes[d] * strides[d] : 1;
  sizes.insert(sizes.begin() + d, 1);
  strides.insert(strides.begin() + d, stride);
  return view_of(*this, std::move(sizes), std::move(strides), offset());
}

Tensor Tensor::squeeze(int64_t dim) const {
  const int64_t d = wrap_dim(dim, this->dim());
  Dims sizes = impl_->sizes, strides = impl_->strides;
  if (this->dim() > 0 && sizes[d] == 1) {
    sizes.erase(sizes.begin() + d);
    strides.erase(strides.begin() + d);
  }
  return view_of(*this, std::move(sizes), std::move(strides), offset());
}

Tensor Tensor::expand(DimsView wanted) const {
  const int64_t rank = static_cast<int64_t>(wanted.size());
  if (rank < dim()) {
    fail("expand(torch.", dtype_name(dtype()), "Tensor{", to_string(sizes()),
         "}, size=", to_string(wanted), "): the number of sizes provided (", rank,
         ") must be greater or equal to the number of dimensions in the tensor (", dim(), ")");
  }
  Dims new_sizes(wanted.begin(), wanted.end()), new_strides(rank);
  for (int64_t i = rank - 1; i >= 0; --i) {
    const int64_t own = i - (rank - dim());
    const int64_t size = own >= 0 ? impl_->sizes[own] : 1;
    const int64_t stride = own >= 0       ? impl_->strides[own]
                           : i + 1 < rank ? new_sizes[i + 1] * new_strides[i + 1]
                                          : 1;
    if (new_sizes[i] == -1) {
      if (own < 0) {
        fail(
            "The expanded size of the tensor (-1) isn't allowed in a leading, non-existing "
            "dimension ",
            i);
      }
      new_sizes[i] = size;
    }
    if (size != new_sizes[i] && size != 1) {
      fail("The expanded size of the tensor (", new_sizes[i], ") must match the existing size (",
           size, ") at non-singleton dimension ", i, ".  Target sizes: ", to_string(wanted),
           ".  Tensor sizes: ", to_string(sizes()));
    }
    new_strides[i] = size == new_sizes[i] && dim() > 0 ? stride : 0;
  }
  numel_of(new_sizes);  // rejects negative sizes and overflow
  return view_of(*this, std::move(new_sizes), std::move(new_strides), offset());
}

Tensor Tensor::contiguous() const {
  if (is_contiguous()) return *this;
  Tensor copy = empty(sizes(), dtype());
  copy.impl()->quant = impl_->quant;
  copy_into(copy, *this);
  return copy;
}

Tensor Tensor::clone() const {
  Tensor copy = empty_like(*this);
  copy.impl()->quant = impl_->quant;
  copy_into(copy, *this);
  return copy;
}

Tensor Tensor::reshape(DimsView wanted) const {
  const Dims sizes = infer_size(wanted, numel());
  Dims new_strides;
  if (view_strides(this->sizes(), strides(), sizes, &new_strides)) {
    return view_of(*this, sizes, std::move(new_strides), offset());
  }
  return contiguous().view_as_shape(sizes);
}

void Tensor::set_view(const Tensor& other) {
  const Ref<TensorImpl> keep = other.ref();
  impl_->storage = keep->storage;
  impl_->offset = keep->offset;
  impl_->sizes = keep->sizes;
  impl_->strides = keep->strides;
  impl_->dtype = keep->dtype;
  impl_->quant = keep->quant;
  impl_->lengths = keep->lengths;
  impl_->refresh();
}

void Tensor::resize(DimsView wanted) {
  if (sizes() == wanted) return;
  int64_t end = 0;
  if (__builtin_add_overflow(impl_->offset, numel_of(wanted), &end)) {
    fail("a tensor of shape ", to_string(wanted), " exceeds 64 bits");
  }
  impl_->storage->grow(bytes_of(end, dtype()));
  impl_->sizes.assign(wanted.begin(), wanted.end());
  impl_->strides = contiguous_strides(wanted);
  impl_->lengths = nullptr;  // of the shape before
  impl_->refresh();
}

Tensor empty(DimsView sizes, DType dtype, MemoryFormat format, Device device) {
  Dims strides;
  if (format == MemoryFormat::kChannelsLast || format == MemoryFormat::kChannelsLast3d) {
    const size_t rank = format == MemoryFormat::kChannelsLast ? 4 : 5;
    if (sizes.size() != rank) fail("required rank ", rank, " tensor to use channels_last format");
    strides = channels_last_strides(sizes);
  } else {
    strides = contiguous_strides(sizes);
  }
  auto storage = Storage::allocate(bytes_of(numel_of(sizes), dtype), device);
  return make(std::move(storage), dtype, Dims(sizes.begin(), sizes.end()), std::move(strides), 0);
}

Tensor empty_strided(DimsView sizes, DimsView strides, DType dtype) {
  numel_of(sizes);
  check_strides(strides);
  auto storage = Storage::allocate(bytes_of(storage_extent(sizes, strides), dtype));
  return make(std::move(storage), dtype, Dims(sizes.begin(), sizes.end()),
              Dims(strides.begin(), strides.end()), 0);
}

Tensor empty_like(const Tensor& self, std::optional<DType> dtype) {
  const DType wanted = dtype.value_or(self.dtype());
  if (self.device().kind != DeviceKind::kCpu) {
    return empty(self.sizes(), wanted, MemoryFormat::kContiguous, self.device());
  }
  if (self.is_contiguous() || is_non_overlapping_and_dense(self.sizes(), self.strides())) {
    return empty_strided(self.sizes(), self.strides(), wanted);
  }
  return empty_strided(self.sizes(), dense_strides_like(self.sizes(), self.strides()), wanted);
}

Tensor zeros(DimsView sizes, DType dtype) {
  Tensor out = empty(sizes, dtype);
  fill_zero(out);
  return out;
}

Tensor from_storage(Ref<Storage> storage, DType dtype, DimsView sizes, DimsView strides,
                    int64_t offset) {
  if (offset < 0) fail("Tensor: invalid storage offset ", offset);
  numel_of(sizes);
  check_strides(strides);
  const int64_t extent = storage_extent(sizes, strides);
  int64_t end = 0;
  if (extent > 0 &&
      (__builtin_add_overflow(offset, extent, &end) || bytes_of(end, dtype) > storage->size())) {
    fail("setStorage: sizes ", to_string(sizes), ", strides ", to_string(strides),
         ", storage offset ", offset, ", and itemsize ", item_size(dtype),
         " are out of bounds for storage of size ", storage->size());
  }
  return make(std::move(storage), dtype, Dims(sizes.begin(), sizes.end()),
              Dims(strides.begin(), strides.end()), offset);
}

}  // namespace temper
