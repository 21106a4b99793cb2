#include "kernels/cpu/onednn/conv.h"

#include "kernels/cpu/conv.h"

#include "kernels/cpu/onednn/epilogue.h"

namespace temper::onednn {
namespace {

using dnnl::memory;

struct Conv : RefCounted {
  Runnable runnable;
  ResidualBy residual_by = ResidualBy::kStored;
  memory::desc src, dst, bias;    // as the tensors are
  memory::desc src_any, dst_any;  // as the primitive wants them
  memory::desc weights_given, weights;
  Ref<Packed> packed;  // when the weights are constant
};

// PyTorch's weight as oneDNN sees it: groups split off, output channels first.
memory::desc describe_weight(const Tensor& weight, const ConvParams& params) {
  memory::dims dims = dims_of(weight.sizes()), strides = dims_of(weight.strides());
  if (params.groups > 1) {
    const int64_t outer = dims[0] / params.groups;
    dims.insert(dims.begin(), params.groups);
    strides.insert(strides.begin(), outer * strides[0]);
    dims[1] = outer;
  }
  if (params.transposed) {
    const size_t first = params.groups > 1 ? 1 : 0;
    std::swap(dims[first], dims[first + 1]);
    std::swap(strides[first], strides[first + 1]);
  }
  return {dims, memory::data_type::f32, strides};
}

memory::desc with_any_format(const memory::desc& desc) {
  return {desc.dims(), memory::data_type::f32, memory::format_tag::any};
}

template <class Primitive>
void build(Conv& conv, const ConvParams& params, const Epilogue& epilogue, bool with_bias,
           bool keep) {
  memory::dims dilation = dims_of(params.dilation), before = dims_of(params.padding),
               after = before;
  for (auto& d : dilation) d -= 1;
  const auto dst_dims = conv.dst.dims(), src_dims = conv.src.dims();
  const auto weight_dims = conv.weights_given.dims();
  const size_t spatial = params.stride.size(), lead = weight_dims.size() - spatial;
  // The far padding is what makes the output as large as it is.
  for (size_t i = 0; i < spatial; ++i) {
    const int64_t kernel = (weight_dims[lead + i] - 1) * (dilation[i] + 1) + 1;
    const int64_t wide = params.transposed ? dst_dims[2 + i] : src_dims[2 + i];
    const int64_t narrow = params.transposed ? src_dims[2 + i] : dst_dims[2 + i];
    after[i] = (narrow - 1) * params.stride[i] + kernel - wide - before[i];
  }
  const auto algorithm = params.transposed ? dnnl::algorithm::deconvolution_direct
                                           : dnnl::algorithm::convolution_direct;
  const auto src = keep ? conv.src : with_any_format(conv.src);
  const auto dst = keep ? conv.dst : with_any_format(conv.dst);
  const auto weights = with_any_format(conv.weights_given);
  const auto strides = dims_of(params.stride);
  const auto prop = dnnl::prop_kind::forward_inference;
  const auto desc = with_bias ? typename Primitive::desc(prop, algorithm, src, weights, conv.bias,
                                                         dst, strides, dilation, before, after)
                              : typename Primitive::desc(prop, algorithm, src, weights, dst,
                                                         strides, dilation, before, after);
  const bool may_read =
      keep && epilogue.residual.defined() && describe(epilogue.residual) == conv.dst;
  const auto [primitive, by] = describe_primitive<Primitive>(desc, epilogue, may_read);
  conv.runnable = {Primitive(primitive), primitive.scratchpad_desc()};
  conv.residual_by = by;
  conv.src_any = primitive.src_desc();
  conv.dst_any = primitive.dst_desc();
  conv.weights = primitive.weights_desc();
}

Ref<Conv> make_conv(const RunContext& context, const Tensor& input, const Tensor& weight,
                    const Tensor& bias, const Tensor& scale, const ConvParams& params,
                    const Epilogue& epilogue, const Tensor& output) {
  auto conv = make_ref<Conv>();
  conv->src = describe(input);
  conv->dst = describe(output);
  conv->weights_given = describe_weight(weight, params);
  if (bias.defined()) {
    conv->bias = {{bias.numel()}, memory::data_type::f32, memory::format_tag::x};
  }
  // Channels-last tensors stay as they are: a good layout already.
  const bool keep = input.is_channels_last() && output.is_channels_last();
  if (params.transposed) {
    build<dnnl::deconvolution_forward>(*conv, params, epilogue, bias.defined(), keep);
  } else {
    build<dnnl::convolution_forward>(*conv, params, epilogue, bias.defined(), keep);
  }
  if (is_constant(weight)) {
    const memory::desc dense = describe_weight(weight.contiguous(), params);
    conv->packed =
        scale.defined()
            ? pack(context, weight, dense, conv->weights, scale,
                   [&] { return scale_weights(weight, scale, params.transposed, params.groups); })
            : pack(context, weight, conv->weights_given, conv->weights);
  }
  return conv;
}

uint64_t tag_of(const RunContext& context, const Tensor& input, const Tensor& weight,
                const Tensor& bias, const Tensor& scale, const ConvParams& params,
                const Epilogue& epilogue, const Tensor& output) {
  Tag tag(0x636f6e76);
  add_to(tag, epilogue);
  return tag.add(input.sizes())
      .add(input.strides())
      .add(weight.sizes())
      .add(weight.strides())
      .add(output.strides())
      .add(params.stride)
      .add(params.padding)
      .add(params.dilation)
      .add(params.output_padding)
      .add(params.transposed)
      .add(params.groups)
      .add(bias.defined())
      .add(identity(scale))
      .add(is_constant(weight))
      .add(context.workers->threads())
      .get();
}

}  // namespace

void convolve(const RunContext& context, const Tensor& input, const Tensor& weight,
              const Tensor& bias, const Tensor& scale, const ConvParams& params,
              const Epilogue& epilogue, const Tensor& output) {
  dnnl::stream& stream = stream_for(context);
  const uint64_t tag = tag_of(context, input, weight, bias, scale, params, epilogue, output);
  const Ref<RefCounted> entry =
      cached(context, is_constant(weight) ? weight : Tensor(), tag, [&]() -> Ref<RefCounted> {
        return make_conv(context, input, weight, bias, scale, params, epilogue, output);
      });
  auto& conv = static_cast<Conv&>(*entry);
  const Ref<Packed> weights =
      conv.packed ? conv.packed : pack(context, weight, conv.weights_given, conv.weights);
  memory src = wrap(conv.src, input), dst = wrap(conv.dst, output);
  Ref<Packed> src_packed, dst_packed;
  memory src_used = src, dst_used = dst;
  if (conv.src_any != conv.src) {
    src_packed = make_packed(conv.src_any);
    src_used = src_packed->memory;
    dnnl::reorder(src, src_used).execute(stream, src, src_used);
  }
  const bool stored = epilogue.residual.defined() && conv.residual_by == ResidualBy::kStored;
  if (stored) copy_into(output, epilogue.residual);
  if (conv.dst_any != conv.dst) {
    dst_packed = make_packed(conv.dst_any);
    dst_used = dst_packed->memory;
    if (stored) dnnl::reorder(dst, dst_used).execute(stream, dst, dst_used);
  }
  Arguments args{
      {DNNL_ARG_SRC, src_used}, {DNNL_ARG_WEIGHTS, weights->memory}, {DNNL_ARG_DST, dst_used}};
  if (bias.defined()) args.insert({DNNL_ARG_BIAS, wrap(conv.bias, bias)});
  if (conv.residual_by == ResidualBy::kOperand) {
    args.insert({kResidualArgument, wrap(conv.dst, epilogue.residual)});
  }
  execute(stream, conv.runnable, std::move(args));
  if (dst_packed) dnnl::reorder(dst_used, dst).execute(stream, dst_used, dst);
  stream.wait();
}

}  // namespace temper::onednn
