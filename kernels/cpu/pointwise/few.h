#pragma once
// Point-wise operators over a handful of elements, where planning loops would cost more than they
// do.

#include "core/op/op_call.h"
#include "core/op/op_def.h"

namespace temper {

// Undefined unless the tensors are contiguous, of one shape with few elements, and of the one dtype
// that is computed in and stored.
// `in_place` as in evaluate_pointwise().
Tensor evaluate_few(OpCall& call, const PointwiseRule& rule, bool in_place);

// A tensor of that shape for results: an argument that nobody else sees and nobody needs any more
// if there is one, which then leaves its register, else a new one.
Tensor take_argument(OpCall& call, const PointwiseRule& rule, DimsView sizes, DType dtype);

}  // namespace temper
