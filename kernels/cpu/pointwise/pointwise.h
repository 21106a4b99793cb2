#pragma once
// Runs scalar expressions over tensors: broadcasting, type promotion, any strides. The operands'
// strides decide the order of a result's dims together, like PyTorch's.

#include "core/op/op_call.h"
#include "core/op/op_def.h"

namespace temper {

// The kernels of point-wise rows and of their in-place and out= forms.
void pointwise(OpCall& call);
void pointwise_in_place(OpCall& call);
void pointwise_out(OpCall& call);
// Of groups of point-wise rows (core/op/pointwise_group.h).
void pointwise_group(OpCall& call);

// Evaluates another expression over the same call, for operators whose expression depends on an
// argument; returns the result without storing it in the call. With `in_place`, the result may be
// stored over an argument that dies with the call, which then leaves its register.
Tensor evaluate_pointwise(OpCall& call, const PointwiseRule& rule, bool in_place = false);
// The same where all tensors are contiguous, of one shape and one dtype that no number can change;
// undefined where they are not.
Tensor evaluate_uniform(OpCall& call, const PointwiseRule& rule, bool in_place = false);
// Writes into `dest` instead: its shape must be the broadcast shape, its dtype castable.
void evaluate_pointwise_into(OpCall& call, const PointwiseRule& rule, const Tensor& dest);

}  // namespace temper
