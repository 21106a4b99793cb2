#pragma once
// What a tensor becomes where an operator takes it. Passes put these in front of operators that
// stand for several others, so that other dtypes and shapes keep the answers that they had.

#include "core/op/op_call.h"

namespace temper {

// (self): whether it has dims and holds float32 or float64, which numbers do not change.
void is_plain(OpCall& call);
// (self, other): self in the dtype that operators of both compute in.
void as_promoted(OpCall& call);
// (self, rank): self with a dim in front if it lacks just that one.
void as_batch(OpCall& call);
// (self, rank, channels): self; raises unless it has `rank` dims, the second one of `channels`.
void as_normalizable(OpCall& call);

}  // namespace temper
