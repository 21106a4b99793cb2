#pragma once
// Bodies of reductions, scans and orderings.

#include "core/op/op_call.h"

namespace temper {

void sum_all(OpCall& call);
void sum_dims(OpCall& call);
void nansum(OpCall& call);
void mean_all(OpCall& call);
void mean_dims(OpCall& call);
void prod(OpCall& call);
void vector_norm(OpCall& call);
void norm(OpCall& call);
void var(OpCall& call);
void std_deviation(OpCall& call);
void var_mean(OpCall& call);
void std_mean(OpCall& call);
void count_nonzero(OpCall& call);
void logsumexp(OpCall& call);

void max_all(OpCall& call);
void min_all(OpCall& call);
void max_dim(OpCall& call);
void min_dim(OpCall& call);
void amax(OpCall& call);
void amin(OpCall& call);
void aminmax(OpCall& call);
void argmax(OpCall& call);
void argmin(OpCall& call);
void any(OpCall& call);
void all(OpCall& call);
void equal_tensors(OpCall& call);

void cumsum(OpCall& call);
void cumprod(OpCall& call);
void cummax(OpCall& call);
void cummin(OpCall& call);
void logcumsumexp(OpCall& call);

void sort(OpCall& call);
void argsort(OpCall& call);
void topk(OpCall& call);
void kthvalue(OpCall& call);
void median_all(OpCall& call);
void median_dim(OpCall& call);
void mode(OpCall& call);

void softmax(OpCall& call);
void log_softmax(OpCall& call);
void bincount(OpCall& call);
void histc(OpCall& call);
void segment_reduce(OpCall& call);

}  // namespace temper
