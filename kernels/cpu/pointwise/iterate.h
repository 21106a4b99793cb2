#pragma once
// The loop nest of a broadcast operation: dims ordered by the output's strides and merged where all
// operands allow it. Strides are in bytes; dims are innermost first.

#include "absl/container/inlined_vector.h"
#include "core/tensor/tensor.h"

namespace temper {

struct LoopNest {
  struct Operand {
    std::byte* data;
    DType dtype;
    absl::InlinedVector<int64_t, 4> strides;
  };
  absl::InlinedVector<int64_t, 4> sizes;
  absl::InlinedVector<Operand, 4> operands;  // the output first

  int64_t rows() const;  // iterations of all dims but the innermost
};

// The layout that the inputs decide together for a result of their broadcast shape.
Dims result_strides(DimsView sizes, absl::Span<const Tensor> inputs);
Tensor empty_result(DimsView sizes, absl::Span<const Tensor> inputs, DType dtype);

// `inputs` broadcast to the output's shape.
LoopNest make_loop_nest(const Tensor& output, absl::Span<const Tensor> inputs);

}  // namespace temper
