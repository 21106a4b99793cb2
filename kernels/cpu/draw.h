#pragma once
// Distributions over a generator, element by element.

#include "core/op/op_call.h"
#include "core/op/run_context.h"
#include "core/tensor/tensor.h"

namespace temper::random {

// The generator argument at `i`, or the request's own.
GeneratorValue& generator_of(const OpCall& call, size_t i);

double uniform_double(GeneratorValue& generator);  // [0, 1), 53 bits
float uniform_float(GeneratorValue& generator);    // [0, 1), 24 bits
double normal_double(GeneratorValue& generator);   // mean 0, deviation 1; draws in pairs

// Fill `self` in the order of its memory.
void fill_uniform(const Tensor& self, double from, double to, GeneratorValue& generator);
void fill_normal(const Tensor& self, double mean, double deviation, GeneratorValue& generator);
void fill_bernoulli(const Tensor& self, double p, GeneratorValue& generator);
void fill_exponential(const Tensor& self, double lambda, GeneratorValue& generator);
// Integers of [from, to), as near as the dtype of `self` has them; throws when it has not.
void fill_from_to(const Tensor& self, int64_t from, int64_t to, GeneratorValue& generator);
// Integers from `from` to the largest that the dtype holds, and all below it.
void fill_from(const Tensor& self, int64_t from, GeneratorValue& generator);
// All values that the dtype represents exactly, from 0.
void fill_full_range(const Tensor& self, GeneratorValue& generator);

// Zeroes elements of the contiguous `self` with probability p and scales up the others.
void drop_out(const Tensor& self, double p, GeneratorValue& generator);

// Calls each(offset) for the elements of `self` in the order of its memory. No two of them may be
// one in memory.
void in_memory_order(const Tensor& self, absl::FunctionRef<void(int64_t)> each);

}  // namespace temper::random
