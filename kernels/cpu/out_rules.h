#pragma once
// What out= forms make of a result in a tensor of another dtype, and of memory that the tensor
// shares with arguments. PyTorch's operators differ in it, and in the words of what they refuse.

#include "core/op/op_def.h"
#include "core/tensor/tensor.h"

namespace temper {

// Whether the form computes the functional one first and copies its result, whatever the dtypes.
bool copies_result(const OpDef& out_form);

// Whether the form copies a view into the tensor as it is, like copy_.
bool copies_over(const OpDef& out_form);

// Whether a tensor that the form resizes is contiguous, whatever the layout of the result is.
bool resizes_to_contiguous(const OpDef& out_form);

// Whether the dtype of the tensor stands for the argument `dtype` when that is not given.
bool computes_in_dtype_of_out(const OpDef& out_form);

// Throws when result number `i` may not be stored in a tensor of dtype `out`.
void check_out_dtype(const OpDef& out_form, size_t i, DType result, DType out);

// Throws when `out` shares memory with one of the first `count` arguments that it may not share.
void check_out_overlap(const OpCall& call, size_t count, const Tensor& out);

}  // namespace temper
