// Places of extremes, softmax and scans; compiled once per instruction set, TEMPER_ISA names the
// namespace.
#include <cmath>
#include <limits>
#include <type_traits>

#include "core/tensor/dispatch.h"
#include "kernels/cpu/reduce/loops.h"
#include "kernels/cpu/simd/math.h"
#include "kernels/cpu/simd/math_double.h"

namespace temper::TEMPER_ISA {
namespace {

constexpr int64_t kBlock = 256;

inline int64_t lower(int64_t a, int64_t b) { return a < b ? a : b; }

template <class T>
T larger(T a, T b) {
  return b > a || b != b ? b : a;
}

template <class T>
[[gnu::flatten]] int64_t find(const void* from, int64_t n, const void* value) {
  constexpr int64_t kStep = 64;
  const T* x = static_cast<const T*>(from);
  const T wanted = *static_cast<const T*>(value);
  const bool number = wanted == wanted;
  int64_t i = 0;
  for (; i + kStep <= n; i += kStep) {
    int found = 0;
    for (int64_t k = 0; k < kStep; ++k) found |= number ? x[i + k] == wanted : x[i + k] != x[i + k];
    if (found) break;
  }
  for (; i < n; ++i) {
    if (number ? x[i] == wanted : x[i] != x[i]) return i;
  }
  return n;
}

template <class T>
using PlaceOf = std::conditional_t<sizeof(T) == 8, int64_t, int32_t>;

template <class T, bool kLargest>
[[gnu::flatten]] void places_of(const T* x, int64_t first, int64_t rows, int64_t stride, int64_t n,
                                T* best, PlaceOf<T>* place) {
  for (int64_t r = 0; r < rows; ++r, x += stride) {
    const auto at = static_cast<PlaceOf<T>>(first + r);
#pragma GCC ivdep
    for (int64_t j = 0; j < n; ++j) {
      const T v = x[j], b = best[j];
      const bool better = ((kLargest ? v > b : v < b) || v != v) && b == b;
      best[j] = better ? v : b;
      place[j] = better ? at : place[j];
    }
  }
}

template <class T>
void places(const void* from, int64_t first, int64_t rows, int64_t stride, int64_t n, bool largest,
            void* best, void* place) {
  const auto run = largest ? places_of<T, true> : places_of<T, false>;
  run(static_cast<const T*>(from), first, rows, stride, n, static_cast<T*>(best),
      static_cast<PlaceOf<T>*>(place));
}

template <class T>
[[gnu::flatten]] void softmax_block(const T* x, T* to, int64_t length, int64_t stride, int64_t n,
                                    bool log) {
  T best[kBlock], sum[kBlock];
  for (int64_t j = 0; j < n; ++j) {
    best[j] = x[j];
    sum[j] = T(0);
  }
  for (int64_t r = 1; r < length; ++r) {
    const T* row = x + r * stride;
    for (int64_t j = 0; j < n; ++j) best[j] = larger(best[j], row[j]);
  }
  for (int64_t r = 0; r < length; ++r) {
    const T* row = x + r * stride;
    T* out = to + r * stride;
#pragma GCC ivdep
    for (int64_t j = 0; j < n; ++j) {
      const T e = simd::exp(row[j] - best[j]);
      sum[j] += e;
      if (!log) out[j] = e;
    }
  }
  for (int64_t j = 0; j < n; ++j) sum[j] = log ? best[j] + simd::log(sum[j]) : T(1) / sum[j];
  for (int64_t r = 0; r < length; ++r) {
    const T* row = x + r * stride;
    T* out = to + r * stride;
#pragma GCC ivdep
    for (int64_t j = 0; j < n; ++j) out[j] = log ? row[j] - sum[j] : out[j] * sum[j];
  }
}

template <class T>
void softmax_columns(const void* from, void* to, int64_t length, int64_t stride, int64_t n,
                     bool log) {
  for (int64_t j = 0; j < n; j += kBlock) {
    softmax_block(static_cast<const T*>(from) + j, static_cast<T*>(to) + j, length, stride,
                  lower(kBlock, n - j), log);
  }
}

template <class T, class Step>
T over_lanes(const T* x, int64_t n, T start, const Step& step, T (*join)(T, T)) {
  constexpr int kLanes = 128 / sizeof(T);
  T lanes[kLanes];
  for (T& lane : lanes) lane = start;
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int k = 0; k < kLanes; ++k) lanes[k] = step(lanes[k], x[i + k]);
  }
  for (; i < n; ++i) lanes[0] = step(lanes[0], x[i]);
  for (int width = kLanes / 2; width > 0; width /= 2) {
    for (int k = 0; k < width; ++k) lanes[k] = join(lanes[k], lanes[k + width]);
  }
  return lanes[0];
}

template <class T>
T plus(T a, T b) {
  return a + b;
}

template <class T>
[[gnu::flatten]] void softmax_row(const void* from, void* result, int64_t n, bool log) {
  const T* x = static_cast<const T*>(from);
  T* to = static_cast<T*>(result);
  const T best = over_lanes<T>(x, n, -std::numeric_limits<T>::infinity(), larger<T>, larger<T>);
  if (log) {
    const T sum = over_lanes<T>(
        x, n, T(0), [&](T acc, T v) { return acc + simd::exp(v - best); }, plus<T>);
    const T shift = best + simd::log(sum);
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) to[i] = x[i] - shift;
    return;
  }
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) to[i] = simd::exp(x[i] - best);
  const T scale = T(1) / over_lanes<T>(to, n, T(0), plus<T>, plus<T>);
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) to[i] *= scale;
}

template <class T>
using ScanState = std::conditional_t<std::is_integral_v<T>, uint64_t, double>;

template <bool kProduct, class S>
S next_of(S acc, S value) {
  return kProduct ? acc * value : acc + value;
}

// kRows lines at once: each is a chain of sums that wait for each other, long ones for numbers that
// are not whole.
template <class T, int kRows, bool kProduct>
void scan_some(const T* x, T* to, int64_t n) {
  using S = ScanState<T>;
  S acc[kRows];
  for (S& a : acc) a = S(kProduct ? 1 : 0);
  for (int64_t i = 0; i < n; ++i) {
    for (int k = 0; k < kRows; ++k) {
      acc[k] = next_of<kProduct>(acc[k], static_cast<S>(x[k * n + i]));
      to[k * n + i] = static_cast<T>(acc[k]);
    }
  }
}

template <class T, bool kProduct>
[[gnu::flatten]] void scan_all(const T* x, T* to, int64_t rows, int64_t n) {
  constexpr int64_t kMany = std::is_integral_v<T> ? 1 : 8;
  for (; rows >= kMany; rows -= kMany, x += kMany * n, to += kMany * n) {
    scan_some<T, kMany, kProduct>(x, to, n);
  }
  for (; rows > 0; --rows, x += n, to += n) scan_some<T, 1, kProduct>(x, to, n);
}

template <class T>
void scan_rows(const void* from, void* to, int64_t rows, int64_t n, bool product) {
  const T* x = static_cast<const T*>(from);
  return product ? scan_all<T, true>(x, static_cast<T*>(to), rows, n)
                 : scan_all<T, false>(x, static_cast<T*>(to), rows, n);
}

template <class T, bool kProduct>
[[gnu::flatten]] void step_all(const T* x, T* to, ScanState<T>* acc, int64_t n) {
#pragma GCC ivdep
  for (int64_t j = 0; j < n; ++j) {
    const auto next = next_of<kProduct>(acc[j], static_cast<ScanState<T>>(x[j]));
    acc[j] = next;
    to[j] = static_cast<T>(next);
  }
}

template <class T>
void scan_step(const void* from, void* to, void* state, int64_t n, bool product) {
  const T* x = static_cast<const T*>(from);
  auto* acc = static_cast<ScanState<T>*>(state);
  return product ? step_all<T, true>(x, static_cast<T*>(to), acc, n)
                 : step_all<T, false>(x, static_cast<T*>(to), acc, n);
}

template <class T>
void add_lines(ReduceLoops& loops) {
  LineLoops& lines = loops.lines[static_cast<int>(kDTypeOf<T>)];
  lines.find = find<T>;
  lines.places = places<T>;
  lines.scan_rows = scan_rows<T>;
  lines.scan_step = scan_step<T>;
  if constexpr (std::is_floating_point_v<T>) {
    lines.softmax_columns = softmax_columns<T>;
    lines.softmax_row = softmax_row<T>;
  }
}

}  // namespace

void fill_lines(ReduceLoops& loops) {
  add_lines<float>(loops);
  add_lines<double>(loops);
  add_lines<int32_t>(loops);
  add_lines<int64_t>(loops);
}

}  // namespace temper::TEMPER_ISA
