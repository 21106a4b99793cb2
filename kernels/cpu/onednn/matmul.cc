#include "kernels/cpu/onednn/matmul.h"

#include "kernels/cpu/onednn/epilogue.h"

namespace temper::onednn {
namespace {

using dnnl::memory;

// A primitive for one set of shapes, and the packed weights when those are constant.
struct Product : RefCounted {
  dnnl::matmul primitive;
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
  const dnnl::primitive_attr attributes = attributes_of(epilogue);
  const auto primitive = [&] {
    if (!bias.defined()) {
      return dnnl::matmul::primitive_desc(dnnl::matmul::desc(product->a, product->w, product->out),
                                          attributes, cpu_engine());
    }
    product->bias = bias_desc(bias, out.sizes().size());
    return dnnl::matmul::primitive_desc(
        dnnl::matmul::desc(product->a, product->w, product->bias, product->out), attributes,
        cpu_engine());
  }();
  product->primitive = dnnl::matmul(primitive);
  product->w = primitive.weights_desc();
  if (product->w != given) product->packed = pack(context, w, given, product->w);
  return product;
}

}  // namespace

void matmul(const RunContext& context, const Tensor& a, const Tensor& w, const Tensor& bias,
            const Epilogue& epilogue, const Tensor& out) {
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
  if (epilogue.residual.defined()) copy_into(out, epilogue.residual);
  dnnl::stream& stream = stream_for(context);
  std::unordered_map<int, memory> args{
      {DNNL_ARG_SRC, wrap(product.a, a)},
      {DNNL_ARG_WEIGHTS, product.packed ? product.packed->memory : wrap(product.w, w)},
      {DNNL_ARG_DST, wrap(product.out, out)}};
  if (bias.defined()) args.insert({DNNL_ARG_BIAS, wrap(product.bias, bias)});
  product.primitive.execute(stream, args);
  stream.wait();
}

}  // namespace temper::onednn
