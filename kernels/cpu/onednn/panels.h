#pragma once
// Panels of weights: the layout for products of few rows, which the library's products take too.

#include "core/op/packed_cache.h"
#include "core/op/run_context.h"

namespace temper::onednn {

// The inputs of a panel are filled up to a multiple of this.
inline constexpr int64_t kPanelInputs = 16;

// weight [N, K] of float32 as [N / kPanel][K][kPanel], filled up with zeros. Constant weights are
// packed once.
Ref<PackedWeights> panels_of(const RunContext& context, const Tensor& weight);

}  // namespace temper::onednn
