#pragma once
// Ragged batches, which the fast path of transformer encoders makes of a padding mask.

#include "core/op/op_call.h"

namespace temper {

void nested_from_mask(OpCall& call);  // (t [N, L, ...], mask [N, L] true = keep, check)
void nested_from_mask_left_aligned(OpCall& call);  // whether kept positions come first in every row
void to_padded_tensor(OpCall& call);               // (self, padding, output_size?)
void is_nested(OpCall& call);
void key_padding(OpCall& call);  // bool [N, L], true = padding; None for plain tensors
void nested_like(OpCall& call);  // self with the lengths of other, if it has any

}  // namespace temper
