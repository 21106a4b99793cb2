#include "kernels/cpu/norm.h"

#include "kernels/cpu/joined_norm.h"
#include "kernels/cpu/row_norms.h"
#include "kernels/ops/families.h"

namespace temper {

void add_norm(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::batch_norm", batch_norm,
       kKeepsRank | kFollowsLayout | kUpdatesStatistics | kBatchWise},
      {"aten::native_batch_norm", native_batch_norm, kUpdatesStatistics},
      {"aten::_native_batch_norm_legit", native_batch_norm},
      {"aten::_native_batch_norm_legit_no_training", native_batch_norm_no_training},
      {"aten::layer_norm", layer_norm, kKeepsRank | kIgnoresLayout},
      {"aten::native_layer_norm", native_layer_norm},
      {"aten::rms_norm", rms_norm, kKeepsRank},
      {"temper::layer_norm", spelled_layer_norm, kFollowsLayout},
      {"temper::rms_norm", spelled_rms_norm, kFollowsLayout},
      {"temper::joined_norm", joined_norm, kFollowsLayout | kBatchWise},
      {"aten::group_norm", group_norm, kKeepsRank | kBatchWise},
      {"aten::native_group_norm", native_group_norm},
      {"aten::instance_norm", instance_norm, kKeepsRank | kUpdatesStatistics},
  };
  registry.add(kRows);
}

}  // namespace temper
