#include <cmath>

#include "core/tensor/dispatch.h"
#include "kernels/cpu/conv.h"

namespace temper {
namespace {

// Sums and products in double: folding happens once and must not cost accuracy.
template <class T>
void fold(const Tensor& weight, const Tensor& bias, const Tensor& gamma, const Tensor& beta,
          const Tensor& mean, const Tensor& variance, double epsilon, int64_t axis,
          const Tensor& weight_out, const Tensor& bias_out) {
  const int64_t channels = weight.size(axis), inner = weight.numel() / channels;
  const int64_t step = axis == 0 ? inner : inner / weight.size(0);
  for (int64_t c = 0; c < channels; ++c) {
    const double scale = (gamma.defined() ? gamma.data<T>()[c] : 1.0) /
                         std::sqrt(static_cast<double>(variance.data<T>()[c]) + epsilon);
    const double shift = (bias.defined() ? bias.data<T>()[c] : 0.0) - mean.data<T>()[c];
    bias_out.data<T>()[c] =
        static_cast<T>(shift * scale + (beta.defined() ? beta.data<T>()[c] : 0.0));
    for (int64_t i = 0; i < inner; ++i) {
      const int64_t at = (i / step) * channels * step + c * step + i % step;
      weight_out.data<T>()[at] = static_cast<T>(weight.data<T>()[at] * scale);
    }
  }
}

}  // namespace

void fold_batch_norm(OpCall& call) {
  const auto dense = [&](size_t i) {
    const Tensor t = call.opt_tensor(i);
    return t.defined() ? t.contiguous() : t;
  };
  const Tensor weight = dense(0);
  const int64_t axis = call.boolean(7) ? 1 : 0;
  const Tensor weight_out = empty(weight.sizes(), weight.dtype());
  const Tensor bias_out = empty({weight.size(axis)}, weight.dtype());
  visit(weight.dtype(), "fold_batch_norm", TypeSet<float, double>{}, [&]<class T>() {
    fold<T>(weight, dense(1), dense(2), dense(3), dense(4), dense(5), call.number(6), axis,
            weight_out, bias_out);
  });
  call.ret(0, weight_out);
  call.ret(1, bias_out);
}

}  // namespace temper
