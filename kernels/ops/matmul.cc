#include "kernels/cpu/matmul.h"

#include "kernels/ops/families.h"

namespace temper {

void add_matmul(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::mm", mm},
      {"aten::bmm", bmm},
      {"aten::matmul", matmul},
      {"aten::linear", linear},
      {"aten::mv", mv},
      {"aten::dot", dot},
      {"aten::vdot", vdot},
      {"aten::addmm", addmm},
      {"aten::baddbmm", baddbmm},
      {"aten::addmv", addmv},
      {"aten::linalg_matmul", matmul},
  };
  registry.add(kRows);
}

}  // namespace temper
