#pragma once
// Convolutions: float32 through oneDNN, other dtypes by direct loops. Unbatched inputs are
// accepted.

#include "core/op/op_call.h"

namespace temper {

void conv_nd(OpCall& call);            // (input, weight, bias?, stride, padding, dilation, groups)
void conv_nd_padding(OpCall& call);    // the same with padding="same" or "valid"
void conv_transpose_nd(OpCall& call);  // (..., stride, padding, output_padding, groups, dilation)
// (input, weight, bias?, stride, padding, dilation, transposed, output_padding, groups, ...)
void convolution(OpCall& call);

}  // namespace temper
