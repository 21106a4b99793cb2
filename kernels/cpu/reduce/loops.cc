// Compiled once per instruction set; TEMPER_ISA names the namespace.
#include "kernels/cpu/reduce/loops.h"

#include <cmath>
#include <limits>
#include <type_traits>

#include "core/tensor/dispatch.h"
#include "kernels/cpu/simd/math.h"
#include "kernels/cpu/simd/math_double.h"

namespace temper::TEMPER_ISA {
namespace {

template <class T>
constexpr T lowest() {
  if constexpr (std::is_integral_v<T>)
    return std::numeric_limits<T>::lowest();
  else
    return -std::numeric_limits<T>::infinity();
}
template <class T>
constexpr T highest() {
  if constexpr (std::is_integral_v<T>)
    return std::numeric_limits<T>::max();
  else
    return std::numeric_limits<T>::infinity();
}
template <class T>
T magnitude(T v) {
  return v < 0 ? -v : v;
}

// Sums of floats are kept short in float, and their totals in double.
template <class T>
using SumLane =
    std::conditional_t<std::is_integral_v<T>,
                       std::conditional_t<sizeof(T) == 1, uint32_t, uint64_t>, Compute<T>>;
template <class T>
using SumAcc = std::conditional_t<std::is_integral_v<T>, uint64_t, double>;
template <class T>
using ProductLane = std::conditional_t<std::is_integral_v<T>, uint64_t, Compute<T>>;

// A fold is made of: lanes that take elements, and an accumulator that takes lanes.
template <class T, class L, class A>
struct Adding {
  using Element = T;
  using Lane = L;
  using Acc = A;
  static Lane start() { return Lane(0); }
  static Lane join(Lane a, Lane b) { return a + b; }
  static Acc add(Acc acc, Lane lane) { return acc + static_cast<Acc>(lane); }
  static Acc merge(Acc a, Acc b) { return a + b; }
};
template <class T>
struct Sum : Adding<T, SumLane<T>, SumAcc<T>> {
  using Lane = SumLane<T>;
  static Lane step(Lane a, T v) { return a + static_cast<Lane>(static_cast<Compute<T>>(v)); }
};
template <class T>
struct SumAbs : Adding<T, SumLane<T>, SumAcc<T>> {
  using Lane = SumLane<T>;
  static Lane step(Lane a, T v) { return a + std::fabs(static_cast<Lane>(v)); }
};
template <class T>
struct SumSquares : Adding<T, SumLane<T>, SumAcc<T>> {
  using Lane = SumLane<T>;
  static Lane step(Lane a, T v) { return a + static_cast<Lane>(v) * static_cast<Lane>(v); }
};
template <class T>
using CountLane = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
template <class T>
struct Nonzero : Adding<T, CountLane<T>, uint64_t> {
  using Lane = CountLane<T>;
  static Lane step(Lane a, T v) {
    return a + (static_cast<Compute<T>>(v) != Compute<T>(0) ? Lane(1) : Lane(0));
  }
};
template <class T>
struct Prod {
  using Element = T;
  using Lane = ProductLane<T>;
  using Acc = Lane;
  static Lane start() { return Lane(1); }
  static Lane step(Lane a, T v) { return a * static_cast<Lane>(static_cast<Compute<T>>(v)); }
  static Lane join(Lane a, Lane b) { return a * b; }
  static Acc add(Acc acc, Lane lane) { return acc * lane; }
  static Acc merge(Acc a, Acc b) { return a * b; }
};
template <class T, bool kLargest>
struct Extreme {
  using Element = T;
  using Lane = Compute<T>;
  using Acc = Lane;
  static Lane start() { return kLargest ? lowest<Lane>() : highest<Lane>(); }
  static Lane join(Lane a, Lane b) { return (kLargest ? b > a : b < a) || b != b ? b : a; }
  static Lane step(Lane a, T v) { return join(a, static_cast<Lane>(v)); }
  static Acc add(Acc acc, Lane lane) { return join(acc, lane); }
  static Acc merge(Acc a, Acc b) { return join(a, b); }
};
template <class T>
struct Max : Extreme<T, true> {};
template <class T>
struct Min : Extreme<T, false> {};

constexpr int64_t kChunk = 64;  // steps of a lane before its total is taken

inline int64_t lower(int64_t a, int64_t b) { return a < b ? a : b; }

// Halves what lanes hold until kLeft are left.
template <class R, int kLanes, int kLeft>
void join_lanes(typename R::Lane* lanes) {
#pragma GCC unroll 8
  for (int width = kLanes / 2; width >= kLeft; width /= 2) {
    for (int k = 0; k < width; ++k) lanes[k] = R::join(lanes[k], lanes[k + width]);
  }
}

// Folds the elements in chunks, so that no lane takes too many before it is added up. The last
// chunk ends with vectors of one, then with single lanes.
template <class R>
[[gnu::flatten]] void row(const void* from, int64_t n, void* to) {
  constexpr int kWide = 256 / sizeof(typename R::Lane), kNarrow = 64 / sizeof(typename R::Lane);
  const auto* x = static_cast<const typename R::Element*>(from);
  auto acc = *static_cast<typename R::Acc*>(to);
  while (n > 0) {
    typename R::Lane lanes[kWide];
    for (int k = 0; k < kWide; ++k) lanes[k] = R::start();
    const int64_t steps = lower(n / kWide, kChunk);
    for (int64_t s = 0; s < steps; ++s, x += kWide) {
      for (int k = 0; k < kWide; ++k) lanes[k] = R::step(lanes[k], x[k]);
    }
    n -= steps * kWide;
    join_lanes<R, kWide, kNarrow>(lanes);
    if (n < kWide) {
      for (; n >= kNarrow; n -= kNarrow, x += kNarrow) {
        for (int k = 0; k < kNarrow; ++k) lanes[k] = R::step(lanes[k], x[k]);
      }
      for (int64_t k = 0; k < n; ++k) lanes[k] = R::step(lanes[k], x[k]);
      n = 0;
    }
    join_lanes<R, kNarrow, 1>(lanes);
    acc = R::add(acc, lanes[0]);
  }
  *static_cast<typename R::Acc*>(to) = acc;
}

template <class R>
[[gnu::flatten]] void wide_columns(const void* from, int64_t rows, int64_t stride, int64_t n,
                                   void* to) {
  constexpr int64_t kBlock = 512;
  typename R::Lane lanes[kBlock];
  for (int64_t j0 = 0; j0 < n; j0 += kBlock) {
    const int64_t width = lower(kBlock, n - j0);
    auto* acc = static_cast<typename R::Acc*>(to) + j0;
    for (int64_t r0 = 0; r0 < rows; r0 += kChunk) {
      const int64_t end = lower(rows, r0 + kChunk);
      const auto* x = static_cast<const typename R::Element*>(from) + r0 * stride + j0;
      for (int64_t j = 0; j < width; ++j) lanes[j] = R::start();
      int64_t r = r0;
      for (; r + 4 <= end; r += 4, x += 4 * stride) {
        const auto *a = x, *b = x + stride, *c = x + 2 * stride, *d = x + 3 * stride;
        for (int64_t j = 0; j < width; ++j) {
          lanes[j] = R::step(R::step(R::step(R::step(lanes[j], a[j]), b[j]), c[j]), d[j]);
        }
      }
      for (; r < end; ++r, x += stride) {
        for (int64_t j = 0; j < width; ++j) lanes[j] = R::step(lanes[j], x[j]);
      }
      for (int64_t j = 0; j < width; ++j) acc[j] = R::add(acc[j], lanes[j]);
    }
  }
}

// A few columns without gaps are folded as if several rows were one.
template <class R>
void columns(const void* from, int64_t rows, int64_t stride, int64_t n, void* to) {
  constexpr int64_t kFew = 32, kWide = 64;
  const int64_t together = n < kFew && stride == n ? kWide / n : 1;
  if (together == 1 || rows < 4 * together) return wide_columns<R>(from, rows, stride, n, to);
  typename R::Acc wide[kWide];
  auto* acc = static_cast<typename R::Acc*>(to);
  for (auto& w : wide) w = static_cast<typename R::Acc>(R::start());
  const int64_t steps = rows / together;
  wide_columns<R>(from, steps, n * together, n * together, wide);
  for (int64_t j = 0; j < n * together; ++j) acc[j % n] = R::merge(acc[j % n], wide[j]);
  const auto* rest = static_cast<const typename R::Element*>(from) + steps * together * n;
  wide_columns<R>(rest, rows - steps * together, stride, n, to);
}

template <class R>
void start(void* to, int64_t n) {
  for (int64_t j = 0; j < n; ++j) {
    static_cast<typename R::Acc*>(to)[j] = static_cast<typename R::Acc>(R::start());
  }
}

template <class Acc>
constexpr DType dtype_of() {
  return std::is_same_v<Acc, uint64_t> ? DType::kInt64 : kDTypeOf<Acc>;
}

template <template <class> class R, class... Ts>
void add_fold(ReduceLoops& loops, Fold fold, TypeSet<Ts...>) {
  ((loops.folds[static_cast<int>(fold)][static_cast<int>(kDTypeOf<Ts>)] =
        {dtype_of<typename R<Ts>::Acc>(), start<R<Ts>>, row<R<Ts>>, columns<R<Ts>>}),
   ...);
}

template <Centered kKind, class T>
double centered_term(T v, double center) {
  if constexpr (kKind == Centered::kSquares) {
    const double d = static_cast<double>(static_cast<Compute<T>>(v)) - center;
    return d * d;
  } else {
    using C = Compute<T>;
    return static_cast<double>(simd::exp(static_cast<C>(v) - static_cast<C>(center)));
  }
}

template <Centered kKind, class T>
[[gnu::flatten]] void centered_row(const void* from, int64_t n, double center, double* acc) {
  constexpr int kLanes = 32;
  const T* x = static_cast<const T*>(from);
  double lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int k = 0; k < kLanes; ++k) lanes[k] += centered_term<kKind>(x[i + k], center);
  }
  for (int width = kLanes / 2; width > 0; width /= 2) {
    for (int k = 0; k < width; ++k) lanes[k] += lanes[k + width];
  }
  for (; i < n; ++i) lanes[0] += centered_term<kKind>(x[i], center);
  *acc += lanes[0];
}

template <Centered kKind, class T>
[[gnu::flatten]] void centered_columns(const void* from, int64_t rows, int64_t stride, int64_t n,
                                       const double* center, double* acc) {
  constexpr int64_t kBlock = 512;
  for (int64_t j0 = 0; j0 < n; j0 += kBlock) {
    const int64_t end = lower(n, j0 + kBlock);
    const T* x = static_cast<const T*>(from);
    for (int64_t r = 0; r < rows; ++r, x += stride) {
#pragma GCC ivdep
      for (int64_t j = j0; j < end; ++j) acc[j] += centered_term<kKind>(x[j], center[j]);
    }
  }
}

template <Centered kKind, class... Ts>
void add_centered(ReduceLoops& loops, TypeSet<Ts...>) {
  ((loops.centered[static_cast<int>(kKind)][static_cast<int>(kDTypeOf<Ts>)] =
        {centered_row<kKind, Ts>, centered_columns<kKind, Ts>}),
   ...);
}

}  // namespace

void fill_lines(ReduceLoops& loops);

void fill(ReduceLoops& loops) {
  add_fold<Sum>(loops, Fold::kSum, TypeSet<float, double, BFloat16, int64_t, int32_t, uint8_t>{});
  add_fold<SumAbs>(loops, Fold::kSumAbs, FloatTypes{});
  add_fold<SumSquares>(loops, Fold::kSumSquares, FloatTypes{});
  add_fold<Nonzero>(loops, Fold::kNonzero, TypeSet<uint8_t>{});
  add_fold<Prod>(loops, Fold::kProd, TypeSet<float, double, int64_t>{});
  add_fold<Max>(loops, Fold::kMax, TypeSet<float, double, int64_t, int32_t, uint8_t>{});
  add_fold<Min>(loops, Fold::kMin, TypeSet<float, double, int64_t, int32_t, uint8_t>{});
  add_centered<Centered::kSquares>(loops, FloatTypes{});
  add_centered<Centered::kExp>(loops, FloatTypes{});
  fill_lines(loops);
}

}  // namespace temper::TEMPER_ISA
