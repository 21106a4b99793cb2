#pragma once
// Rows gathered from tables, alone or combined in bags.

#include "core/op/op_call.h"

namespace temper {

void embedding(OpCall& call);
void embedding_renorm_in_place(OpCall& call);
void embedding_bag(OpCall& call);
void embedding_bag_padding_idx(OpCall& call);  // a negative padding_idx counts from the end

void embedding_bags(OpCall& call);  // of several tables, in one parallel region

// Tables whose rows are bytes, each row with a scale and a bias: fused behind the bytes as floats,
// or of a packed quantized tensor.
void byte_rows_prepack(OpCall& call);
void byte_rows_unpack(OpCall& call);
void byte_bag_fused(OpCall& call);
void byte_bag_packed(OpCall& call);
void byte_embedding_packed(OpCall& call);
void byte_packed_unpack(OpCall& call);

}  // namespace temper
