#pragma once
// Operators of detection models.

#include "core/op/op_call.h"

namespace temper {

void nms(OpCall& call);
void roi_align(OpCall& call);
void roi_pool(OpCall& call);
void ps_roi_align(OpCall& call);
void ps_roi_pool(OpCall& call);
void deform_conv2d(OpCall& call);

}  // namespace temper
