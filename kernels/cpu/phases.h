#pragma once
// Images as their pixels that lie some apart: what a dilated convolution works on, one after the
// other, as if it were not dilated.

#include "core/tensor/tensor.h"

namespace temper {

// images [N, C, H, W] of float32 -> [A * B * N, C, ceil(H / A), ceil(W / B)], channels-last, for
// apart = {A, B}: image (i * B + j) * N + n holds the pixels (i + A y, j + B x) of image n. Zeros
// follow where an image has no further pixels.
Tensor phases_of(const Tensor& images, const Dims& apart);

// The way back, without what is beyond the images.
void join_phases(const Tensor& phases, const Dims& apart, const Tensor& images);

// The sizes of phases_of images of these sizes.
Dims sizes_of_phases(DimsView images, const Dims& apart);

}  // namespace temper
