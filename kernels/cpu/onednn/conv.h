#pragma once
// float32 convolutions of 1, 2 and 3 spatial dims.

#include "core/op/run_context.h"
#include "core/tensor/tensor.h"
#include "kernels/cpu/epilogue.h"
#include "kernels/cpu/onednn/constants.h"

namespace temper::onednn {

struct ConvParams {
  Dims stride, padding, dilation, output_padding;
  bool transposed = false;
  int64_t groups = 1;
};

// input [N, C, ...], weight as PyTorch stores it (transposed: [C, O / groups, ...]), bias undefined
// or [O]; output dense and of the right shape, contiguous or channels-last. The epilogue fuses().
// With `scale`, of O factors, weight and scale are constants and the factors go into the packed
// weights.
void convolve(const RunContext& context, const Tensor& input, const Tensor& weight,
              const Tensor& bias, const Tensor& scale, const ConvParams& params,
              const Epilogue& epilogue, const Tensor& output);

}  // namespace temper::onednn
