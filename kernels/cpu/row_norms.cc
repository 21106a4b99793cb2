#include "kernels/cpu/row_norms.h"

#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/nn/loops.h"
#include "kernels/cpu/pointwise/pointwise.h"

namespace temper {
namespace {

constexpr int64_t kGrain = 16384;

using RowTypes = TypeSet<float, double, Half, BFloat16, Complex64, Complex128>;

struct RowNorm {
  bool centered;
  double eps;
  // Half precision: rounds what every operator of the spelling gives.
  bool steps = false;
  bool divides = false;
  Tensor weight, bias;  // of a row's size and the tensor's dtype, dense; undefined: none

  RowNorm(bool centered, double eps) : centered(centered), eps(eps) {}
};

template <class T>
const T* values_of(const Tensor& t) {
  return t.defined() ? t.data<T>() : nullptr;
}

void normalize_row(const float* x, float* to, int64_t n, const RowNorm& norm) {
  const NnLoops& loops = nn_loops();
  float mean = 0, scale = 0;
  if (norm.centered) {
    loops.moments(x, n, static_cast<float>(norm.eps), &mean, &scale);
  } else {
    // Long rows in blocks, so that a float sum keeps its digits.
    constexpr int64_t kBlock = 4096;
    double squares = 0;
    for (int64_t at = 0; at < n; at += kBlock) {
      const int64_t count = std::min(kBlock, n - at);
      squares += static_cast<double>(loops.dot(x + at, x + at, count));
    }
    scale = static_cast<float>(1 / std::sqrt(squares / static_cast<double>(n) + norm.eps));
  }
  loops.normalize(x, to, n, mean, scale, values_of<float>(norm.weight),
                  values_of<float>(norm.bias));
}

template <class T>
void normalize_row(const T* x, T* to, int64_t n, const RowNorm& norm) {
  using C = Compute<T>;
  using Wide = std::conditional_t<std::is_floating_point_v<C>, double, Complex128>;
  const auto wide = [](T v) { return static_cast<Wide>(static_cast<C>(v)); };
  const Wide count = static_cast<Wide>(static_cast<double>(n));
  Wide mean = 0, squares = 0;
  for (int64_t i = 0; norm.centered && i < n; ++i) mean += wide(x[i]);
  mean /= count;
  for (int64_t i = 0; i < n; ++i) squares += (wide(x[i]) - mean) * (wide(x[i]) - mean);
  const Wide scale = Wide(1) / std::sqrt(squares / count + Wide(norm.eps));
  const T *weight = values_of<T>(norm.weight), *bias = values_of<T>(norm.bias);
  for (int64_t i = 0; i < n; ++i) {
    Wide v = (wide(x[i]) - mean) * scale;
    if (weight) v *= wide(weight[i]);
    if (bias) v += wide(bias[i]);
    to[i] = static_cast<T>(static_cast<C>(v));
  }
}

// The operators of the spelling one by one; sums are as wide as those of a mean.
template <class T>
void normalize_in_steps(const T* x, T* to, int64_t n, const RowNorm& norm) {
  const float count = static_cast<float>(n);
  const auto wide = [](T v) { return static_cast<float>(v); };
  const auto rounded = [](float v) { return static_cast<float>(static_cast<T>(v)); };
  float sum = 0;
  for (int64_t i = 0; norm.centered && i < n; ++i) sum += wide(x[i]);
  const float mean = rounded(sum / count);
  float squares = 0;
  for (int64_t i = 0; i < n; ++i) {
    const float distance = rounded(wide(x[i]) - mean);
    squares += rounded(distance * distance);
    to[i] = static_cast<T>(distance);
  }
  const float variance = rounded(rounded(squares / count) + static_cast<float>(norm.eps));
  const float root = rounded(norm.divides ? std::sqrt(variance) : 1 / std::sqrt(variance));
  for (int64_t i = 0; i < n; ++i) {
    to[i] = static_cast<T>(norm.divides ? wide(to[i]) / root : wide(to[i]) * root);
  }
}

// Rows of `size` elements of a dense tensor.
Tensor normalize(const RunContext& context, const Tensor& x, int64_t size, const RowNorm& norm,
                 const char* op) {
  const Tensor out = empty(x.sizes(), x.dtype());
  const int64_t rows = size == 0 ? 0 : x.numel() / size;
  visit(x.dtype(), op, RowTypes{}, [&]<class T>() {
    const T* from = x.data<T>();
    T* to = out.data<T>();
    const int64_t grain = kGrain / std::max<int64_t>(size, 1) + 1;
    context.workers->parallel_for(0, rows, grain, [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) {
        if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>) {
          if (norm.steps) {
            normalize_in_steps(from + r * size, to + r * size, size, norm);
            continue;
          }
        }
        normalize_row(from + r * size, to + r * size, size, norm);
      }
    });
  });
  return out;
}

// Dims where the operators of the spelling would have left them.
Tensor laid_out_as(const Tensor& x, const Tensor& dense) {
  if (x.is_contiguous()) return dense;
  const Tensor out = empty_like(x);
  copy_into(out, dense);
  return out;
}

bool fits(const Tensor& t, const Tensor& x, int64_t size) {
  return !t.defined() || (t.dim() == 1 && t.size(0) == size && t.dtype() == x.dtype());
}

bool is_half(DType dtype) { return dtype == DType::kFloat16 || dtype == DType::kBFloat16; }

struct Rules {
  Schema schema = parse_schema("temper::combine(Tensor self, Tensor other) -> Tensor");
  PointwiseRule product{schema, "self * other", DTypeRule::kPromote};
  PointwiseRule sum{schema, "self + other", DTypeRule::kPromote};
};

Tensor combine(OpCall& call, PointwiseRule Rules::*rule, const Tensor& a, const Tensor& b) {
  static const Rules rules;  // immutable
  if (!b.defined()) return a;
  static constexpr Register kInputs[] = {0, 1};
  IValue arguments[] = {a, b};
  OpCall inner(call.op(), call.context(), arguments, kInputs, 2, kInputs, 0);
  return evaluate_pointwise(inner, rules.*rule);
}

void spelled_norm(OpCall& call, RowNorm norm, const Tensor& weight, const Tensor& bias) {
  const Tensor x = call.tensor(0);
  if (!is_floating(x.dtype()) && !is_complex(x.dtype())) {
    fail(
        "mean(): could not infer output dtype. Input dtype must be either a floating point or "
        "complex dtype. Got: ",
        dtype_name(x.dtype()));
  }
  const int64_t size = x.dim() == 0 ? 1 : x.size(-1);
  norm.steps = is_half(x.dtype());
  const bool at_once = x.dim() > 0 && !norm.steps && fits(weight, x, size) && fits(bias, x, size);
  if (at_once) {
    norm.weight = weight.defined() ? weight.contiguous() : weight;
    norm.bias = bias.defined() ? bias.contiguous() : bias;
  }
  const Tensor dense = normalize(call.context(), x.contiguous(), size, norm, "mean");
  const Tensor out = laid_out_as(x, dense);
  if (at_once) return call.ret(out);
  call.ret(combine(call, &Rules::sum, combine(call, &Rules::product, out, weight), bias));
}

}  // namespace

void spelled_layer_norm(OpCall& call) {
  RowNorm norm(true, call.number(3));
  norm.divides = call.boolean(4);
  spelled_norm(call, norm, call.opt_tensor(1), call.opt_tensor(2));
}

void spelled_rms_norm(OpCall& call) {
  RowNorm norm(false, call.number(2));
  norm.divides = call.boolean(3);
  spelled_norm(call, norm, call.opt_tensor(1), Tensor());
}

void rms_norm(OpCall& call) {
  const Tensor x = call.tensor(0).contiguous(), weight = call.opt_tensor(2);
  const Dims shape = call.ints(1);
  if (static_cast<int64_t>(shape.size()) > x.dim() ||
      x.sizes().subspan(x.sizes().size() - shape.size()) != DimsView(shape)) {
    fail("rms_norm: the input's last sizes must be ", to_string(shape), ", but its shape is ",
         to_string(x.sizes()));
  }
  const double fallback = x.dtype() == DType::kFloat64 ? std::numeric_limits<double>::epsilon()
                                                       : std::numeric_limits<float>::epsilon();
  RowNorm norm(false, call.number_or(3, fallback));
  if (weight.defined()) norm.weight = to_dtype(weight, x.dtype()).contiguous();
  call.ret(normalize(call.context(), x, numel_of(shape), norm, "rms_norm"));
}

}  // namespace temper
