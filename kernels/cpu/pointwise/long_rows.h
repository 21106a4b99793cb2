#pragma once
// Loop nests with longer rows.

#include "absl/functional/function_ref.h"
#include "kernels/cpu/pointwise/iterate.h"

namespace temper {

// Calls `run` with nests that together are `nest`, which has two dims or more. Where rows are short
// because some operands repeat a row ([N, 8] + [8]), those operands are copied as often as makes a
// long row.
void for_long_rows(const LoopNest& nest, absl::FunctionRef<void(const LoopNest&)> run);

}  // namespace temper
