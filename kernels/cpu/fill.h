#pragma once
// Scalars into tensors, and the layouts of new results.

#include <optional>

#include "core/op/op_call.h"
#include "core/tensor/tensor.h"

namespace temper {

// bool, int64, float64 or complex128.
DType dtype_of_scalar(const IValue& scalar);
// A 0-dim tensor; throws like PyTorch when the number does not fit the dtype.
Tensor scalar_tensor(const IValue& scalar, DType dtype);
// Every element becomes `scalar`, converted to the dtype of `self`.
void fill_scalar(const Tensor& self, const IValue& scalar);
// Every element becomes the element of `value` (0-dim, any dtype).
void fill_tensor(const Tensor& self, const Tensor& value);

// Contiguity in a memory format, which channels_last strides of a slice do not have.
bool is_contiguous_in(const Tensor& self, MemoryFormat format);
// Uninitialized, of the sizes of `self`, in a memory format (preserve: the order of its dims).
Tensor new_like(const Tensor& self, DType dtype, MemoryFormat format);
MemoryFormat memory_format_or(const OpCall& call, size_t i, MemoryFormat fallback);

}  // namespace temper
