// Running sums, products and extremes; softmax.
#include <bit>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "kernels/cpu/nn/loops.h"
#include "kernels/cpu/reduce/fold.h"
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

void complex_scan(OpCall& call, const Tensor& self, bool product) {
  const Lines lines = make_lines(self, call.integer(1));
  visit(self.dtype(), product ? "cumprod" : "cumsum", ComplexTypes{}, [&]<class T>() {
    for_lines<T>(call.context(), lines, [product](T* line, int64_t n, int64_t) {
      T acc = T(product ? 1 : 0);
      for (int64_t i = 0; i < n; ++i) {
        acc = product ? acc * line[i] : acc + line[i];
        line[i] = acc;
      }
    });
  });
  call.ret(finish(lines));
}

// [outer, length, inner], scanned along the middle: whole lines, or steps of blocks of columns.
struct Slab {
  int64_t outer = 1, length = 1, inner = 1;

  Slab(const Tensor& x, int64_t given) {
    const int64_t rank = x.dim(), dim = wrap_dim(given, rank);
    for (int64_t d = 0; d < rank; ++d) {
      (d == dim ? length : d < dim ? outer : inner) *= x.sizes()[static_cast<size_t>(d)];
    }
  }
};

void scan_columns(const LineLoops& loops, const std::byte* x, std::byte* to, const Slab& slab,
                  int64_t item, int64_t n, bool product) {
  constexpr int64_t kColumns = 512;
  uint64_t state[kColumns];
  const double start = product ? 1 : 0;
  const uint64_t whole = product ? 1 : 0;
  const bool floating = loops.softmax_row != nullptr;
  for (int64_t j = 0; j < n; ++j) state[j] = floating ? std::bit_cast<uint64_t>(start) : whole;
  for (int64_t r = 0; r < slab.length; ++r) {
    loops.scan_step(x, to, state, n, product);
    x += slab.inner * item;
    to += slab.inner * item;
  }
}

Tensor scan_plain(const RunContext& context, const Tensor& x, const Slab& slab, bool product) {
  constexpr int64_t kGrain = 16384, kColumns = 512;
  const Tensor out = empty(x.sizes(), x.dtype());
  if (x.numel() == 0) return out;
  const LineLoops& loops = reduce_loops().lines[static_cast<int>(x.dtype())];
  const int64_t item = x.item_size();
  if (slab.inner == 1) {
    const int64_t grain = (kGrain / slab.length + 8) / 8 * 8;
    context.workers->parallel_for(0, slab.outer, grain, [&](int64_t begin, int64_t end) {
      const int64_t at = begin * slab.length * item;
      loops.scan_rows(x.raw() + at, out.raw() + at, end - begin, slab.length, product);
    });
    return out;
  }
  const int64_t blocks = (slab.inner + kColumns - 1) / kColumns;
  const int64_t work = slab.length * std::min(slab.inner, kColumns);
  context.workers->parallel_for(
      0, slab.outer * blocks, std::max<int64_t>(1, kGrain / work), [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
          const int64_t first = i % blocks * kColumns;
          const int64_t at = (i / blocks * slab.length * slab.inner + first) * item;
          scan_columns(loops, x.raw() + at, out.raw() + at, slab, item,
                       std::min(kColumns, slab.inner - first), product);
        }
      });
  return out;
}

// The dtype with loops that scans like this one.
DType scan_through(DType dtype) {
  switch (dtype) {
    case DType::kFloat32:
    case DType::kFloat64:
    case DType::kInt32: return dtype;
    case DType::kFloat16:
    case DType::kBFloat16: return DType::kFloat32;
    default: return DType::kInt64;
  }
}

void scan(OpCall& call, bool product) {
  const Tensor self = call.tensor(0);
  const DType dtype = scan_dtype(call, self);
  const Tensor x = to_dtype(self, dtype);
  if (is_complex(dtype)) return complex_scan(call, x, product);
  const Tensor dense = to_dtype(x, scan_through(dtype)).contiguous();
  const Slab slab(dense, call.integer(1));
  call.ret(to_dtype(scan_plain(call.context(), dense, slab, product), dtype));
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

// x is contiguous, of float or double.
Tensor softmax_along(const RunContext& context, const Tensor& x, int64_t dim, bool log) {
  constexpr int64_t kGrain = 8192, kColumns = 256;
  const Tensor out = empty(x.sizes(), x.dtype());
  const Slab slab(x, dim);
  if (x.numel() == 0) return out;
  const LineLoops& lines = reduce_loops().lines[static_cast<int>(x.dtype())];
  const int64_t item = x.item_size(), n = slab.length;
  const int64_t blocks = (slab.inner + kColumns - 1) / kColumns;
  const int64_t grain = kGrain / (n * std::min(slab.inner, kColumns)) + 1;
  context.workers->parallel_for(0, slab.outer * blocks, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t first = i % blocks * kColumns;
      const int64_t at = (i / blocks * n * slab.inner + first) * item;
      const std::byte* from = x.raw() + at;
      std::byte* to = out.raw() + at;
      if (slab.inner > 1) {
        lines.softmax_columns(from, to, n, slab.inner, std::min(kColumns, slab.inner - first), log);
      } else if (x.dtype() == DType::kFloat32) {
        nn_loops().softmax(reinterpret_cast<const float*>(from), reinterpret_cast<float*>(to), n,
                           log);
      } else {
        lines.softmax_row(from, to, n, log);
      }
    }
  });
  return out;
}

// softmax.int(self, dim, dtype?) and _softmax(self, dim, half_to_float).
Tensor softmax_of(OpCall& call, bool log) {
  Tensor self = call.tensor(0);
  if (call.in(2).is_bool()) {
    if (call.boolean(2)) self = to_dtype(self, DType::kFloat32);
  } else if (const auto dtype = call.opt_dtype(2)) {
    self = to_dtype(self, *dtype);
  }
  const DType dtype = self.dtype();
  if (!is_floating(dtype)) {
    const int64_t rank = self.dim();
    const bool last = rank == 0 || wrap_dim(call.integer(1), rank) == rank - 1;
    dtype_not_supported(!last ? "softmax_kernel_impl"
                        : log ? "log_softmax_lastdim_kernel_impl"
                              : "softmax_lastdim_kernel_impl",
                        dtype);
  }
  if (dtype == DType::kFloat16 || dtype == DType::kBFloat16) {
    const Tensor wide = to_dtype(self, DType::kFloat32).contiguous();
    return to_dtype(softmax_along(call.context(), wide, call.integer(1), log), dtype);
  }
  return softmax_along(call.context(), self.contiguous(), call.integer(1), log);
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
