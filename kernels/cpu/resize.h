#pragma once
// Interpolation of 1 to 3 spatial dims. An output size is given, or scale factors; a given scale is
// used for the coordinates too, as PyTorch does.

#include "core/op/op_call.h"

namespace temper {

// .vec forms: (input, output_size?, scale_factors?) and (input, output_size?, align_corners,
// scale_factors?); plain forms: (self, output_size, scales...) and (self, output_size,
// align_corners, scales...).
void resize_nearest(OpCall& call);
void resize_nearest_exact(OpCall& call);
void resize_linear(OpCall& call);
void resize_cubic(OpCall& call);
void resize_linear_antialias(OpCall& call);
void resize_cubic_antialias(OpCall& call);

}  // namespace temper
