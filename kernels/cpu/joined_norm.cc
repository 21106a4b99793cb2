#include "kernels/cpu/joined_norm.h"

#include <algorithm>

#include "core/op/run_context.h"
#include "kernels/cpu/epilogue.h"
#include "kernels/cpu/joining.h"
#include "kernels/cpu/nn/loops.h"
#include "kernels/cpu/norm.h"

namespace temper {
namespace {

constexpr int64_t kGrain = 65536;

// Float32 images that lie alike, as many channels as the norm has.
bool is_usual(const std::vector<Tensor>& parts, const joining::Joined& joined, const Tensor& scale,
              const Tensor& shift) {
  const bool last = joined.format != MemoryFormat::kContiguous;
  if (joined.dtype != DType::kFloat32 || joined.dim != 1 || joined.sizes.size() < 3) return false;
  for (const Tensor* each : {&scale, &shift}) {
    if (each->dtype() != DType::kFloat32 || !each->is_contiguous()) return false;
  }
  return scale.numel() == joined.sizes[1] &&
         std::all_of(parts.begin(), parts.end(), [&](const Tensor& part) {
           return part.dtype() == DType::kFloat32 && part.dim() > 1 &&
                  (last ? part.is_channels_last() : part.is_contiguous());
         });
}

// Rows of pixels, whose channels lie beside each other.
void over_pixels(const RunContext& context, const std::vector<Tensor>& parts, const float* scale,
                 const float* shift, const Tensor& out) {
  const int64_t channels = out.size(1), pixels = out.numel() / channels;
  context.workers->parallel_for(0, pixels, kGrain / channels + 1, [&](int64_t begin, int64_t end) {
    for (int64_t pixel = begin; pixel < end; ++pixel) {
      float* to = out.data<float>() + pixel * channels;
      int64_t first = 0;
      for (const Tensor& part : parts) {
        const int64_t own = part.size(1);
        nn_loops().scale_shift_relu(part.data<float>() + pixel * own, to + first, own,
                                    scale + first, shift + first);
        first += own;
      }
    }
  });
}

// Planes of one channel.
void over_planes(const RunContext& context, const std::vector<Tensor>& parts, const float* scale,
                 const float* shift, const Tensor& out) {
  const int64_t channels = out.size(1), planes = out.size(0) * channels;
  const int64_t inner = out.numel() / planes;
  std::vector<std::pair<const Tensor*, int64_t>> sources;  // of each channel: where it lies
  for (const Tensor& part : parts) {
    for (int64_t c = 0; c < part.size(1); ++c) sources.emplace_back(&part, c);
  }
  context.workers->parallel_for(0, planes, kGrain / inner + 1, [&](int64_t begin, int64_t end) {
    for (int64_t plane = begin; plane < end; ++plane) {
      const int64_t image = plane / channels, c = plane % channels;
      const auto [part, own] = sources[static_cast<size_t>(c)];
      float* to = out.data<float>() + plane * inner;
      nn_loops().scale_shift(part->data<float>() + (image * part->size(1) + own) * inner, to, inner,
                             scale[c], shift[c]);
      nn_loops().relu_each(to, to, inner);
    }
  });
}

}  // namespace

void joined_norm(OpCall& call) {
  const std::vector<Tensor> parts = call.tensors(0);
  const joining::Joined joined = joining::describe_joined(parts, 1);
  const Tensor scale = call.tensor(6), shift = call.tensor(7);
  if (is_usual(parts, joined, scale, shift)) {
    const Tensor out = empty(joined.sizes, joined.dtype, joined.format);
    if (out.numel() > 0) {
      const bool planes = joined.format == MemoryFormat::kContiguous;
      (planes ? over_planes : over_pixels)(call.context(), parts, scale.data<float>(),
                                           shift.data<float>(), out);
    }
    return call.ret(out);
  }
  const Tensor normed =
      normalize_batch(call.context(), joining::concatenate(parts, 1), call.opt_tensor(1),
                      call.opt_tensor(2), call.tensor(3), call.tensor(4), call.number(5));
  Epilogue relu;
  relu.activation = Activation::kRelu;
  call.ret(finish(call, normed, relu));
}

}  // namespace temper
