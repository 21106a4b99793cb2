#pragma once
// Distances between rows.

#include "core/op/op_call.h"

namespace temper {

void cdist(OpCall& call);  // (x1, x2, p, compute_mode?)
void pdist(OpCall& call);  // (self, p)
void euclidean_dist(OpCall& call);

}  // namespace temper
