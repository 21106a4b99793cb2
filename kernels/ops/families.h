#pragma once
// One function per family file: adds its rows. Keep sorted.

#include "core/op/op_def.h"

namespace temper {

void add_linalg(OpRegistry& registry);

}  // namespace temper
