#pragma once
// Rows gathered from tables, alone or combined in bags.

#include "core/op/op_call.h"

namespace temper {

void embedding(OpCall& call);
void embedding_renorm_in_place(OpCall& call);
void embedding_bag(OpCall& call);
void embedding_bag_padding_idx(OpCall& call);  // a negative padding_idx counts from the end

void embedding_bags(OpCall& call);  // of several tables, in one parallel region

}  // namespace temper
