#include "kernels/cpu/row_panels.h"

#include <algorithm>

#include "kernels/cpu/nn/loops.h"
#include "kernels/cpu/onednn/constants.h"

namespace temper {
namespace {

constexpr int64_t kPanel = NnLoops::kPanel;
constexpr uint64_t kTag = 0x70616e656c73;
// Multiply-adds that are worth another thread.
constexpr int64_t kGrain = 1 << 18;

}  // namespace

RowPanels::RowPanels(const Tensor& weight) : outputs_(weight.size(0)), inputs_(weight.size(1)) {
  const int64_t panels = (outputs_ + kPanel - 1) / kPanel;
  panels_ = Storage::allocate(panels * inputs_ * kPanel * static_cast<int64_t>(sizeof(float)));
  float* to = reinterpret_cast<float*>(panels_->data());
  const float* from = weight.data<float>();
  const int64_t row = weight.strides()[0], column = weight.strides()[1];
  for (int64_t first = 0; first < outputs_; first += kPanel) {
    const int64_t count = std::min(kPanel, outputs_ - first);
    for (int64_t k = 0; k < inputs_; ++k, to += kPanel) {
      for (int64_t j = 0; j < count; ++j) to[j] = from[(first + j) * row + k * column];
      std::fill(to + count, to + kPanel, 0.0f);
    }
  }
}

Ref<RowPanels> RowPanels::of(const RunContext& context, const Tensor& weight) {
  const auto make = [&]() -> Ref<RefCounted> { return make_ref<RowPanels>(weight); };
  if (!context.packed || !onednn::is_constant(weight)) return make_ref<RowPanels>(weight);
  // The same storage may hold several weights; the offset is part of the cache's own key.
  uint64_t tag = kTag;
  for (const int64_t v :
       {weight.size(0), weight.size(1), weight.strides()[0], weight.strides()[1]}) {
    tag = (tag ^ static_cast<uint64_t>(v)) * 0xff51afd7ed558ccdull;
    tag ^= tag >> 33;
  }
  const Ref<RefCounted> entry = context.packed->get(weight, tag, make);
  return Ref<RowPanels>(static_cast<RowPanels*>(entry.get()));
}

void RowPanels::multiply(const RunContext& context, const float* x, int64_t x_row,
                         const float* bias, int64_t bias_row, float* to, int64_t to_row,
                         int64_t m) const {
  const auto* panels = reinterpret_cast<const float*>(panels_->data());
  const int64_t count = (outputs_ + kPanel - 1) / kPanel, work = m * inputs_ * kPanel;
  const NnLoops& loops = nn_loops();
  context.workers->parallel_for(0, count, std::max<int64_t>(1, kGrain / std::max<int64_t>(1, work)),
                                [&](int64_t begin, int64_t end) {
                                  for (int64_t p = begin; p < end; ++p) {
                                    const int64_t first = p * kPanel;
                                    loops.panel_product(
                                        x, x_row, panels + first * inputs_,
                                        bias ? bias + first : nullptr, bias_row, to + first, to_row,
                                        m, std::min(kPanel, outputs_ - first), inputs_);
                                  }
                                });
}

}  // namespace temper
