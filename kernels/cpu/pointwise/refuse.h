#pragma once
// Arguments that point-wise operators turn away, in PyTorch's words.

#include "core/op/op_def.h"
#include "core/tensor/tensor.h"
#include "kernels/cpu/pointwise/evaluate.h"

namespace temper {

// Cheap: whether check_refusals() might throw where all tensors have this dtype.
bool may_refuse(const PointwiseRule& rule, DType dtype);

// `op` is the operator's name, whose in-place form counts as the operator itself.
void check_refusals(const PointwiseRule& rule, std::string_view op,
                    absl::Span<const Tensor> tensors, absl::Span<const PointwiseInput> inputs,
                    DType promoted);

// "X" not implemented for 'Dtype'; without words, X follows from the operator's name.
[[noreturn]] void refuse(std::string_view op, const char* words, std::string_view dtype);

}  // namespace temper
