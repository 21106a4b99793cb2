#pragma once
// What stands between the layers of networks that join all results so far (Huang et al., "Densely
// Connected Convolutional Networks", 2017), in one pass over memory.

#include "core/op/op_call.h"

namespace temper {

// (tensors, weight, bias, mean, variance, eps, scale, shift): the rectified batch norm, with fixed
// statistics, of the tensors joined along dim 1. scale and shift are what the norm does to each
// channel; the norm's own arguments are for inputs of other dtypes and shapes.
void joined_norm(OpCall& call);

}  // namespace temper
