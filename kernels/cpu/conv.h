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
// (input, weight, bias?, scale?, stride, ...): scale holds a factor for each output channel, which
// multiplies the weight. After groups the arguments of an epilogue, then whether the result's
// layout is free.
void fused_convolution(OpCall& call);
// (bias?, scale?, gamma?, beta?, mean, variance, eps) -> scale and bias of the convolution that
// does what it did before a batch norm.
void fold_batch_norm(OpCall& call);
// The weight of a convolution times a factor for each output channel.
Tensor scale_weights(const Tensor& weight, const Tensor& scale, bool transposed, int64_t groups);

}  // namespace temper
