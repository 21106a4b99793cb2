#include "kernels/cpu/onednn/conv.h"

#include <algorithm>
#include <optional>

#include "kernels/cpu/conv.h"
#include "kernels/cpu/onednn/epilogue.h"
#include "kernels/cpu/onednn/packing.h"
#include "kernels/cpu/phases.h"

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

// Of weights of minimal filtering: 36 numbers of each kernel's nine.
int64_t transformed_bytes(const Tensor& weight) {
  constexpr int64_t kTile = 36 * sizeof(float);
  return kTile * weight.size(0) * weight.size(1);
}

// Winograd's minimal filtering (Lavin and Gray, "Fast Algorithms for Convolutional Neural
// Networks", 2016) multiplies transformed tiles: 2.25 to 4 times fewer products, for 3x3 kernels
// that step by one. It works on blocks of channels, so images are copied into and out of that
// layout; below this many channels the copies cost what the products save.
bool suits_winograd(const Tensor& weight, const ConvParams& params, DimsView output) {
  if (!is_constant(weight) || params.transposed || params.groups != 1 || weight.dim() != 4) {
    return false;
  }
  const auto all = [](const Dims& values, int64_t wanted) {
    return std::all_of(values.begin(), values.end(), [&](int64_t v) { return v == wanted; });
  };
  if (weight.size(2) != 3 || weight.size(3) != 3 || !all(params.stride, 1) ||
      !all(params.dilation, 1) ||
      std::any_of(params.padding.begin(), params.padding.end(), [](int64_t p) { return p > 1; })) {
    return false;
  }
  // Tiles of six by six waste much of a small image, and weights grow to four times their size:
  // reading them takes as long as some hundred pixels.
  constexpr int64_t kFewestPixels = 144, kSmallestImage = 49, kCopiedPerProduct = 24;
  constexpr int64_t kSmallImage = 64, kFewestOfSmall = 512;
  // Transformed weights that no cache holds are worth reading for many pixels only.
  constexpr int64_t kLargeWeights = int64_t{48} << 20, kFewestOfLarge = 1024;
  const int64_t outputs = weight.size(0), inputs = weight.size(1);
  const int64_t image = output[2] * output[3], pixels = output[0] * image;
  const int64_t fewest = transformed_bytes(weight) > kLargeWeights ? kFewestOfLarge
                         : image < kSmallImage                     ? kFewestOfSmall
                                                                   : kFewestPixels;
  return image >= kSmallestImage && pixels >= fewest &&
         inputs * outputs >= kCopiedPerProduct * (inputs + outputs);
}

// How many convolutions with a part of the outputs each make one: transforming weights takes their
// transformed size once more, so large ones are taken in parts.
int64_t parts_of(const Tensor& weight, const ConvParams& params, DimsView output) {
  constexpr int64_t kMostTransformed = int64_t{80} << 20;
  const int64_t outputs = weight.size(0), bytes = transformed_bytes(weight);
  if (bytes <= kMostTransformed || !suits_winograd(weight, params, output)) return 1;
  int64_t parts = 1;
  while (bytes / parts > kMostTransformed && outputs % (128 * parts) == 0) parts *= 2;
  return parts;
}

// Of the memory that an implementation may take for its tiles.
constexpr size_t kMostScratch = size_t{96} << 20;

// Null when the algorithm takes too much memory.
template <class Primitive>
Ref<Kept> build(const Given& given, const ConvParams& params, const Epilogue& epilogue,
                bool with_bias, const memory::desc& packed_from, dnnl::algorithm algorithm) {
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
  const bool direct = algorithm != dnnl::algorithm::convolution_winograd;
  if (!direct && primitive.scratchpad_desc().get_size() > kMostScratch) return nullptr;
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
  if (params.transposed) {
    return build<dnnl::deconvolution_forward>(given, params, epilogue, with_bias, from,
                                              dnnl::algorithm::deconvolution_direct);
  }
  if (suits_winograd(weight, params, output.sizes())) {
    Given free = given;
    free.keep = false;
    try {
      const Ref<Kept> conv = build<dnnl::convolution_forward>(
          free, params, epilogue, with_bias, from, dnnl::algorithm::convolution_winograd);
      if (conv) return conv;
    } catch (const dnnl::error&) {
      // Not on this processor, or not with this epilogue.
    }
  }
  return build<dnnl::convolution_forward>(given, params, epilogue, with_bias, from,
                                          dnnl::algorithm::convolution_direct);
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

// A convolution of parts of the outputs each, with the epilogue that primitives have.
void convolve_in_parts(const RunContext& context, const Team& team, const Tensor& input,
                       const Tensor& weight, const Tensor& bias, const Tensor& scale,
                       const ConvParams& params, const Epilogue& epilogue, const Tensor& output) {
  const int64_t parts = parts_of(weight, params, output.sizes()), channels = weight.size(0) / parts;
  for (int64_t i = 0; i < parts; ++i) {
    const auto part = [&](const Tensor& of, int64_t dim) {
      return parts > 1 && of.defined() ? of.slice(dim, i * channels, (i + 1) * channels, 1) : of;
    };
    Epilogue own = epilogue;
    own.residual = part(epilogue.residual, 1);
    convolve_in(context, team, input, part(weight, 0), part(bias, 0), part(scale, 0), params, own,
                part(output, 1));
  }
}

// The convolution of phases that makes a dilated one; nothing where that does not pay.
std::optional<ConvParams> in_phases(const Tensor& weight, const ConvParams& params,
                                    const Epilogue& epilogue, const Tensor& output) {
  const auto is_one = [](int64_t value) { return value == 1; };
  if (std::all_of(params.dilation.begin(), params.dilation.end(), is_one)) return std::nullopt;
  if (params.dilation.size() != 2 || epilogue.residual.defined()) return std::nullopt;
  ConvParams plain = params;
  plain.dilation = {1, 1};
  for (size_t i = 0; i < 2; ++i) {
    if (params.padding[i] % params.dilation[i] != 0) return std::nullopt;
    plain.padding[i] = params.padding[i] / params.dilation[i];
  }
  const Dims sizes = sizes_of_phases(output.sizes(), params.dilation);
  return suits_winograd(weight, plain, sizes) ? std::optional(plain) : std::nullopt;
}

}  // namespace

void convolve(const RunContext& context, const Tensor& input, const Tensor& weight,
              const Tensor& bias, const Tensor& scale, const ConvParams& params,
              const Epilogue& epilogue, const Tensor& output) {
  const Team team = team_for(context);
  // A pass for relu would take a twentieth of the time of convolutional models.
  const Epilogue fused = part_of_primitive(epilogue, output, false);
  if (const auto plain = in_phases(weight, params, fused, output)) {
    const Tensor phases = empty(sizes_of_phases(output.sizes(), params.dilation), DType::kFloat32,
                                MemoryFormat::kChannelsLast);
    convolve_in_parts(context, team, phases_of(input, params.dilation), weight, bias, scale, *plain,
                      fused, phases);
    join_phases(phases, params.dilation, output);
  } else {
    convolve_in_parts(context, team, input, weight, bias, scale, params, fused, output);
  }
  apply_rest(team, epilogue, fused, output);
}

}  // namespace temper::onednn
