// Running sums, products and extremes; softmax.
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "kernels/cpu/nn/loops.h"
#include "kernels/cpu/reduce/reduce.h"
#include "kernels/cpu/reduce/rows.h"

namespace temper {
namespace {

// A copy whose scanned dim is innermost, and the same data seen with the dims in their places.
struct Lines {
  Tensor data;    // contiguous, the dim last
  Tensor result;  // a view of data like the input
  int64_t rows = 0;
  int64_t length = 0;
};

Lines make_lines(const Tensor& self, int64_t dim) {
  const int64_t d = wrap_dim(dim, self.dim());
  Lines lines;
  if (self.dim() == 0) {
    lines.data = lines.result = self.clone();
    lines.rows = lines.length = 1;
    return lines;
  }
  const Tensor moved = self.transpose(d, -1);
  lines.data = empty(moved.sizes(), self.dtype());
  copy_into(lines.data, moved);
  lines.result = lines.data.transpose(d, -1);
  lines.length = self.size(d);
  lines.rows = lines.length == 0 ? 0 : self.numel() / lines.length;
  return lines;
}

template <class T, class Body>
void for_lines(const RunContext& context, const Lines& lines, const Body& body) {
  T* data = lines.data.data<T>();
  const int64_t grain = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, lines.length));
  context.workers->parallel_for(0, lines.rows, grain, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) body(data + r * lines.length, lines.length, r);
  });
}

// Results are contiguous in the input's order of dims.
Tensor finish(const Lines& lines) { return lines.result.contiguous(); }

DType scan_dtype(OpCall& call, const Tensor& self) {
  const DType fallback = is_integral_or_bool(self.dtype()) ? DType::kInt64 : self.dtype();
  return call.dtype_or(2, fallback);
}

void scan(OpCall& call, bool product) {
  const Tensor self = call.tensor(0);
  const DType dtype = scan_dtype(call, self);
  const Lines lines = make_lines(to_dtype(self, dtype), call.integer(1));
  visit(dtype, product ? "cumprod" : "cumsum", AllTypes{}, [&]<class T>() {
    using C = Compute<T>;
    using Acc = std::conditional_t<std::is_same_v<C, float>, double, C>;
    for_lines<T>(call.context(), lines, [product](T* line, int64_t n, int64_t) {
      using Sum = Wrapping<Acc>;
      Sum acc = product ? Sum(1) : Sum(0);
      for (int64_t i = 0; i < n; ++i) {
        const Sum v = static_cast<Sum>(static_cast<C>(line[i]));
        acc = static_cast<Sum>(product ? acc * v : acc + v);
        line[i] = static_cast<T>(static_cast<C>(acc));
      }
    });
  });
  call.ret(finish(lines));
}

void running_extreme(OpCall& call, bool largest) {
  const Tensor self = call.tensor(0);
  const Lines lines = make_lines(self, call.integer(1));
  const Lines places = make_lines(empty(self.sizes(), DType::kInt64), call.integer(1));
  visit(self.dtype(), "cummax", RealAndBool{}, [&]<class T>() {
    using C = Compute<T>;
    for_lines<T>(call.context(), lines, [&](T* line, int64_t n, int64_t r) {
      int64_t* index = places.data.data<int64_t>() + r * n;
      int64_t place = 0;
      T best = n > 0 ? line[0] : T();
      for (int64_t i = 0; i < n; ++i) {
        const C v = static_cast<C>(line[i]), b = static_cast<C>(best);
        if (is_nan_value(v) || (!is_nan_value(b) && (largest ? v >= b : v <= b))) {
          best = line[i];
          place = i;
        }
        line[i] = best;
        index[i] = place;
      }
    });
  });
  call.ret(0, finish(lines));
  call.ret(1, finish(places));
}

// x [outer, n, inner] along the middle dim.
template <class T>
void softmax_rows(const T* x, T* out, int64_t n, int64_t stride, bool log) {
  using C = Compute<T>;
  C best = -std::numeric_limits<C>::infinity();
  for (int64_t i = 0; i < n; ++i) {
    const C v = static_cast<C>(x[i * stride]);
    best = v > best || v != v ? v : best;
  }
  C sum = 0;
  if (log) {
    for (int64_t i = 0; i < n; ++i) sum += std::exp(static_cast<C>(x[i * stride]) - best);
    const C shift = best + std::log(sum);
    for (int64_t i = 0; i < n; ++i)
      out[i * stride] = static_cast<T>(static_cast<C>(x[i * stride]) - shift);
    return;
  }
  for (int64_t i = 0; i < n; ++i) {
    const C e = std::exp(static_cast<C>(x[i * stride]) - best);
    out[i * stride] = static_cast<T>(e);
    sum += e;
  }
  const C scale = C(1) / sum;
  for (int64_t i = 0; i < n; ++i)
    out[i * stride] = static_cast<T>(static_cast<C>(out[i * stride]) * scale);
}

// softmax.int(self, dim, dtype?) and _softmax(self, dim, half_to_float).
Tensor softmax_of(OpCall& call, bool log) {
  Tensor self = call.tensor(0);
  if (call.in(2).is_bool()) {
    if (call.boolean(2)) self = to_dtype(self, DType::kFloat32);
  } else if (const auto dtype = call.opt_dtype(2)) {
    self = to_dtype(self, *dtype);
  }
  const Tensor x = self.contiguous();
  const Tensor out = empty(x.sizes(), x.dtype());
  const int64_t dim = wrap_dim(call.integer(1), x.dim());
  if (x.numel() == 0) return out;
  const int64_t n = x.dim() == 0 ? 1 : x.sizes()[dim];
  const int64_t inner = x.dim() == 0 ? 1 : x.strides()[dim];
  const int64_t lines = x.numel() / n;
  const int64_t grain = 8192 / n + 1;
  if (x.dtype() == DType::kFloat32 && inner == 1) {
    const NnLoops& loops = nn_loops();
    call.context().workers->parallel_for(0, lines, grain, [&](int64_t begin, int64_t end) {
      for (int64_t line = begin; line < end; ++line) {
        loops.softmax(x.data<float>() + line * n, out.data<float>() + line * n, n, log);
      }
    });
    return out;
  }
  visit(x.dtype(), "softmax", AllFloatTypes{}, [&]<class T>() {
    call.context().workers->parallel_for(0, lines, grain, [&](int64_t begin, int64_t end) {
      for (int64_t line = begin; line < end; ++line) {
        const int64_t start = line / inner * inner * n + line % inner;
        softmax_rows(x.data<T>() + start, out.data<T>() + start, n, inner, log);
      }
    });
  });
  return out;
}

}  // namespace

void cumsum(OpCall& call) { scan(call, false); }
void cumprod(OpCall& call) { scan(call, true); }
void cummax(OpCall& call) { running_extreme(call, true); }
void cummin(OpCall& call) { running_extreme(call, false); }

void logcumsumexp(OpCall& call) {
  const Tensor self = call.tensor(0);
  const Lines lines = make_lines(self, call.integer(1));
  visit(self.dtype(), "logcumsumexp", AllFloatTypes{}, [&]<class T>() {
    using C = Compute<T>;
    for_lines<T>(call.context(), lines, [](T* line, int64_t n, int64_t) {
      C acc = -std::numeric_limits<C>::infinity();
      for (int64_t i = 0; i < n; ++i) {
        const C v = static_cast<C>(line[i]);
        const C high = std::max(acc, v), low = std::min(acc, v);
        if (is_nan_value(v) || is_nan_value(acc)) {
          acc = v + acc;
        } else {
          acc = std::isinf(high) && high == low ? high : high + std::log1p(std::exp(low - high));
        }
        line[i] = static_cast<T>(acc);
      }
    });
  });
  call.ret(finish(lines));
}

void softmax(OpCall& call) { call.ret(softmax_of(call, false)); }
void log_softmax(OpCall& call) { call.ret(softmax_of(call, true)); }

}  // namespace temper
