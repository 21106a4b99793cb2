#pragma once
// Weights in the layouts that primitives want. A layout hangs on the weights, hardly ever on
// batches and sizes of images, so other shapes find packed weights; where it does, no fast
// implementation takes another layout and a second copy is made.

#include <memory>

#include "kernels/cpu/onednn/runnable.h"

namespace temper::onednn {

class Packed final : public PackedWeights {
 public:
  explicit Packed(const dnnl::memory::desc& desc);
  // Made once: the library fills up the layout with zeros when it makes one.
  const dnnl::memory& memory() const { return memory_; }

 private:
  dnnl::memory memory_;
};

// How weights get from where they are into another layout.
class Packing {
 public:
  // `given` says how they lie; `source` how they lie in what is packed, which differs if they are
  // scaled before.
  Packing(const dnnl::memory::desc& given, const dnnl::memory::desc& source,
          const dnnl::memory::desc& wanted);
  // Constant weights are packed once. What is packed is scaled(); `scale`, also constant, says by
  // what factors if it is defined.
  Ref<Packed> pack(const RunContext& context, const Team& team, const Tensor& weights,
                   const Tensor& scale, absl::FunctionRef<Tensor()> scaled) const;

 private:
  const Ref<PackedLayout> layout_;
  const dnnl::memory::desc wanted_;
  const std::unique_ptr<const Runnable> reorder_;
};

// Of weights that panels_of() packs, as the library sees it: a matrix of inputs and outputs.
dnnl::memory::desc panel_layout(int64_t inputs, int64_t outputs);

}  // namespace temper::onednn
