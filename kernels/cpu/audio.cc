#include "kernels/cpu/audio.h"

#include <vector>

#include "core/base/error.h"
#include "core/tensor/dispatch.h"

namespace temper::audio {
namespace {

void check_filter(const Tensor& waveform, const Tensor& coefficients) {
  if (waveform.dim() != 3 || coefficients.dim() != 2 || coefficients.size(0) != waveform.size(1) ||
      coefficients.size(1) < 1 || coefficients.dtype() != waveform.dtype()) {
    fail(
        "lfilter: expected a waveform [batch, channels, time] and coefficients [channels, order] "
        "of one dtype, got ",
        to_string(waveform.sizes()), " and ", to_string(coefficients.sizes()));
  }
}

}  // namespace

// y[t] = (sum of b[k] x[t - k] - sum of a[k] y[t - k], k > 0) / a[0]
void lfilter(OpCall& call) {
  const Tensor x = call.tensor(0).contiguous(), a = call.tensor(1).contiguous(),
               b = call.tensor(2).contiguous();
  check_filter(x, a);
  check_filter(x, b);
  if (a.size(1) != b.size(1)) fail("lfilter: a_coeffs and b_coeffs must have the same size");
  const int64_t channels = x.size(1), length = x.size(2), order = a.size(1);
  const Tensor out = empty(x.sizes(), x.dtype());
  visit(x.dtype(), "lfilter", FloatTypes{}, [&]<class T>() {
    for (int64_t row = 0; row < x.size(0) * channels; ++row) {
      const T* from = x.data<T>() + row * length;
      T* to = out.data<T>() + row * length;
      const T* p = a.data<T>() + row % channels * order;
      const T* q = b.data<T>() + row % channels * order;
      for (int64_t t = 0; t < length; ++t) {
        T sum = q[0] * from[t] / p[0];
        for (int64_t k = 1; k < order && k <= t; ++k) {
          sum += q[k] / p[0] * from[t - k] - p[k] / p[0] * to[t - k];
        }
        to[t] = sum;
      }
    }
  });
  call.ret(out);
}

void lfilter_core_loop(OpCall& call) {
  const Tensor x = call.tensor(0).contiguous(), a = call.tensor(1).contiguous();
  const Tensor target = call.tensor(2), out = target.contiguous();
  check_filter(x, a);
  const int64_t channels = x.size(1), length = x.size(2), order = a.size(1);
  const int64_t padded = length + order - 1;
  if (out.dtype() != x.dtype() || out.sizes() != DimsView(Dims{x.size(0), channels, padded})) {
    fail("lfilter: the output has shape ", to_string(out.sizes()), ", which does not fit");
  }
  visit(x.dtype(), "lfilter", FloatTypes{}, [&]<class T>() {
    for (int64_t row = 0; row < x.size(0) * channels; ++row) {
      T* to = out.data<T>() + row * padded;
      const T* p = a.data<T>() + row % channels * order;
      for (int64_t t = 0; t < length; ++t) {
        T sum = x.data<T>()[row * length + t];
        for (int64_t k = 0; k < order; ++k) sum -= to[t + k] * p[k];
        to[t + order - 1] = sum;
      }
    }
  });
  target.mark_written();
  if (out.ref() != target.ref()) copy_into(target, out);
  call.ret(target);
}

void overdrive_core_loop(OpCall& call) {
  std::vector<Tensor> t;
  for (size_t i = 0; i < 5; ++i) t.push_back(call.tensor(i).contiguous());
  if (t[0].dim() != 2 || t[1].sizes() != t[0].sizes() || t[4].sizes() != t[0].sizes() ||
      t[2].numel() != t[0].size(0) || t[3].numel() != t[0].size(0)) {
    fail("overdrive: the shapes of the waveform and its state do not belong together");
  }
  for (const Tensor& each : t) {
    if (each.dtype() != t[0].dtype()) fail("overdrive: expected tensors of one dtype");
  }
  const int64_t length = t[0].size(1);
  visit(t[0].dtype(), "overdrive", FloatTypes{}, [&]<class T>() {
    for (int64_t c = 0; c < t[0].size(0); ++c) {
      T& last_in = t[2].data<T>()[c];
      T& last_out = t[3].data<T>()[c];
      for (int64_t i = c * length; i < (c + 1) * length; ++i) {
        const T now = t[1].data<T>()[i];
        last_out = now - last_in + T(0.995) * last_out;
        last_in = now;
        t[4].data<T>()[i] = t[0].data<T>()[i] * T(0.5) + last_out * T(0.75);
      }
    }
  });
  for (size_t i = 2; i < 5; ++i) {
    const Tensor target = call.tensor(i);
    target.mark_written();
    if (t[i].ref() != target.ref()) copy_into(target, t[i]);
    call.ret(i - 2, target);
  }
}

}  // namespace temper::audio
