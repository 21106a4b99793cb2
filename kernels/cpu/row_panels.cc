#include "kernels/cpu/row_panels.h"

#include <algorithm>

#include "kernels/cpu/nn/loops.h"
#include "kernels/cpu/onednn/panels.h"

namespace temper {
namespace {

constexpr int64_t kPanel = NnLoops::kPanel;
// Multiply-adds that are worth another thread.
constexpr int64_t kGrain = 1 << 18;

}  // namespace

RowPanels::RowPanels(const RunContext& context, const Tensor& weight)
    : outputs_(weight.size(0)),
      inputs_(weight.size(1)),
      panels_(onednn::panels_of(context, weight)) {}

void RowPanels::multiply(const RunContext& context, const float* x, int64_t x_row,
                         const float* bias, int64_t bias_row, float* to, int64_t to_row, int64_t m,
                         bool backwards) const {
  const auto* panels = reinterpret_cast<const float*>(panels_->storage()->data());
  const int64_t count = (outputs_ + kPanel - 1) / kPanel, work = m * inputs_ * kPanel;
  const int64_t rounded =
      (inputs_ + onednn::kPanelInputs - 1) / onednn::kPanelInputs * onednn::kPanelInputs;
  const NnLoops& loops = nn_loops();
  const int64_t grain = std::max<int64_t>(1, kGrain / std::max<int64_t>(1, work));
  context.workers->parallel_for(0, count, grain, [&](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; ++p) {
      const int64_t first = (backwards ? end - 1 - (p - begin) : p) * kPanel;
      loops.panel_product(x, x_row, panels + first * rounded, bias ? bias + first : nullptr,
                          bias_row, to + first, to_row, m, std::min(kPanel, outputs_ - first),
                          inputs_);
    }
  });
}

}  // namespace temper
