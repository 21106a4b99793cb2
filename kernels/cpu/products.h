#pragma once
// Products composed of matrix products.

#include "core/op/op_call.h"
#include "core/op/run_context.h"

namespace temper {

// The matrix product without a sum, of columns and rows, in `dtype`.
Tensor multiply_as(const RunContext& context, const Tensor& a, const Tensor& b, DType dtype);
// Sums a times b over the given pairs of dims; what is left of a comes first.
Tensor contract_dims(const RunContext& context, Tensor a, Tensor b, Dims dims_a, Dims dims_b);

void outer(OpCall& call);
void addr(OpCall& call);
void inner(OpCall& call);
void tensordot(OpCall& call);
void addbmm(OpCall& call);
void chain_matmul(OpCall& call);
void multi_dot(OpCall& call);
void bilinear(OpCall& call);
void vecdot(OpCall& call);
void einsum(OpCall& call);

}  // namespace temper
