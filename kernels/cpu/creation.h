#pragma once
// Bodies of operators that make tensors or copy them; rows in kernels/ops/creation.cc.

#include "core/op/op_call.h"

namespace temper::creation {

// (size, dtype, layout, device, pin_memory, memory_format?)
void empty(OpCall& call);
void zeros(OpCall& call);
void ones(OpCall& call);
void full(OpCall& call);  // the fill value follows the size
void empty_strided(OpCall& call);
// (self, dtype, layout, device, pin_memory, memory_format)
void empty_like(OpCall& call);
void zeros_like(OpCall& call);
void ones_like(OpCall& call);
void full_like(OpCall& call);
// (self, size, dtype, layout, device, pin_memory)
void new_empty(OpCall& call);
void new_zeros(OpCall& call);
void new_ones(OpCall& call);
void new_full(OpCall& call);
void new_empty_strided(OpCall& call);
void scalar_tensor(OpCall& call);

void arange(OpCall& call);  // end
void arange_start(OpCall& call);
void arange_step(OpCall& call);
void arange_out(OpCall& call);
void arange_start_out(OpCall& call);
void range(OpCall& call);
void range_step(OpCall& call);
void range_out(OpCall& call);  // with or without a step
void linspace(OpCall& call);   // numbers or 0-dim tensors
void linspace_out(OpCall& call);
void logspace(OpCall& call);
void logspace_out(OpCall& call);
void eye(OpCall& call);
void eye_m(OpCall& call);
void tril_indices(OpCall& call);
void triu_indices(OpCall& call);

void to_device(OpCall& call);
void to_dtype(OpCall& call);
void to_layout(OpCall& call);
void to_other(OpCall& call);
void to_prim_device(OpCall& call);
void to_prim_dtype(OpCall& call);
void to_prim_other(OpCall& call);
void to_copy(OpCall& call);
void type_as(OpCall& call);
void cpu(OpCall& call);
void clone(OpCall& call);
void copy(OpCall& call);
// What copy_ does: the shapes must broadcast, no two elements may be one in memory.
void copy_over(const Tensor& self, const Tensor& from);
void copy_in_place(OpCall& call);
void copy_number(OpCall& call);
void fill(OpCall& call);
void fill_from_tensor(OpCall& call);
void fill_in_place(OpCall& call);
void fill_in_place_from_tensor(OpCall& call);
void zero(OpCall& call);
void zero_in_place(OpCall& call);

// Where a factory puts its result: the argument at `i` is a Device or None. Only the host is there.
Device check_device(const OpCall& call, size_t i);

}  // namespace temper::creation
