#include <cmath>

#include "core/base/error.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/conv.h"

namespace temper {
namespace {

// In double: folding happens once and must not cost accuracy.
template <class T>
void fold(const Tensor& bias, const Tensor& scale, const Tensor& gamma, const Tensor& beta,
          const Tensor& mean, const Tensor& variance, double epsilon, const Tensor& scale_out,
          const Tensor& bias_out) {
  const auto at = [](const Tensor& t, int64_t c, double otherwise) {
    return t.defined() ? static_cast<double>(t.data<T>()[c]) : otherwise;
  };
  for (int64_t c = 0; c < mean.numel(); ++c) {
    const double factor = at(gamma, c, 1) / std::sqrt(at(variance, c, 1) + epsilon);
    scale_out.data<T>()[c] = static_cast<T>(at(scale, c, 1) * factor);
    bias_out.data<T>()[c] =
        static_cast<T>((at(bias, c, 0) - at(mean, c, 0)) * factor + at(beta, c, 0));
  }
}

}  // namespace

void fold_batch_norm(OpCall& call) {
  const auto dense = [&](size_t i) {
    const Tensor t = call.opt_tensor(i);
    return t.defined() ? t.contiguous() : t;
  };
  const Tensor mean = dense(4);
  for (size_t i : {0, 1, 2, 3, 5}) {
    const Tensor t = call.opt_tensor(i);
    if (t.defined() && (t.dtype() != mean.dtype() || t.numel() != mean.numel())) {
      fail("fold_batch_norm: expected ", mean.numel(), " numbers of ", dtype_name(mean.dtype()));
    }
  }
  const Tensor scale_out = empty(mean.sizes(), mean.dtype());
  const Tensor bias_out = empty(mean.sizes(), mean.dtype());
  visit(mean.dtype(), "fold_batch_norm", TypeSet<float, double>{}, [&]<class T>() {
    fold<T>(dense(0), dense(1), dense(2), dense(3), mean, dense(5), call.number(6), scale_out,
            bias_out);
  });
  call.ret(0, scale_out);
  call.ret(1, bias_out);
}

Tensor scale_weights(const Tensor& weight, const Tensor& scale, bool transposed, int64_t groups) {
  const Tensor from = weight.contiguous(), factors = scale.contiguous();
  const int64_t wanted = transposed ? from.size(1) * groups : from.size(0);
  if (factors.dtype() != from.dtype() || factors.numel() != wanted) {
    fail("conv: expected ", wanted, " scales of ", dtype_name(from.dtype()));
  }
  const Tensor out = empty(from.sizes(), from.dtype());
  // As [outer][channels of a group][inner], where the outer index says the group.
  const int64_t channels = transposed ? from.size(1) : from.size(0) / groups;
  const int64_t outer = transposed ? from.size(0) : groups;
  const int64_t inner = out.numel() / std::max<int64_t>(1, outer * channels);
  visit(from.dtype(), "conv", TypeSet<float, double>{}, [&]<class T>() {
    for (int64_t at = 0; at < outer * channels; ++at) {
      const int64_t group = at / channels * groups / outer;
      const T factor = factors.data<T>()[group * channels + at % channels];
      const T* source = from.data<T>() + at * inner;
      T* to = out.data<T>() + at * inner;
      for (int64_t i = 0; i < inner; ++i) to[i] = source[i] * factor;
    }
  });
  return out;
}

}  // namespace temper
