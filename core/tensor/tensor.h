#pragma once
// A strided view of a storage. Tensor is a handle: copying it shares the same tensor object, as a
// reference does in a program. Not synchronised: a tensor written by one thread must not be used by
// another at the same time.

#include <optional>
#include <vector>

#include "core/base/error.h"
#include "core/base/ref.h"
#include "core/tensor/dtype.h"
#include "core/tensor/half.h"
#include "core/tensor/shape.h"
#include "core/tensor/storage.h"

namespace temper {

class Tensor;

// Affine quantization: per tensor when axis < 0, else scales/zero_points have size[axis] entries.
struct QuantParams : RefCounted {
  std::vector<double> scales{1.0};
  std::vector<int64_t> zero_points{0};
  std::vector<float> float_zero_points;  // per_channel_affine_float_qparams only
  int64_t axis = -1;
};

// A batch of sequences of different lengths, stored padded: [batch, longest, ...]. Only the
// operators of ragged batches make and read it; views and results of other operators are plain
// tensors.
struct SequenceLengths : RefCounted {
  explicit SequenceLengths(std::vector<int64_t> values) : values(std::move(values)) {}
  const std::vector<int64_t> values;
};

struct TensorImpl final : RefCounted {
  Ref<Storage> storage;
  int64_t offset = 0;  // elements
  int64_t numel = 0;
  Dims sizes;
  Dims strides;
  DType dtype = DType::kFloat32;
  bool contiguous = true;
  bool requires_grad = false;
  Ref<QuantParams> quant;
  Ref<SequenceLengths> lengths;  // of a nested tensor

  // Recomputes numel and contiguous after sizes or strides changed.
  void refresh();
};

enum class MemoryFormat : int8_t {
  kContiguous = 0,
  kPreserve = 1,
  kChannelsLast = 2,
  kChannelsLast3d = 3
};

class Tensor {
 public:
  Tensor() = default;  // the undefined tensor
  explicit Tensor(Ref<TensorImpl> impl) : impl_(std::move(impl)) {}

  bool defined() const { return static_cast<bool>(impl_); }
  TensorImpl* impl() const { return impl_.get(); }
  const Ref<TensorImpl>& ref() const { return impl_; }
  Ref<TensorImpl> take() && { return std::move(impl_); }

  DType dtype() const { return impl_->dtype; }
  int64_t dim() const { return static_cast<int64_t>(impl_->sizes.size()); }
  int64_t numel() const { return impl_->numel; }
  DimsView sizes() const { return impl_->sizes; }
  DimsView strides() const { return impl_->strides; }
  // Throw for a tensor without dims, whatever `dim` is.
  int64_t size(int64_t dim) const { return impl_->sizes[existing_dim(dim, this->dim())]; }
  int64_t stride(int64_t dim) const { return impl_->strides[existing_dim(dim, this->dim())]; }
  int64_t offset() const { return impl_->offset; }
  bool is_contiguous() const { return impl_->contiguous; }
  bool is_channels_last() const { return temper::is_channels_last(sizes(), strides()); }
  Device device() const { return impl_->storage->device(); }
  const Ref<Storage>& storage() const { return impl_->storage; }
  int64_t item_size() const { return temper::item_size(impl_->dtype); }
  int64_t nbytes() const { return numel() * item_size(); }

  // First element. The typed form does not check the dtype: callers dispatched on it.
  std::byte* raw() const { return impl_->storage->data() + impl_->offset * item_size(); }
  template <class T>
  T* data() const {
    return reinterpret_cast<T*>(impl_->storage->data()) + impl_->offset;
  }

  // Views: share the storage. No bounds checks beyond those named.
  Tensor as_strided(DimsView sizes, DimsView strides, int64_t offset) const;  // checks the extent
  Tensor view_as_shape(DimsView sizes) const;  // throws when strides do not allow it
  Tensor alias() const;                        // a new tensor object over the same view
  Tensor select(int64_t dim, int64_t index) const;
  Tensor slice(int64_t dim, int64_t start, int64_t end, int64_t step = 1) const;  // clamps
  Tensor narrow(int64_t dim, int64_t start, int64_t length) const;
  Tensor transpose(int64_t a, int64_t b) const;
  Tensor permute(DimsView dims) const;
  Tensor unsqueeze(int64_t dim) const;
  Tensor squeeze(int64_t dim) const;    // no-op when size != 1
  Tensor expand(DimsView sizes) const;  // -1 keeps a size

  // Copies. All keep the dtype.
  Tensor contiguous() const;             // *this when already contiguous
  Tensor clone() const;                  // same strides when dense, else contiguous
  Tensor reshape(DimsView sizes) const;  // view when possible

  // Rebinds this tensor object to another view: resize_, set_, out= and squeeze_-like operators.
  void set_view(const Tensor& other);
  void resize(DimsView sizes);

  void mark_written() const { impl_->storage->bump_version(); }

 private:
  Ref<TensorImpl> impl_;
};

// Uninitialized, contiguous unless a format is given. Throws kResourceExhausted.
Tensor empty(DimsView sizes, DType dtype, MemoryFormat format = MemoryFormat::kContiguous,
             Device device = {});
Tensor empty_strided(DimsView sizes, DimsView strides, DType dtype);
// Same sizes; same strides when dense, else dense ones in the same order.
Tensor empty_like(const Tensor& self, std::optional<DType> dtype = std::nullopt);
Tensor zeros(DimsView sizes, DType dtype);
Tensor full(DimsView sizes, double value, DType dtype);
Tensor from_storage(Ref<Storage> storage, DType dtype, DimsView sizes, DimsView strides,
                    int64_t offset);  // checks that the view lies inside the storage

// dst[i] = cast(src[i]) with broadcasting of src to dst; any strides, any dtypes (complex to real
// keeps the real part, float to int truncates, any to bool is != 0).
void copy_into(const Tensor& dst, const Tensor& src);
// The storage converted to another dtype; *this when it already is.
Tensor to_dtype(const Tensor& self, DType dtype);
void fill_zero(const Tensor& self);

}  // namespace temper
