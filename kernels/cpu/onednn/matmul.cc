#include "kernels/cpu/onednn/matmul.h"

#include "kernels/cpu/onednn/epilogue.h"
#include "kernels/cpu/onednn/packing.h"
#include "kernels/cpu/onednn/panels.h"

namespace temper::onednn {
namespace {

using dnnl::memory;

// A primitive for one set of shapes, whatever the weights.
struct Product : Kept {
  std::unique_ptr<Runnable> runnable;
  ResidualBy residual_by = ResidualBy::kStored;
  bool takes_panels = false;
  std::unique_ptr<Packing> packing;  // null: weights are read where they are, or in panels
  int64_t bytes() const override { return kPrimitiveBytes; }
};

memory::desc bias_desc(const Tensor& bias, size_t rank) {
  memory::dims dims(rank, 1);
  dims.back() = bias.numel();
  memory::dims strides(rank, dims.back());
  strides.back() = 1;
  return {dims, memory::data_type::f32, strides};
}

void add_weights(Product& product, const memory::desc& given, const memory::desc& wanted) {
  if (wanted == given) return;
  const bool matrix = given.dims().size() == 2;
  product.takes_panels = matrix && wanted == panel_layout(given.dims()[0], given.dims()[1]);
  if (!product.takes_panels) product.packing = std::make_unique<Packing>(given, given, wanted);
}

Ref<Kept> make_product(const Tensor& a, const Tensor& w, const Tensor& bias,
                       const Epilogue& epilogue, const Tensor& out, bool packs) {
  auto product = make_ref<Product>();
  const memory::desc src = describe(a), dst = describe(out), given = describe(w);
  const memory::desc weights = packs ? any_format(given) : given;
  const memory::desc added = bias.defined() ? bias_desc(bias, out.sizes().size()) : memory::desc();
  const auto desc = bias.defined() ? dnnl::matmul::desc(src, weights, added, dst)
                                   : dnnl::matmul::desc(src, weights, dst);
  const bool may_read = epilogue.residual.defined() && epilogue.residual.strides() == out.strides();
  const auto [primitive, by] = describe_primitive<dnnl::matmul>(desc, epilogue, may_read);
  product->residual_by = by;
  std::vector<Runnable::Argument> arguments{
      {DNNL_ARG_SRC, src}, {DNNL_ARG_WEIGHTS, primitive.weights_desc()}, {DNNL_ARG_DST, dst}};
  if (bias.defined()) arguments.push_back({DNNL_ARG_BIAS, added});
  if (by == ResidualBy::kOperand) arguments.push_back({kResidualArgument, dst});
  product->runnable = std::make_unique<Runnable>(dnnl::matmul(primitive),
                                                 primitive.scratchpad_desc(), std::move(arguments));
  add_weights(*product, given, primitive.weights_desc());
  return product;
}

Ref<Packed> packed_weights(const RunContext& context, const Team& team, const Product& product,
                           const Tensor& w) {
  if (product.packing) return product.packing->pack(context, team, w, {}, [&] { return w; });
  const Ref<PackedWeights> panels = panels_of(context, w.transpose(0, 1));
  return Ref<Packed>(static_cast<Packed*>(panels.get()));
}

}  // namespace

void matmul(const RunContext& context, const Tensor& a, const Tensor& w, const Tensor& bias,
            const Epilogue& whole, const Tensor& out) {
  const Team team = team_for(context);
  const Epilogue epilogue = part_of_primitive(whole, out, true);
  // Packing pays when the product is run again; a single row reads the weights once either way.
  const bool packs = context.packed && is_constant(w) && a.size(-2) > 1;
  PackedKey key(kProductKey);
  add_to(key, epilogue);
  key.add(a.sizes())
      .add(a.strides())
      .add(w.sizes())
      .add(w.strides())
      .add(out.strides())
      .add(bias.defined())
      .add(packs)
      .add(team.threads);
  const Ref<Kept> kept =
      kept_primitive(context, key, [&] { return make_product(a, w, bias, epilogue, out, packs); });
  const auto& product = static_cast<const Product&>(*kept);
  Ref<Packed> packed;
  if (product.packing || product.takes_panels) packed = packed_weights(context, team, product, w);
  absl::InlinedVector<Data, 6> data{a, packed ? Data(packed->memory()) : Data(w), out};
  if (bias.defined()) data.push_back(bias);
  if (product.residual_by == ResidualBy::kOperand) {
    data.push_back(epilogue.residual);
  } else if (epilogue.residual.defined()) {
    copy_into(out, epilogue.residual);
  }
  product.runnable->run(team.stream, data);
  apply_rest(team, whole, epilogue, out);
}

}  // namespace temper::onednn
