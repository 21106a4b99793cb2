#pragma once
// Point-wise operators whose expression depends on an argument.

#include "core/op/op_call.h"

namespace temper {

inline constexpr const char* kGeluByErf = "0.5 * self * (1 + erf(self * 0.70710678118654752))";
inline constexpr const char* kGeluByTanh =
    "0.5 * self * (1 + tanh(0.79788456080286536 * (self + 0.044715 * self * self * self)))";

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
