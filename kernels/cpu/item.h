#pragma once
// Between one-element tensors and scalars.

#include "core/value/ivalue.h"

namespace temper {

// The element as int, float, complex or bool; throws unless there is exactly one.
IValue item_of(const Tensor& tensor);
// A 0-d tensor of the scalar's own dtype: int64, float64, complex128 or bool.
Tensor tensor_of_scalar(const IValue& scalar);
// Truth of a one-element tensor; other sizes are ambiguous and throw.
bool truth_of(const Tensor& tensor);

}  // namespace temper
