#pragma once
// 3x3 convolutions by minimal filtering, F(2x2, 3x3) and F(4x4, 3x3) (Lavin and Gray, "Fast
// Algorithms for Convolutional Neural Networks", 2016), on channels-last images: products of
// transformed tiles, of 2 x 2 or 4 x 4 pixels of the output, take 2.25 or 4 times fewer
// multiplications; weights grow to 16/9 or 4 times their size.

#include "kernels/cpu/onednn/conv.h"
#include "kernels/cpu/onednn/door.h"

namespace temper::onednn {

// Whether convolve_tiles() knows this kind of convolution.
bool can_tile(const Tensor& weight, const ConvParams& params, const Epilogue& epilogue);

// Arguments as those of convolve(), tiles of `side` x `side` pixels. Images in other layouts are
// copied.
void convolve_tiles(const RunContext& context, const Team& team, int64_t side, const Tensor& input,
                    const Tensor& weight, const Tensor& bias, const Tensor& scale,
                    const ConvParams& params, const Epilogue& epilogue, const Tensor& output);

}  // namespace temper::onednn
