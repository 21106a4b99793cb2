#pragma once
// softmax(scores of queries and keys) times values, as one operator.

#include "core/op/op_call.h"

namespace temper {

// temper::attention(query [.., L, E], key [.., E, S], value [.., S, V], steps, ...): what the steps
// say (recipe.h). float32 operands of usual shapes stream; everything else is computed one step
// after the other, so that results and errors are those of the operators that are named.
void attention(OpCall& call);

}  // namespace temper
