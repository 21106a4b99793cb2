#pragma once
// Bodies of operators that draw random numbers, in the order in which PyTorch's CPU kernels draw
// them; rows in kernels/ops/random.cc.

#include "core/op/op_call.h"

namespace temper::random {

// Factories: (size, generator?, dtype, layout, device, pin_memory).
void rand(OpCall& call);
void rand_generator(OpCall& call);
void randn(OpCall& call);
void randn_generator(OpCall& call);
void randint(OpCall& call);
void randint_generator(OpCall& call);
void randint_low(OpCall& call);
void randint_low_generator(OpCall& call);
void randperm(OpCall& call);
void randperm_generator(OpCall& call);
void rand_like(OpCall& call);
void randn_like(OpCall& call);
void randint_like(OpCall& call);
void randint_like_low(OpCall& call);

void uniform(OpCall& call);
void uniform_in_place(OpCall& call);
void normal_in_place(OpCall& call);
void normal_functional(OpCall& call);
void normal_size(OpCall& call);     // normal.float_float
void normal_tensors(OpCall& call);  // a mean or a deviation per element
void bernoulli(OpCall& call);
void bernoulli_p(OpCall& call);
void bernoulli_tensor(OpCall& call);
void bernoulli_in_place(OpCall& call);
void bernoulli_tensor_in_place(OpCall& call);
void exponential_in_place(OpCall& call);
void geometric_in_place(OpCall& call);
void cauchy_in_place(OpCall& call);
void log_normal_in_place(OpCall& call);
void random_in_place(OpCall& call);
void random_to_in_place(OpCall& call);
void random_from(OpCall& call);
void random_from_in_place(OpCall& call);
void multinomial(OpCall& call);

void manual_seed(OpCall& call);
void make_generator(OpCall& call);
void seed_generator(OpCall& call);
void initial_seed(OpCall& call);

}  // namespace temper::random
