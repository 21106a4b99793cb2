#pragma once
// Interprets one expression over one loop nest, block by block, so that intermediate values stay in
// the first-level cache.

#include "core/op/op_def.h"
#include "core/sync/parallel.h"
#include "kernels/cpu/pointwise/iterate.h"

namespace temper {

// An input of the expression: a tensor (its position in the nest's operands) or a number.
struct PointwiseInput {
  int operand = -1;
  IValue number;
};

// Operands are converted to `compute`. Throws when a function is not defined for it. `op` names the
// operator in messages.
void evaluate(const ScalarExpr& expression, DType compute, absl::Span<const PointwiseInput> inputs,
              const LoopNest& nest, const char* op, ParallelRunner& workers);

}  // namespace temper
