#pragma once
// What patterns ask of the batch norms in them.

#include "core/tensor/dtype.h"
#include "passes/match/match.h"

namespace temper {

// Whether `name` is a known tensor of `dtype`; None, or a tensor that is not there, unless it is
// required.
bool is_known(const Match& match, const char* name, DType dtype, bool required);

// Whether %mean, %var, and, if they are there, %gamma and %beta are known vectors of one size and
// of `dtype`, from which scale and shift can be computed ahead.
bool is_fixed_norm(const Match& match, DType dtype);

}  // namespace temper
