#include "kernels/cpu/operands.h"

#include "kernels/ops/families.h"

namespace temper {

void add_operands(OpRegistry& registry) {
  constexpr uint32_t kGuard = kCheap | kMayReturnInput | kFollowsLayout;
  static constexpr OpRow kRows[] = {
      {"temper::is_plain", is_plain, kCheap | kIgnoresLayout},
      {"temper::as_promoted", as_promoted, kGuard | kKeepsRank},
      {"temper::as_batch", as_batch, kGuard},
      {"temper::as_normalizable", as_normalizable, kGuard | kKeepsRank},
  };
  registry.add(kRows);
}

}  // namespace temper
