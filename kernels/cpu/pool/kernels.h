#pragma once
// Pooling of one to three spatial dims, batched or not; channels-last stays channels-last.

#include "core/op/op_call.h"

namespace temper {

void max_pool1d(OpCall& call);
void max_pool2d(OpCall& call);
void max_pool3d(OpCall& call);
void max_pool1d_with_indices(OpCall& call);
void max_pool2d_with_indices(OpCall& call);
void max_pool3d_with_indices(OpCall& call);
void avg_pool1d(OpCall& call);
void avg_pool2d(OpCall& call);
void avg_pool3d(OpCall& call);
void adaptive_avg_pool1d(OpCall& call);
void adaptive_avg_pool2d(OpCall& call);
void adaptive_avg_pool3d(OpCall& call);
void adaptive_max_pool1d(OpCall& call);
void adaptive_max_pool2d(OpCall& call);
void adaptive_max_pool3d(OpCall& call);
void fractional_max_pool2d(OpCall& call);
void fractional_max_pool3d(OpCall& call);
void max_unpool2d(OpCall& call);
void max_unpool3d(OpCall& call);

}  // namespace temper
