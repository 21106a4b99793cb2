#include "kernels/cpu/norm.h"

#include <cmath>
#include <vector>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/layout.h"
#include "kernels/cpu/nn/loops.h"

namespace temper {
namespace {

constexpr int64_t kGrain = 131072;

void check_channels(const char* name, const Tensor& t, int64_t count) {
  if (!t.defined() || t.numel() == count) return;
  fail(name, " should contain ", count, " elements not ", t.numel());
}

// Values of an optional per-channel tensor as doubles.
std::vector<double> channel_values(const char* name, const Tensor& t, int64_t count,
                                   double fallback) {
  std::vector<double> values(static_cast<size_t>(count), fallback);
  if (!t.defined()) return values;
  check_channels(name, t, count);
  const Tensor wide = to_dtype(t, DType::kFloat64).contiguous();
  std::copy(wide.data<double>(), wide.data<double>() + count, values.begin());
  return values;
}

// to = x * scale[c] + shift[c] for rows of channels, and for a row of one channel.
template <class T, class C>
void scale_each(const T* x, T* to, int64_t n, const C* scale, const C* shift) {
  if constexpr (std::is_same_v<T, float>) {
    nn_loops().scale_shift_each(x, to, n, scale, shift);
  } else {
    for (int64_t i = 0; i < n; ++i)
      to[i] = static_cast<T>(static_cast<C>(x[i]) * scale[i] + shift[i]);
  }
}

template <class T, class C>
void scale_all(const T* x, T* to, int64_t n, C scale, C shift) {
  if constexpr (std::is_same_v<T, float>) {
    nn_loops().scale_shift(x, to, n, scale, shift);
  } else {
    for (int64_t i = 0; i < n; ++i) to[i] = static_cast<T>(static_cast<C>(x[i]) * scale + shift);
  }
}

// out = x * scale[c] + shift[c] over [N, C, inner] or channels-last.
template <class T>
void scale_channels(const RunContext& context, const Tensor& x, const Tensor& out,
                    const std::vector<double>& scale, const std::vector<double>& shift) {
  using C = Compute<T>;
  const int64_t channels = x.size(1);
  const T* from = x.data<T>();
  T* to = out.data<T>();
  const std::vector<C> a(scale.begin(), scale.end()), b(shift.begin(), shift.end());
  const auto in_parallel = [&](int64_t rows, int64_t length, const auto& row) {
    context.workers->parallel_for(0, rows, kGrain / length + 1, [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) row(r, from + r * length, to + r * length);
    });
  };
  if (!x.is_contiguous()) {  // channels-last: the channel is innermost
    return in_parallel(x.numel() / channels, channels, [&](int64_t, const T* source, T* target) {
      scale_each(source, target, channels, a.data(), b.data());
    });
  }
  const int64_t inner = x.numel() / (x.size(0) * channels);
  in_parallel(x.size(0) * channels, inner, [&](int64_t r, const T* source, T* target) {
    const auto c = static_cast<size_t>(r % channels);
    scale_all(source, target, inner, a[c], b[c]);
  });
}

struct Moments {
  std::vector<double> mean, variance;  // variance is biased
};

// Over all dims but the channel.
Moments channel_moments(const Tensor& x) {
  const int64_t channels = x.size(1), batch = x.size(0);
  const int64_t inner = batch * channels == 0 ? 0 : x.numel() / (batch * channels);
  const Tensor wide = to_dtype(x, DType::kFloat64).contiguous();
  Moments m{std::vector<double>(static_cast<size_t>(channels), 0),
            std::vector<double>(static_cast<size_t>(channels), 0)};
  const double count = static_cast<double>(batch * inner);
  for (int64_t c = 0; c < channels; ++c) {
    double sum = 0, squares = 0;
    const auto each = [&](auto&& body) {
      for (int64_t n = 0; n < batch; ++n) {
        const double* row = wide.data<double>() + (n * channels + c) * inner;
        for (int64_t i = 0; i < inner; ++i) body(row[i]);
      }
    };
    each([&](double v) { sum += v; });
    const double mean = sum / count;
    each([&](double v) { squares += (v - mean) * (v - mean); });
    m.mean[static_cast<size_t>(c)] = mean;
    m.variance[static_cast<size_t>(c)] = squares / count;
  }
  return m;
}

void update_running(const Tensor& running, const std::vector<double>& fresh, double momentum,
                    double factor) {
  if (!running.defined()) return;
  const Tensor wide = to_dtype(running, DType::kFloat64).clone();
  for (int64_t i = 0; i < running.numel(); ++i) {
    wide.data<double>()[i] =
        (1 - momentum) * wide.data<double>()[i] + momentum * factor * fresh[static_cast<size_t>(i)];
  }
  copy_into(running, wide);
}

Tensor as_tensor(const std::vector<double>& values, DType dtype) {
  const Tensor wide = empty({static_cast<int64_t>(values.size())}, DType::kFloat64);
  std::copy(values.begin(), values.end(), wide.data<double>());
  return to_dtype(wide, dtype);
}

struct BatchNormResult {
  Tensor output, mean, inverse;
};

BatchNormResult run_batch_norm(const RunContext& context, Tensor x, const Tensor& weight,
                               const Tensor& bias, const Tensor& running_mean,
                               const Tensor& running_var, bool training, double momentum,
                               double eps) {
  if (x.dim() < 2 && x.numel() == 0) {  // nothing to normalize, whatever the channels
    return {x.clone(), empty({0}, x.dtype()), empty({0}, x.dtype())};
  }
  if (x.dim() < 2) fail("batch_norm: expected at least 2 dims, got ", x.dim());
  x = dense_in_format(x);
  const int64_t channels = x.size(1);
  check_scratch(channels, 8 * sizeof(double));  // of tensors without elements too
  Moments m;
  check_channels("running_mean", running_mean, channels);
  check_channels("running_var", running_var, channels);
  if (training) {
    m = channel_moments(x);
    const double count = static_cast<double>(x.numel()) / static_cast<double>(channels);
    update_running(running_mean, m.mean, momentum, 1);
    update_running(running_var, m.variance, momentum, count / (count - 1));
  } else {
    if (!running_mean.defined() || !running_var.defined()) {
      fail("running_mean and running_var must be defined in evaluation mode");
    }
    m = {channel_values("running_mean", running_mean, channels, 0),
         channel_values("running_var", running_var, channels, 1)};
  }
  std::vector<double> scale = channel_values("weight", weight, channels, 1);
  std::vector<double> shift = channel_values("bias", bias, channels, 0), inverse(scale.size());
  for (size_t c = 0; c < scale.size(); ++c) {
    inverse[c] = 1 / std::sqrt(m.variance[c] + eps);
    scale[c] *= inverse[c];
    shift[c] -= m.mean[c] * scale[c];
  }
  const Tensor out = empty_like(x);
  if (x.numel() > 0) {
    visit(x.dtype(), "batch_norm", AllFloatTypes{},
          [&]<class T>() { scale_channels<T>(context, x, out, scale, shift); });
  }
  const DType stats = running_mean.defined() ? running_mean.dtype() : x.dtype();
  if (!training) return {out, empty({0}, stats), empty({0}, stats)};
  return {out, as_tensor(m.mean, stats), as_tensor(inverse, stats)};
}

void return_all(OpCall& call, BatchNormResult result) {
  call.ret(0, result.output);
  call.ret(1, result.mean);
  call.ret(2, result.inverse);
}

// Normalizes rows of `size` elements: mean and variance in one pass over registers of sums.
template <class T>
void normalize_rows(const RunContext& context, const Tensor& x, int64_t size, const T* weight,
                    const T* bias, double eps, const Tensor& out, float* mean_out,
                    float* rstd_out) {
  using C = Compute<T>;
  const int64_t rows = size == 0 ? 0 : x.numel() / size;
  const T* from = x.data<T>();
  T* to = out.data<T>();
  const NnLoops& loops = nn_loops();
  const int64_t grain = kGrain / std::max<int64_t>(size, 1) + 1;
  context.workers->parallel_for(0, rows, grain, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const T* row = from + r * size;
      T* dst = to + r * size;
      if constexpr (std::is_same_v<T, float>) {
        float mean = 0, rstd = 0;
        loops.moments(row, size, static_cast<float>(eps), &mean, &rstd);
        loops.normalize(row, dst, size, mean, rstd, weight, bias);
        if (mean_out) mean_out[r] = mean;
        if (rstd_out) rstd_out[r] = rstd;
        continue;
      }
      constexpr int kLanes = 16;  // independent sums, which the compiler keeps in vectors
      C sums[kLanes] = {};
      int64_t i = 0;
      for (; i + kLanes <= size; i += kLanes) {
        for (int k = 0; k < kLanes; ++k) sums[k] += static_cast<C>(row[i + k]);
      }
      double total = 0;
      for (C s : sums) total += static_cast<double>(s);
      for (; i < size; ++i) total += static_cast<double>(static_cast<C>(row[i]));
      const C mean = static_cast<C>(total / static_cast<double>(size));
      C squares[kLanes] = {};
      for (i = 0; i + kLanes <= size; i += kLanes) {
        for (int k = 0; k < kLanes; ++k) {
          const C d = static_cast<C>(row[i + k]) - mean;
          squares[k] += d * d;
        }
      }
      double spread = 0;
      for (C s : squares) spread += static_cast<double>(s);
      for (; i < size; ++i) {
        const C d = static_cast<C>(row[i]) - mean;
        spread += static_cast<double>(d * d);
      }
      const C rstd = static_cast<C>(1 / std::sqrt(spread / static_cast<double>(size) + eps));
      if (mean_out) mean_out[r] = static_cast<float>(mean);
      if (rstd_out) rstd_out[r] = static_cast<float>(rstd);
      for (i = 0; i < size; ++i) {
        C v = (static_cast<C>(row[i]) - mean) * rstd;
        if (weight) v *= static_cast<C>(weight[i]);
        if (bias) v += static_cast<C>(bias[i]);
        dst[i] = static_cast<T>(v);
      }
    }
  });
}

struct LayerNormResult {
  Tensor output, mean, rstd;
};

void check_layer_shapes(const Tensor& input, const Dims& shape, const Tensor& weight,
                        const Tensor& bias) {
  const std::string wanted = to_string(DimsView(shape));
  if (shape.empty()) {
    fail(
        "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one "
        "element, but got normalized_shape = []");
  }
  const auto check = [&](const char* name, const Tensor& t) {
    if (t.defined() && t.sizes() != DimsView(shape)) {
      fail("Expected ", name, " to be of same shape as normalized_shape, but got ", name,
           " of shape ", to_string(t.sizes()), " and normalized_shape = ", wanted);
    }
  };
  check("weight", weight);
  check("bias", bias);
  const size_t rank = input.sizes().size();
  if (shape.size() > rank || input.sizes().subspan(rank - shape.size()) != DimsView(shape)) {
    fail("Given normalized_shape=", wanted, ", expected input with shape [*, ", wanted.substr(1),
         ", but got input of size", to_string(input.sizes()));
  }
}

LayerNormResult run_layer_norm(const RunContext& context, const Tensor& input, const Dims& shape,
                               const Tensor& weight, const Tensor& bias, double eps) {
  check_layer_shapes(input, shape, weight, bias);
  const size_t rank = input.sizes().size();
  const Tensor x = input.contiguous();
  const DType dtype = x.dtype();
  const Tensor w = weight.defined() ? to_dtype(weight, dtype).contiguous() : weight;
  const Tensor b = bias.defined() ? to_dtype(bias, dtype).contiguous() : bias;
  Dims stats(input.sizes().begin(), input.sizes().end());
  for (size_t i = rank - shape.size(); i < rank; ++i) stats[i] = 1;
  LayerNormResult r{empty(x.sizes(), dtype), zeros(stats, DType::kFloat32),
                    zeros(stats, DType::kFloat32)};
  visit(dtype, "LayerNormKernelImpl", AllFloatTypes{}, [&]<class T>() {
    normalize_rows<T>(context, x, numel_of(shape), w.defined() ? w.data<T>() : nullptr,
                      b.defined() ? b.data<T>() : nullptr, eps, r.output, r.mean.data<float>(),
                      r.rstd.data<float>());
  });
  return r;
}

struct GroupNormResult {
  Tensor output, mean, rstd;
};

// Sums of body(value, channel) over the pixels of one channels-last image for each channel; single
// precision is kept to few pixels at a time.
template <class T, class Body>
std::vector<double> sums_of_pixels(const RunContext& context, const T* image, int64_t pixels,
                                   int64_t channels, const Body& body) {
  constexpr int64_t kPixels = 64;
  using C = Compute<T>;
  const int64_t parts = (pixels + kPixels - 1) / kPixels;
  check_scratch(parts * channels, sizeof(C));
  std::vector<C> part(static_cast<size_t>(parts * channels), C(0));
  const int64_t grain = kGrain / (kPixels * channels) + 1;
  context.workers->parallel_for(0, parts, grain, [&](int64_t begin, int64_t end) {
    for (int64_t p = begin * kPixels; p < std::min(end * kPixels, pixels); ++p) {
      const T* pixel = image + p * channels;
      C* to = part.data() + p / kPixels * channels;
      for (int64_t c = 0; c < channels; ++c) to[c] += body(static_cast<C>(pixel[c]), c);
    }
  });
  std::vector<double> sums(static_cast<size_t>(channels), 0);
  for (int64_t i = 0; i < parts; ++i) {
    const C* from = part.data() + i * channels;
    for (int64_t c = 0; c < channels; ++c) sums[c] += static_cast<double>(from[c]);
  }
  return sums;
}

// Groups of channels-last images: their channels lie between those of others.
template <class T>
void normalize_pixels(const RunContext& context, const Tensor& x, const std::vector<double>& weight,
                      const std::vector<double>& bias, double eps, const GroupNormResult& r) {
  using C = Compute<T>;
  const int64_t batch = x.size(0), channels = x.size(1), groups = r.mean.size(1);
  const int64_t pixels = x.numel() / (batch * channels), width = channels / groups;
  const double count = static_cast<double>(pixels * width);
  for (int64_t n = 0; n < batch; ++n) {
    const Tensor image = x.narrow(0, n, 1);
    const auto of_groups = [&](const auto& body) {
      const std::vector<double> each =
          sums_of_pixels(context, image.data<T>(), pixels, channels, body);
      std::vector<double> sums(static_cast<size_t>(groups), 0);
      for (int64_t c = 0; c < channels; ++c) sums[c / width] += each[c] / count;
      return sums;
    };
    const std::vector<double> mean = of_groups([](C v, int64_t) { return v; });
    std::vector<C> center(static_cast<size_t>(channels));
    for (int64_t c = 0; c < channels; ++c) center[c] = static_cast<C>(mean[c / width]);
    const std::vector<double> variance =
        of_groups([at = center.data()](C v, int64_t c) { return (v - at[c]) * (v - at[c]); });
    std::vector<double> scale = weight, shift = bias;
    for (int64_t c = 0; c < channels; ++c) {
      scale[c] /= std::sqrt(variance[c / width] + eps);
      shift[c] -= mean[c / width] * scale[c];
    }
    scale_channels<T>(context, image, r.output.narrow(0, n, 1), scale, shift);
    for (int64_t g = 0; g < groups; ++g) {
      r.mean.data<float>()[n * groups + g] = static_cast<float>(mean[g]);
      r.rstd.data<float>()[n * groups + g] = static_cast<float>(1 / std::sqrt(variance[g] + eps));
    }
  }
}

GroupNormResult run_group_norm(const RunContext& context, const Tensor& input, int64_t groups,
                               const Tensor& weight, const Tensor& bias, double eps) {
  const int64_t batch = input.size(0), channels = input.size(1);
  if (groups <= 0 || channels % groups != 0) {
    fail(
        "Expected number of channels in input to be divisible by num_groups, but got input of "
        "shape ",
        to_string(input.sizes()), " and num_groups=", groups);
  }
  const auto check_vector = [&](const char* name, const Tensor& t) {
    if (t.defined() && (t.dim() != 1 || t.numel() != channels)) {
      fail("Expected ", name,
           " to be a vector of size equal to the number of channels in input, "
           "but got ",
           name, " of shape ", to_string(t.sizes()), " and input of shape ",
           to_string(input.sizes()));
    }
  };
  check_vector("weight", weight);
  check_vector("bias", bias);
  const Tensor x = dense_in_format(input);
  GroupNormResult r{empty_like(x), zeros({batch, groups}, DType::kFloat32),
                    zeros({batch, groups}, DType::kFloat32)};
  if (x.numel() == 0) return r;
  if (!x.is_contiguous()) {
    visit(x.dtype(), "group_norm", AllFloatTypes{}, [&]<class T>() {
      normalize_pixels<T>(context, x, channel_values("weight", weight, channels, 1),
                          channel_values("bias", bias, channels, 0), eps, r);
    });
    return r;
  }
  visit(x.dtype(), "group_norm", AllFloatTypes{}, [&]<class T>() {
    normalize_rows<T>(context, x, x.numel() / (batch * groups), nullptr, nullptr, eps, r.output,
                      r.mean.data<float>(), r.rstd.data<float>());
    if (weight.defined() || bias.defined()) {
      scale_channels<T>(context, r.output, r.output, channel_values("weight", weight, channels, 1),
                        channel_values("bias", bias, channels, 0));
    }
  });
  return r;
}

}  // namespace

Tensor normalize_batch(const RunContext& context, const Tensor& x, const Tensor& weight,
                       const Tensor& bias, const Tensor& mean, const Tensor& variance, double eps) {
  return run_batch_norm(context, x, weight, bias, mean, variance, false, 0, eps).output;
}

void batch_norm(OpCall& call) {
  call.ret(run_batch_norm(call.context(), call.tensor(0), call.opt_tensor(1), call.opt_tensor(2),
                          call.opt_tensor(3), call.opt_tensor(4), call.boolean(5), call.number(6),
                          call.number(7))
               .output);
}

void native_batch_norm(OpCall& call) {
  return_all(call, run_batch_norm(call.context(), call.tensor(0), call.opt_tensor(1),
                                  call.opt_tensor(2), call.opt_tensor(3), call.opt_tensor(4),
                                  call.boolean(5), call.number(6), call.number(7)));
}

void native_batch_norm_no_training(OpCall& call) {
  return_all(call, run_batch_norm(call.context(), call.tensor(0), call.opt_tensor(1),
                                  call.opt_tensor(2), call.opt_tensor(3), call.opt_tensor(4), false,
                                  call.number(5), call.number(6)));
}

void layer_norm(OpCall& call) {
  call.ret(run_layer_norm(call.context(), call.tensor(0), call.ints(1), call.opt_tensor(2),
                          call.opt_tensor(3), call.number(4))
               .output);
}

void native_layer_norm(OpCall& call) {
  LayerNormResult r = run_layer_norm(call.context(), call.tensor(0), call.ints(1),
                                     call.opt_tensor(2), call.opt_tensor(3), call.number(4));
  call.ret(0, r.output);
  call.ret(1, to_dtype(r.mean, call.tensor(0).dtype()));
  call.ret(2, to_dtype(r.rstd, call.tensor(0).dtype()));
}

void group_norm(OpCall& call) {
  call.ret(run_group_norm(call.context(), call.tensor(0), call.integer(1), call.opt_tensor(2),
                          call.opt_tensor(3), call.number(4))
               .output);
}

void native_group_norm(OpCall& call) {
  GroupNormResult r = run_group_norm(call.context(), call.tensor(0), call.integer(6),
                                     call.opt_tensor(1), call.opt_tensor(2), call.number(7));
  call.ret(0, r.output);
  call.ret(1, to_dtype(r.mean, call.tensor(0).dtype()));
  call.ret(2, to_dtype(r.rstd, call.tensor(0).dtype()));
}

namespace {

// A batch norm of one sample whose channels are all (sample, channel) planes; running statistics
// become the mean of those of the samples.
Tensor instance_norm_of_run(const OpCall& call, const Tensor& x) {
  const int64_t batch = x.size(0), channels = x.size(1);
  Dims folded(x.sizes().begin(), x.sizes().end());
  folded[0] = 1;
  folded[1] = batch * channels;
  const auto repeat = [&](size_t i) {
    const Tensor given = call.opt_tensor(i);
    if (!given.defined()) return given;
    if (given.dim() != 1 || given.numel() != channels) {
      fail("instance_norm: expected ", channels, " values for each channel statistic or weight");
    }
    return given.unsqueeze(0)
        .expand({batch, channels})
        .clone()
        .contiguous()
        .reshape({batch * channels});
  };
  const Tensor running_mean = repeat(3), running_var = repeat(4);
  const Tensor out = run_batch_norm(call.context(), x.view_as_shape(folded), repeat(1), repeat(2),
                                    running_mean, running_var, true, call.number(6), call.number(7))
                         .output;
  for (size_t i : {size_t{3}, size_t{4}}) {
    const Tensor target = call.opt_tensor(i), made = i == 3 ? running_mean : running_var;
    if (!target.defined()) continue;
    const Tensor wide = to_dtype(made, DType::kFloat64), mean = zeros({channels}, DType::kFloat64);
    for (int64_t k = 0; k < batch * channels; ++k) {
      mean.data<double>()[k % channels] += wide.data<double>()[k] / static_cast<double>(batch);
    }
    copy_into(target, mean);
  }
  return out.view_as_shape(x.sizes());
}

}  // namespace

// Every (sample, channel) plane is normalized on its own: a group norm with one channel a group.
void instance_norm(OpCall& call) {
  const Tensor x = call.tensor(0).contiguous();
  const int64_t channels = x.size(1);
  if (!call.boolean(5)) {
    return call.ret(run_batch_norm(call.context(), x, call.opt_tensor(1), call.opt_tensor(2),
                                   call.opt_tensor(3), call.opt_tensor(4), false, call.number(6),
                                   call.number(7))
                        .output);
  }
  if (!call.is_none(3) || !call.is_none(4)) return call.ret(instance_norm_of_run(call, x));
  call.ret(run_group_norm(call.context(), x, channels, call.opt_tensor(1), call.opt_tensor(2),
                          call.number(7))
               .output);
}

}  // namespace temper
