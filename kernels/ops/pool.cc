#include "kernels/cpu/pool/kernels.h"
#include "kernels/ops/families.h"

namespace temper {

void add_pool(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::max_pool1d", max_pool1d, kKeepsRank},
      {"aten::max_pool2d", max_pool2d, kKeepsRank | kFollowsLayout | kBatchWise},
      {"aten::max_pool3d", max_pool3d, kKeepsRank | kFollowsLayout},
      {"aten::quantized_max_pool1d", max_pool1d},
      {"aten::quantized_max_pool2d", max_pool2d},
      {"aten::max_pool1d_with_indices", max_pool1d_with_indices},
      {"aten::max_pool2d_with_indices", max_pool2d_with_indices},
      {"aten::max_pool3d_with_indices", max_pool3d_with_indices},
      {"aten::avg_pool1d", avg_pool1d, kKeepsRank},
      {"aten::avg_pool2d", avg_pool2d, kKeepsRank | kFollowsLayout | kBatchWise},
      {"aten::avg_pool3d", avg_pool3d, kKeepsRank | kFollowsLayout},
      {"aten::adaptive_avg_pool1d", adaptive_avg_pool1d, kKeepsRank},
      {"aten::adaptive_avg_pool2d", adaptive_avg_pool2d, kKeepsRank | kFollowsLayout | kBatchWise},
      {"aten::_adaptive_avg_pool2d", adaptive_avg_pool2d},
      {"aten::adaptive_avg_pool3d", adaptive_avg_pool3d, kKeepsRank | kFollowsLayout},
      {"aten::_adaptive_avg_pool3d", adaptive_avg_pool3d},
      {"aten::adaptive_max_pool1d", adaptive_max_pool1d},
      {"aten::adaptive_max_pool2d", adaptive_max_pool2d},
      {"aten::adaptive_max_pool3d", adaptive_max_pool3d},
      {"aten::fractional_max_pool2d", fractional_max_pool2d},
      {"aten::fractional_max_pool3d", fractional_max_pool3d},
      {"aten::max_unpool2d", max_unpool2d},
      {"aten::max_unpool3d", max_unpool3d},
  };
  registry.add(kRows);
}

}  // namespace temper
