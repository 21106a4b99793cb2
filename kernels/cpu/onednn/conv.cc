#include "kernels/cpu/onednn/conv.h"

#include <algorithm>
#include <optional>

#include "kernels/cpu/conv.h"
#include "kernels/cpu/onednn/epilogue.h"
#include "kernels/cpu/onednn/packing.h"
#include "kernels/cpu/onednn/tiles.h"
#include "kernels/cpu/phases.h"
#include "kernels/cpu/tile_side.h"

namespace temper::onednn {
namespace {

using dnnl::memory;

// A primitive for one set of shapes, whatever the weights. Tensors that do not lie as it wants them
// are copied before or after.
struct Conv : Kept {
  std::unique_ptr<Runnable> runnable;
  ResidualBy residual_by = ResidualBy::kStored;
  std::unique_ptr<Packing> packing;
  std::unique_ptr<Runnable> src_in, dst_in, dst_out;  // null: the tensor is used as it is
  int64_t src_bytes = 0, dst_bytes = 0;               // of the copies
  int64_t bytes() const override { return kPrimitiveBytes; }
};

// How the tensors of a call lie.
struct Given {
  memory::desc src, dst, bias, weights;
  bool keep = false;  // channels-last tensors stay as they are: a good layout already
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

// The far padding is what makes the output as large as it is.
memory::dims far_padding(const Given& given, const ConvParams& params,
                         const memory::dims& dilation) {
  memory::dims after = dims_of(params.padding);
  const auto dst_dims = given.dst.dims(), src_dims = given.src.dims();
  const auto weight_dims = given.weights.dims();
  const size_t spatial = params.stride.size(), lead = weight_dims.size() - spatial;
  for (size_t i = 0; i < spatial; ++i) {
    const int64_t kernel = (weight_dims[lead + i] - 1) * (dilation[i] + 1) + 1;
    const int64_t wide = params.transposed ? dst_dims[2 + i] : src_dims[2 + i];
    const int64_t narrow = params.transposed ? src_dims[2 + i] : dst_dims[2 + i];
    after[i] = (narrow - 1) * params.stride[i] + kernel - wide - params.padding[i];
  }
  return after;
}

// Copies of tensors into the layouts that the primitive wants, and back.
void add_copies(Conv& conv, const Given& given, const memory::desc& src, const memory::desc& dst) {
  if (src != given.src) {
    conv.src_in = make_reorder(given.src, src);
    conv.src_bytes = static_cast<int64_t>(src.get_size());
  }
  if (dst != given.dst) {
    conv.dst_in = make_reorder(given.dst, dst);
    conv.dst_out = make_reorder(dst, given.dst);
    conv.dst_bytes = static_cast<int64_t>(dst.get_size());
  }
}

template <class Primitive>
Ref<Kept> build(const Given& given, const ConvParams& params, const Epilogue& epilogue,
                bool with_bias, const memory::desc& packed_from) {
  const auto algorithm = params.transposed ? dnnl::algorithm::deconvolution_direct
                                           : dnnl::algorithm::convolution_direct;
  auto conv = make_ref<Conv>();
  memory::dims dilation = dims_of(params.dilation);
  for (auto& d : dilation) d -= 1;
  const memory::dims before = dims_of(params.padding);
  const memory::dims after = far_padding(given, params, dilation);
  const auto src = given.keep ? given.src : any_format(given.src);
  const auto dst = given.keep ? given.dst : any_format(given.dst);
  const auto weights = any_format(given.weights);
  const auto strides = dims_of(params.stride);
  const auto prop = dnnl::prop_kind::forward_inference;
  const auto desc = with_bias ? typename Primitive::desc(prop, algorithm, src, weights, given.bias,
                                                         dst, strides, dilation, before, after)
                              : typename Primitive::desc(prop, algorithm, src, weights, dst,
                                                         strides, dilation, before, after);
  const bool may_read =
      given.keep && epilogue.residual.defined() && describe(epilogue.residual) == given.dst;
  const auto [primitive, by] = describe_primitive<Primitive>(desc, epilogue, may_read);
  conv->residual_by = by;
  std::vector<Runnable::Argument> arguments{{DNNL_ARG_SRC, primitive.src_desc()},
                                            {DNNL_ARG_WEIGHTS, primitive.weights_desc()},
                                            {DNNL_ARG_DST, primitive.dst_desc()}};
  if (with_bias) arguments.push_back({DNNL_ARG_BIAS, given.bias});
  if (by == ResidualBy::kOperand) arguments.push_back({kResidualArgument, given.dst});
  conv->runnable = std::make_unique<Runnable>(Primitive(primitive), primitive.scratchpad_desc(),
                                              std::move(arguments));
  conv->packing = std::make_unique<Packing>(given.weights, packed_from, primitive.weights_desc());
  add_copies(*conv, given, primitive.src_desc(), primitive.dst_desc());
  return conv;
}

Ref<Kept> make_conv(const Tensor& input, const Tensor& weight, const Tensor& bias, bool scaled,
                    const ConvParams& params, const Epilogue& epilogue, const Tensor& output) {
  Given given{describe(input), describe(output), {}, describe_weight(weight, params), false};
  if (bias.defined()) {
    given.bias = {{bias.numel()}, memory::data_type::f32, memory::format_tag::x};
  }
  given.keep = input.is_channels_last() && output.is_channels_last();
  // Scaling leaves weights without gaps.
  const memory::desc from =
      scaled ? describe_weight(empty(weight.sizes(), DType::kFloat32), params) : given.weights;
  const bool with_bias = bias.defined();
  return params.transposed
             ? build<dnnl::deconvolution_forward>(given, params, epilogue, with_bias, from)
             : build<dnnl::convolution_forward>(given, params, epilogue, with_bias, from);
}

PackedKey key_of(int threads, const Tensor& input, const Tensor& weight, const Tensor& bias,
                 const Tensor& scale, const ConvParams& params, const Epilogue& epilogue,
                 const Tensor& output) {
  PackedKey key(kConvKey);
  add_to(key, epilogue);
  return key.add(input.sizes())
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
      .add(scale.defined())
      .add(threads);
}

// With an epilogue that the primitive has.
void convolve_in(const RunContext& context, const Team& team, const Tensor& input,
                 const Tensor& weight, const Tensor& bias, const Tensor& scale,
                 const ConvParams& params, const Epilogue& epilogue, const Tensor& output) {
  const PackedKey key = key_of(team.threads, input, weight, bias, scale, params, epilogue, output);
  const Ref<Kept> kept = kept_primitive(context, key, [&] {
    return make_conv(input, weight, bias, scale.defined(), params, epilogue, output);
  });
  const auto& conv = static_cast<const Conv&>(*kept);
  const Ref<Packed> weights = conv.packing->pack(context, team, weight, scale, [&] {
    return scale.defined() ? scale_weights(weight, scale, params.transposed, params.groups)
                           : weight;
  });
  Ref<Storage> src_copy, dst_copy;
  Data src = input, dst = output;
  if (conv.src_in) {
    src_copy = Storage::allocate(conv.src_bytes);
    src = src_copy;
    conv.src_in->run(team.stream, {input, src});
  }
  const bool stored = epilogue.residual.defined() && conv.residual_by == ResidualBy::kStored;
  if (stored) copy_into(output, epilogue.residual);
  if (conv.dst_out) {
    dst_copy = Storage::allocate(conv.dst_bytes);
    dst = dst_copy;
    if (stored) conv.dst_in->run(team.stream, {output, dst});
  }
  absl::InlinedVector<Data, 6> data{src, weights->memory(), dst};
  if (bias.defined()) data.push_back(bias);
  if (conv.residual_by == ResidualBy::kOperand) data.push_back(epilogue.residual);
  conv.runnable->run(team.stream, data);
  if (conv.dst_out) conv.dst_out->run(team.stream, {dst, output});
}

// The convolution of phases that makes a dilated one.
std::optional<ConvParams> in_phases(const ConvParams& params, const Epilogue& epilogue) {
  const auto is_one = [](int64_t value) { return value == 1; };
  if (std::all_of(params.dilation.begin(), params.dilation.end(), is_one)) return std::nullopt;
  if (params.dilation.size() != 2 || epilogue.residual.defined()) return std::nullopt;
  ConvParams plain = params;
  plain.dilation = {1, 1};
  for (size_t i = 0; i < 2; ++i) {
    if (params.padding[i] % params.dilation[i] != 0) return std::nullopt;
    plain.padding[i] = params.padding[i] / params.dilation[i];
  }
  return plain;
}

}  // namespace

void convolve(const RunContext& context, const Tensor& input, const Tensor& weight,
              const Tensor& bias, const Tensor& scale, const ConvParams& params,
              const Epilogue& epilogue, const Tensor& output) {
  const Team team = team_for(context);
  // A pass for relu would take a twentieth of the time of convolutional models.
  const Epilogue fused = part_of_primitive(epilogue, output, false);
  const auto phased = in_phases(params, fused);
  const ConvParams& plain = phased ? *phased : params;
  const Dims sizes = phased ? sizes_of_phases(output.sizes(), params.dilation)
                            : Dims(output.sizes().begin(), output.sizes().end());
  const int64_t side =
      can_tile(weight, plain, fused) ? tile_side(weight.sizes(), sizes, team.threads) : 0;
  if (side == 0) {
    convolve_in(context, team, input, weight, bias, scale, params, fused, output);
  } else if (phased) {
    const Tensor phases = empty(sizes, DType::kFloat32, MemoryFormat::kChannelsLast);
    convolve_tiles(context, team, side, phases_of(input, params.dilation), weight, bias, scale,
                   plain, fused, phases);
    join_phases(phases, params.dilation, output);
  } else {
    convolve_tiles(context, team, side, input, weight, bias, scale, plain, fused, output);
  }
  apply_rest(team, epilogue, fused, output);
}

}  // namespace temper::onednn
