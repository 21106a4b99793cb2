#pragma once
// The one engine of reductions: elements of any strides are folded over some dims, in whole rows or
// whole columns, on all workers. Results do not depend on the number of workers.

#include <optional>

#include "core/op/op_call.h"
#include "core/op/run_context.h"
#include "core/tensor/tensor.h"
#include "kernels/cpu/reduce/loops.h"

namespace temper {

// A value per kept position, contiguous, of the sizes of the result.
struct Folded {
  Tensor values;      // of the accumulator's dtype
  int64_t count = 0;  // elements behind each
};

// The next wider dtype with the same values that loops may have; nothing for the widest.
std::optional<DType> wider_dtype(DType dtype);

// Over `dims`, all when empty. Complex numbers have no loops.
Folded fold(const RunContext& context, const Tensor& x, DimsView dims, bool keepdim, Fold kind);

// Sums over elements less a center: `center` has a double for each position of the result.
Tensor fold_centered(const RunContext& context, const Tensor& x, DimsView dims, bool keepdim,
                     Centered kind, const Tensor& center);

}  // namespace temper
