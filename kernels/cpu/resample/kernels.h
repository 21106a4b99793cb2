#pragma once
// Images at other resolutions and at given places.

#include "core/op/op_call.h"
#include "kernels/cpu/resample/axis.h"

namespace temper {

// (input, output_size, [align_corners], scales...) of images with so many dims, 1 to 3.
template <Interpolation kMode, size_t kSpatial>
void upsample(OpCall& call);
// (input, output_size?, [align_corners], scale_factors?)
template <Interpolation kMode, size_t kSpatial>
void upsample_vec(OpCall& call);

void grid_sampler(OpCall& call);
void affine_grid_generator(OpCall& call);

}  // namespace temper
