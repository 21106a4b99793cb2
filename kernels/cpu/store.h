#pragma once
// In-place, out= and copying forms of operators that have a functional sibling.

#include "core/op/op_call.h"

namespace temper {

// What in-place forms do with their result.
void store_into(const Tensor& target, const Tensor& value);
// Runs op().functional() on the same arguments and copies the result into the first one.
void store_in_place(OpCall& call);
// Runs op().functional() without the trailing out arguments; resizes and fills those.
void store_out(OpCall& call);
// (self, value): what self would hold after value was stored in it. The value itself where that is
// all the same.
void as_in_place(OpCall& call);
// (self, like): self channels-last when like is, contiguous otherwise. Self when it is so already.
void restore_layout(OpCall& call);
// Runs op().functional(), a view, and copies what it gives into memory of its own.
void store_copy(OpCall& call);

}  // namespace temper
