// Compiled once per instruction set; TEMPER_ISA names the namespace.
#include "kernels/cpu/tile_loops.h"

#include <cstring>

namespace temper::TEMPER_ISA {
namespace {

#if defined(__AVX512F__)
constexpr int64_t kLanes = 16;
#elif defined(__AVX2__)
constexpr int64_t kLanes = 8;
#else
constexpr int64_t kLanes = 4;
#endif
using Vec = float __attribute__((vector_size(kLanes * sizeof(float))));

// So many channels at once: V is Vec, or float for those that are left.
template <class V>
inline V load(const float* from) {
  V value;
  std::memcpy(&value, from, sizeof(V));
  return value;
}
template <class V>
inline void store(float* to, V value) {
  std::memcpy(to, &value, sizeof(V));
}

// Lines of n numbers into the transformed domain (B^T d) and lines of m out of it (A^T t).
struct F2 {
  static constexpr int m = 2, n = 4;
  template <class V>
  static void input(const V (&d)[n], V (&t)[n]) {
    t[0] = d[0] - d[2];
    t[1] = d[1] + d[2];
    t[2] = d[2] - d[1];
    t[3] = d[1] - d[3];
  }
  template <class V>
  static void output(const V (&t)[n], V (&y)[m]) {
    y[0] = t[0] + t[1] + t[2];
    y[1] = t[1] - t[2] - t[3];
  }
};

// Of the points 0, a, -a, b, -b. The textbook's 1 and 2 lose twice as many digits.
struct F4 {
  static constexpr int m = 4, n = 6;
  static constexpr float a = kTilePoints[0], b = kTilePoints[1], aa = a * a, bb = b * b;
  template <class V>
  static void input(const V (&d)[n], V (&t)[n]) {
    const V even_a = d[4] - bb * d[2], odd_a = a * (d[3] - bb * d[1]);
    const V even_b = d[4] - aa * d[2], odd_b = b * (d[3] - aa * d[1]);
    t[0] = aa * bb * d[0] - (aa + bb) * d[2] + d[4];
    t[1] = even_a + odd_a;
    t[2] = even_a - odd_a;
    t[3] = even_b + odd_b;
    t[4] = even_b - odd_b;
    t[5] = aa * bb * d[1] - (aa + bb) * d[3] + d[5];
  }
  template <class V>
  static void output(const V (&t)[n], V (&y)[m]) {
    const V sum_a = t[1] + t[2], difference_a = a * (t[1] - t[2]);
    const V sum_b = t[3] + t[4], difference_b = b * (t[3] - t[4]);
    y[0] = t[0] + sum_a + sum_b;
    y[1] = difference_a + difference_b;
    y[2] = aa * sum_a + bb * sum_b;
    y[3] = aa * difference_a + bb * difference_b + t[5];
  }
};

template <class F, class V>
inline void input_at(const float* const* pixels, int64_t c, float* to, int64_t step) {
  constexpr int n = F::n;
  V columns[n][n];  // [of the image][transformed]
#pragma GCC unroll 6
  for (int j = 0; j < n; ++j) {
    V d[n];
#pragma GCC unroll 6
    for (int i = 0; i < n; ++i) d[i] = load<V>(pixels[i * n + j] + c);
    F::input(d, columns[j]);
  }
#pragma GCC unroll 6
  for (int i = 0; i < n; ++i) {
    V d[n], t[n];
#pragma GCC unroll 6
    for (int j = 0; j < n; ++j) d[j] = columns[j][i];
    F::input(d, t);
#pragma GCC unroll 6
    for (int j = 0; j < n; ++j) store(to + (i * n + j) * step + c, t[j]);
  }
}

template <class F>
void input_tile(const float* const* pixels, int64_t channels, float* to, int64_t step) {
  int64_t c = 0;
  for (; c + kLanes <= channels; c += kLanes) input_at<F, Vec>(pixels, c, to, step);
  for (; c < channels; ++c) input_at<F, float>(pixels, c, to, step);
}

template <class V>
inline V finish(V value, const TileStore& how) {
  switch (how.end) {
    case TileStore::kAsIs: break;
    case TileStore::kSlope: value = value < 0 ? how.alpha * value : value; break;
    case TileStore::kClip:
      value = value < how.alpha ? how.alpha - V{} : value;
      value = value > how.beta ? how.beta - V{} : value;
      break;
  }
  return value;
}

template <class F, class V>
inline void output_at(const float* from, int64_t step, int64_t c, const TileStore& how,
                      const float* const* residual, float* const* pixels) {
  constexpr int m = F::m, n = F::n;
  V columns[n][m];
#pragma GCC unroll 6
  for (int j = 0; j < n; ++j) {
    V t[n];
#pragma GCC unroll 6
    for (int i = 0; i < n; ++i) t[i] = load<V>(from + (i * n + j) * step + c);
    F::output(t, columns[j]);
  }
  const V shift = how.bias ? load<V>(how.bias + c) : V{};
#pragma GCC unroll 4
  for (int i = m - 1; i >= 0; --i) {
    V t[n], y[m];
#pragma GCC unroll 6
    for (int j = 0; j < n; ++j) t[j] = columns[j][i];
    F::output(t, y);
#pragma GCC unroll 4
    for (int j = m - 1; j >= 0; --j) {
      V value = y[j] + shift;
      if (residual) value += load<V>(residual[i * m + j] + c);
      store(pixels[i * m + j] + c, finish(value, how));
    }
  }
}

template <class F>
void output_tile(const float* from, int64_t step, int64_t channels, const TileStore& how,
                 const float* const* residual, float* const* pixels) {
  int64_t c = 0;
  for (; c + kLanes <= channels; c += kLanes) {
    output_at<F, Vec>(from, step, c, how, residual, pixels);
  }
  for (; c < channels; ++c) output_at<F, float>(from, step, c, how, residual, pixels);
}

}  // namespace

void fill(TileLoops& loops) {
  loops = {input_tile<F2>, input_tile<F4>, output_tile<F2>, output_tile<F4>};
}

}  // namespace temper::TEMPER_ISA
