#pragma once
// Point-wise operators over a handful of elements, where planning loops would cost more than they
// do.

#include "core/op/op_call.h"
#include "core/op/op_def.h"

namespace temper {

// Undefined unless the tensors are contiguous, of one shape with few elements, and of the one dtype
// that is computed in and stored.
Tensor evaluate_few(OpCall& call, const PointwiseRule& rule);

}  // namespace temper
