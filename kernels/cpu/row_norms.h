#pragma once
// Norms of rows: the root mean square norm, and norms that passes put in place of the operators
// that a program spells them with. Those do for every tensor what the spelling does.

#include "core/op/op_call.h"

namespace temper {

void rms_norm(OpCall& call);  // (input, normalized_shape, weight?, eps?)
// (input, weight?, bias?, eps, divides) over the last dim: (x - mean) / sqrt(mean of squares +
// eps), times the weight, plus the bias; these are broadcast, and promote, as in any product or
// sum. Half precision is rounded at each step; `divides` tells whether one is a division by the
// root.
void spelled_layer_norm(OpCall& call);
void spelled_rms_norm(OpCall& call);  // (input, weight?, eps, divides), the same without the mean

}  // namespace temper
