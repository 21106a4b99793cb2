#include "kernels/cpu/onednn/matmul.h"

#include "kernels/cpu/onednn/epilogue.h"

namespace temper::onednn {
namespace {

using dnnl::memory;

// A primitive for one set of shapes, and the packed weights when those are constant.
struct Product : RefCounted {
  Runnable runnable;
  ResidualBy residual_by = ResidualBy::kStored;
  memory::desc a, w, bias, out;
  Ref<Packed> packed;
};

memory::desc bias_desc(const Tensor& bias, size_t rank) {
  memory::dims dims(rank, 1);
  dims.back() = bias.numel();
  memory::dims strides(rank, dims.back());
  strides.back() = 1;
  return {dims, memory::data_type::f32, strides};
}

Ref<Product> make_product(const RunContext& context, const Tensor& a, const Tensor& w,
                          const Tensor& bias, const Epilogue& epilogue, const Tensor& out,
                          bool constant) {
  auto product = make_ref<Product>();
  product->a = describe(a);
  product->out = describe(out);
  const memory::desc given = describe(w);
  // Packing pays when the product is reused; a single row reads the weights once either way.
  const bool packs = constant && a.size(-2) > 1;
  product->w = packs ? any_format(w.sizes()) : given;
  if (bias.defined()) product->bias = bias_desc(bias, out.sizes().size());
  const auto desc = bias.defined()
                        ? dnnl::matmul::desc(product->a, product->w, product->bias, product->out)
                        : dnnl::matmul::desc(product->a, product->w, product->out);
  const bool may_read = epilogue.residual.defined() && epilogue.residual.strides() == out.strides();
  const auto [primitive, by] = describe_primitive<dnnl::matmul>(desc, epilogue, may_read);
  product->runnable = {dnnl::matmul(primitive), primitive.scratchpad_desc()};
  product->residual_by = by;
  product->w = primitive.weights_desc();
  if (product->w != given) product->packed = pack(context, w, given, product->w);
  return product;
}

}  // namespace

void matmul(const RunContext& context, const Tensor& a, const Tensor& w, const Tensor& bias,
            const Epilogue& epilogue, const Tensor& out) {
  dnnl::stream& stream = stream_for(context);
  const bool constant = is_constant(w);
  Tag epilogue_tag(0x6d617475);
  add_to(epilogue_tag, epilogue);
  const uint64_t tag = epilogue_tag.add(a.sizes())
                           .add(a.strides())
                           .add(w.sizes())
                           .add(w.strides())
                           .add(out.strides())
                           .add(bias.defined())
                           .add(constant)
                           .add(context.workers->threads())
                           .get();
  const Ref<RefCounted> entry =
      cached(context, constant ? w : Tensor(), tag, [&]() -> Ref<RefCounted> {
        return make_product(context, a, w, bias, epilogue, out, constant);
      });
  auto& product = static_cast<Product&>(*entry);
  Arguments args{{DNNL_ARG_SRC, wrap(product.a, a)},
                 {DNNL_ARG_WEIGHTS, product.packed ? product.packed->memory : wrap(product.w, w)},
                 {DNNL_ARG_DST, wrap(product.out, out)}};
  if (bias.defined()) args.insert({DNNL_ARG_BIAS, wrap(product.bias, bias)});
  if (product.residual_by == ResidualBy::kOperand) {
    args.insert({kResidualArgument, wrap(product.out, epilogue.residual)});
  } else if (epilogue.residual.defined()) {
    copy_into(out, epilogue.residual);
  }
  execute(stream, product.runnable, std::move(args));
}

}  // namespace temper::onednn
