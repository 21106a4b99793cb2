#include "kernels/cpu/onednn/panels.h"

#include <algorithm>

#include "kernels/cpu/nn/loops.h"
#include "kernels/cpu/onednn/packing.h"

namespace temper::onednn {
namespace {

constexpr int64_t kPanel = NnLoops::kPanel;
static_assert(kPanel == 64 && kPanelInputs == 16, "the layout's name below says so");

void fill(const Tensor& weight, float* to) {
  const int64_t outputs = weight.size(0), inputs = weight.size(1);
  const float* from = weight.data<float>();
  const int64_t row = weight.strides()[0], column = weight.strides()[1];
  for (int64_t first = 0; first < outputs; first += kPanel) {
    const int64_t count = std::min(kPanel, outputs - first);
    for (int64_t k = 0; k < inputs; ++k, to += kPanel) {
      for (int64_t j = 0; j < count; ++j) to[j] = from[(first + j) * row + k * column];
      std::fill(to + count, to + kPanel, 0.0f);
    }
    const int64_t rest = (kPanelInputs - inputs % kPanelInputs) % kPanelInputs * kPanel;
    to = std::fill_n(to, rest, 0.0f);
  }
}

}  // namespace

dnnl::memory::desc panel_layout(int64_t inputs, int64_t outputs) {
  return {{inputs, outputs}, dnnl::memory::data_type::f32, dnnl::memory::format_tag::BA16a64b};
}

Ref<PackedWeights> panels_of(const RunContext& context, const Tensor& weight) {
  const auto make = [&]() -> Ref<PackedWeights> {
    auto packed = make_ref<Packed>(panel_layout(weight.size(1), weight.size(0)));
    fill(weight, reinterpret_cast<float*>(packed->storage()->data()));
    return packed;
  };
  if (!context.packed || !is_constant(weight)) return make();
  static const Ref<PackedLayout> layout = make_ref<PackedLayout>(PackedKey(kPanelsKey));
  return context.packed->weights(weight, {}, layout, make);
}

}  // namespace temper::onednn
