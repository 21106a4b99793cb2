#pragma once
// Point-wise operators whose expression depends on an argument.

#include "core/op/op_call.h"

namespace temper {

void clamp_variant(OpCall& call);        // (self, min?, max?)
void div_mode_variant(OpCall& call);     // (self, other, *, rounding_mode?)
void bitwise_not_variant(OpCall& call);  // logical for bool
void lerp_variant(OpCall& call);         // (self, end, weight)
void frexp_parts(OpCall& call);          // (self) -> (mantissa, exponent)
void where_scalars(OpCall& call);        // (condition, Scalar, Scalar)
void gelu_variant(OpCall& call);         // (self, *, approximate)
void round_variant(OpCall& call);        // (self, *, decimals)
void logit_variant(OpCall& call);        // (self, eps?)
void nan_to_num_variant(OpCall& call);   // (self, nan?, posinf?, neginf?)

}  // namespace temper
