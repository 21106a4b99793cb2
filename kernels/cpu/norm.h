#pragma once
// Normalizations over channels, groups or trailing dims. Reduced precision computes in float.

#include "core/op/op_call.h"

namespace temper {

class RunContext;

// A batch norm with fixed statistics; weight and bias may be undefined.
Tensor normalize_batch(const RunContext& context, const Tensor& x, const Tensor& weight,
                       const Tensor& bias, const Tensor& mean, const Tensor& variance, double eps);

void batch_norm(OpCall& call);
void native_batch_norm(OpCall& call);
void native_batch_norm_no_training(OpCall& call);
void layer_norm(OpCall& call);
void native_layer_norm(OpCall& call);
void group_norm(OpCall& call);
void native_group_norm(OpCall& call);
void instance_norm(OpCall& call);

}  // namespace temper
