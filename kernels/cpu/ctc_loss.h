#pragma once
// Connectionist temporal classification; lengths come as lists or as tensors.

#include "core/op/op_call.h"

namespace temper {

void ctc_loss(OpCall& call);          // reduced
void ctc_loss_forward(OpCall& call);  // losses and the forward variables

}  // namespace temper
