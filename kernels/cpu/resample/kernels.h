#pragma once
// Images at other resolutions and at given places. Kernels of upsampling take (input, output_size,
// [align_corners], scales...) or, with _vec, (input, output_size?, [align_corners],
// scale_factors?).

#include "core/op/op_call.h"

namespace temper {

void upsample_nearest(OpCall& call);
void upsample_nearest_vec(OpCall& call);
void upsample_nearest_exact(OpCall& call);
void upsample_nearest_exact_vec(OpCall& call);
void upsample_linear(OpCall& call);
void upsample_linear_vec(OpCall& call);
void upsample_cubic(OpCall& call);
void upsample_cubic_vec(OpCall& call);
void upsample_linear_antialias(OpCall& call);
void upsample_linear_antialias_vec(OpCall& call);
void upsample_cubic_antialias(OpCall& call);
void upsample_cubic_antialias_vec(OpCall& call);
void grid_sampler(OpCall& call);
void affine_grid_generator(OpCall& call);

}  // namespace temper
