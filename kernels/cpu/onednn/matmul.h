#pragma once
// float32 matrix products.

#include "core/op/run_context.h"
#include "core/tensor/tensor.h"
#include "kernels/cpu/epilogue.h"

namespace temper::onednn {

// out[b] = a[b] * w[b] + bias. a: [B, M, K] or [M, K]; w: [B, K, N] or [K, N], any strides with a
// unit stride among the last two; bias: undefined, or [N]; out: dense, of the product's shape.
// The epilogue fuses(); its residual has out's shape.
void matmul(const RunContext& context, const Tensor& a, const Tensor& w, const Tensor& bias,
            const Epilogue& epilogue, const Tensor& out);

}  // namespace temper::onednn
