#pragma once
// Random numbers that depend on the elements of a tensor.

#include "core/op/op_call.h"

namespace temper::random {

void poisson(OpCall& call);           // (rates, generator?)
void standard_gamma(OpCall& call);    // (alphas, generator?)
void sample_dirichlet(OpCall& call);  // (alphas along the last dim, generator?)
void binomial(OpCall& call);          // (counts, shares, generator?)
void rrelu_with_noise(OpCall& call);  // (self, noise: written, lower, upper, training, generator?)

}  // namespace temper::random
