#pragma once
// Numbers that stand among tensors of integers, as PyTorch takes them.

#include "core/op/op_def.h"
#include "core/tensor/tensor.h"
#include "kernels/cpu/pointwise/evaluate.h"

namespace temper {

// Whether `number` leaves a tensor of this dtype what it is, and needs none of the care below.
inline bool is_plain_number(const IValue& number, bool promotes, DType dtype) {
  if (is_floating(dtype)) return number.is_double() || number.is_int();
  return !promotes && number.is_int() && number.to_int() == 1;
}

// Takes numbers and tensors without dims in `dtype`, the integers that are computed with. Operands
// wrap around: beside bytes, -1 is 255. Factors, bounds and values to choose from must fit.
void fit_numbers(const PointwiseRule& rule, DType dtype, absl::Span<PointwiseInput> inputs,
                 absl::Span<Tensor> tensors);

}  // namespace temper
