#include "kernels/cpu/onednn/epilogue.h"

#include <bit>

#include "kernels/cpu/nn/loops.h"

namespace temper::onednn {
namespace {

dnnl::algorithm algorithm_of(Activation activation) {
  switch (activation) {
    case Activation::kClip: return dnnl::algorithm::eltwise_clip;
    case Activation::kElu: return dnnl::algorithm::eltwise_elu;
    case Activation::kSigmoid: return dnnl::algorithm::eltwise_logistic;
    case Activation::kTanh: return dnnl::algorithm::eltwise_tanh;
    case Activation::kSilu: return dnnl::algorithm::eltwise_swish;
    case Activation::kHardswish: return dnnl::algorithm::eltwise_hardswish;
    case Activation::kGelu: return dnnl::algorithm::eltwise_gelu_erf;
    case Activation::kGeluTanh: return dnnl::algorithm::eltwise_gelu_tanh;
    case Activation::kMish: return dnnl::algorithm::eltwise_mish;
    case Activation::kNone:
    case Activation::kRelu:
    case Activation::kLeakyRelu: break;
  }
  return dnnl::algorithm::eltwise_relu;
}

}  // namespace

Epilogue part_of_primitive(const Epilogue& epilogue, const Tensor& output, bool keeps_nan) {
  Epilogue part = epilogue;
  const bool dense = output.is_contiguous() || output.is_channels_last();
  const bool passes = epilogue.activation == Activation::kSilu ||
                      (keeps_nan && epilogue.activation == Activation::kRelu);
  if (dense && passes) part.activation = Activation::kNone;
  return part;
}

void apply_rest(const Team& team, const Epilogue& epilogue, const Epilogue& done,
                const Tensor& output) {
  if (done.activation == epilogue.activation) return;
  constexpr int64_t kGrain = 32768;
  auto* values = output.data<float>();
  const auto each =
      epilogue.activation == Activation::kSilu ? nn_loops().silu_each : nn_loops().relu_each;
  run_in_team(team, output.numel(), kGrain, [&](int64_t begin, int64_t end) {
    each(values + begin, values + begin, end - begin);
  });
}

dnnl::primitive_attr attributes_of(const Epilogue& epilogue, ResidualBy by) {
  dnnl::post_ops operations;
  if (epilogue.residual.defined()) {
    if (by == ResidualBy::kStored) {
      operations.append_sum(1.0f);
    } else {
      operations.append_binary(dnnl::algorithm::binary_add, describe(epilogue.residual));
    }
  }
  if (epilogue.activation != Activation::kNone) {
    // Swish is x * sigmoid(alpha x); of the others only those that name alpha look at it.
    const float alpha = epilogue.activation == Activation::kSilu ? 1.0f : epilogue.alpha;
    operations.append_eltwise(1.0f, algorithm_of(epilogue.activation), alpha, epilogue.beta);
  }
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(operations);
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

void add_to(PackedKey& key, const Epilogue& epilogue) {
  if (epilogue.residual.defined()) key.add(epilogue.residual.strides());
  key.add(epilogue.residual.defined())
      .add(static_cast<int64_t>(epilogue.activation))
      .add(std::bit_cast<int32_t>(epilogue.alpha))
      .add(std::bit_cast<int32_t>(epilogue.beta));
}

}  // namespace temper::onednn
