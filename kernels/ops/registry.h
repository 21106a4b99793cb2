#pragma once
// Fills a registry with every schema and every row. Composites of the prelude are added by the
// engine, which then calls seal().

#include "core/op/op_def.h"

namespace temper {

void add_all_operators(OpRegistry& registry);
// Derives in-place and out= forms; call after composites were added.
void seal_operators(OpRegistry& registry);

}  // namespace temper
