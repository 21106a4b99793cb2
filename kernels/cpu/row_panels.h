#pragma once
// Products of few rows with a weight: y[M, N] = x[M, K] w[N, K]^T. They read each weight once, so
// what counts is that the weight streams: it is kept in panels.

#include "core/op/packed_cache.h"
#include "core/op/run_context.h"

namespace temper {

class RowPanels {
 public:
  // Rows up to which this is the better way.
  static constexpr int64_t kFewRows = 4;

  // weight [N, K] of float32. Constant weights are rearranged once for the model.
  RowPanels(const RunContext& context, const Tensor& weight);

  // to [m][N], rows of `to_row`; bias may be null, else row i starts at i * bias_row. Products in
  // a row should begin at either end in turn: what of the weight the last one left in the cache is
  // then read from there.
  void multiply(const RunContext& context, const float* x, int64_t x_row, const float* bias,
                int64_t bias_row, float* to, int64_t to_row, int64_t m, bool backwards) const;

 private:
  int64_t outputs_, inputs_;
  Ref<PackedWeights> panels_;
};

}  // namespace temper
