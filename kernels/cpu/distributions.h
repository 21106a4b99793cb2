#pragma once
// Random numbers that depend on the elements of a tensor.

#include "core/op/op_call.h"

namespace temper::random {

void poisson(OpCall& call);           // (rates, generator?)
void rrelu_with_noise(OpCall& call);  // (self, noise: written, lower, upper, training, generator?)

}  // namespace temper::random
