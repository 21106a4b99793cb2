#include "kernels/cpu/ctc_loss.h"

#include "kernels/ops/families.h"

namespace temper {

void add_ctc_loss(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::ctc_loss.IntList", ctc_loss},
      {"aten::ctc_loss.Tensor", ctc_loss},
      {"aten::_ctc_loss", ctc_loss_forward},
      {"aten::_ctc_loss.Tensor", ctc_loss_forward},
  };
  registry.add(kRows);
}

}  // namespace temper
