#pragma once
// Sliding windows over one to three spatial dims, and the two layouts of pooled tensors.

#include <algorithm>

#include "core/op/op_call.h"
#include "core/op/run_context.h"
#include "core/tensor/tensor.h"

namespace temper {

// Missing dims stand in front with size 1.
struct Window {
  int64_t in[3] = {1, 1, 1}, out[3] = {1, 1, 1}, kernel[3] = {1, 1, 1};
  int64_t stride[3] = {1, 1, 1}, padding[3] = {0, 0, 0}, dilation[3] = {1, 1, 1};

  int64_t in_count() const { return in[0] * in[1] * in[2]; }
  int64_t out_count() const { return out[0] * out[1] * out[2]; }
  // The most elements one output reads; a window may be wider than the input.
  int64_t taps_inside() const {
    int64_t taps = 1;
    for (int d = 0; d < 3; ++d) taps *= std::min(kernel[d], in[d]);
    return taps;
  }
};

// Whose layout a result keeps, in the reference: that of others is contiguous. Lines count as
// images of one row.
enum class KeepsLayout : uint8_t { kImages, kLinesAndImages, kImagesAndVolumes };

// A pooled tensor as [outer][positions][inner]: planes of one channel when contiguous (inner is 1),
// samples with the channels innermost when channels-last.
struct PoolLayout {
  Tensor input;  // dense in its layout
  int64_t outer = 0, inner = 1;
  bool channels_last = false;
  bool batched = true;

  // `spatial` trailing dims; one more dim is the channel, a further one the batch.
  PoolLayout(const Tensor& self, size_t spatial, KeepsLayout keeps);
  // A tensor for a result with the given spatial sizes.
  Tensor make_output(DType dtype, const int64_t (&out)[3], size_t spatial) const;
};

// One value for every spatial dim, or one for all.
Dims spread_dims(const char* op, const char* what, const Dims& values, size_t count);
// Fills out[] and checks what a pooling needs; `op` stands in messages.
Window pool_window(const char* op, const Tensor& self, const Dims& kernel, const Dims& stride,
                   const Dims& padding, const Dims& dilation, bool ceil_mode);
// Throws unless `self` has `spatial` + 1 or + 2 dims and no empty ones but the batch.
void check_pool_input(const char* op, const Tensor& self, size_t spatial);

// Calls body(outer, first row, last row) over rows of out[2] positions, on the request's workers.
template <class Body>
void for_pool_rows(const RunContext& context, const PoolLayout& layout, const Window& w,
                   int64_t work_per_row, const Body& body) {
  const int64_t rows = w.out[0] * w.out[1];
  const int64_t grain = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, work_per_row));
  context.workers->parallel_for(0, layout.outer * rows, grain, [&](int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end;) {
      const int64_t outer = at / rows, last = std::min(end, (outer + 1) * rows);
      body(outer, at - outer * rows, last - outer * rows);
      at = last;
    }
  });
}

}  // namespace temper
