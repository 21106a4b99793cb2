#include "kernels/cpu/nested.h"
#include "kernels/cpu/store.h"

#include "kernels/ops/families.h"

namespace temper {

void add_nested(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::_nested_tensor_from_mask", nested_from_mask},
      {"aten::_nested_tensor_from_mask_left_aligned", nested_from_mask_left_aligned},
      {"aten::to_padded_tensor", to_padded_tensor, kMayReturnInput},
      {"prim::is_nested", is_nested},
      {"temper::_key_padding", key_padding},
      {"temper::_nested_like", nested_like, kMayReturnInput},
      {"temper::restore_layout", restore_layout, kMayReturnInput | kKeepsRank},
      {"temper::as_in_place", as_in_place, kMayReturnInput | kKeepsRank | kFollowsLayout},
  };
  registry.add(kRows);
}

}  // namespace temper
