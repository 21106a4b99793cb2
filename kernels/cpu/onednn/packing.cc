#include "kernels/cpu/onednn/packing.h"

namespace temper::onednn {
namespace {

Ref<PackedLayout> layout_of(const dnnl::memory::desc& given, const dnnl::memory::desc& wanted) {
  PackedKey key(kPackingKey);
  add_to(key, given);
  add_to(key, wanted);
  return make_ref<PackedLayout>(std::move(key));
}

}  // namespace

Packed::Packed(const dnnl::memory::desc& desc)
    : PackedWeights(Storage::allocate(static_cast<int64_t>(desc.get_size()))),
      memory_(desc, cpu_engine(), storage()->data()) {}

Packing::Packing(const dnnl::memory::desc& given, const dnnl::memory::desc& source,
                 const dnnl::memory::desc& wanted)
    : layout_(layout_of(given, wanted)), wanted_(wanted), reorder_(make_reorder(source, wanted)) {}

Ref<Packed> Packing::pack(const RunContext& context, const Team& team, const Tensor& weights,
                          const Tensor& scale, absl::FunctionRef<Tensor()> scaled) const {
  const auto make = [&]() -> Ref<PackedWeights> {
    auto packed = make_ref<Packed>(wanted_);
    reorder_->run(team.stream, {scaled(), packed->memory()});
    return packed;
  };
  const Ref<PackedWeights> packed = context.packed && is_constant(weights)
                                        ? context.packed->weights(weights, scale, layout_, make)
                                        : make();
  return Ref<Packed>(static_cast<Packed*>(packed.get()));
}

}  // namespace temper::onednn
