#pragma once
// The layout of what several tensors give together.

#include "core/tensor/shape.h"

namespace temper {

// Strides without gaps whose order of dims the operands decide, each where those before it do not.
// They are aligned to `sizes`, with 0 where they broadcast.
Dims dense_strides_like(DimsView sizes, absl::Span<const Dims> operands);

}  // namespace temper
