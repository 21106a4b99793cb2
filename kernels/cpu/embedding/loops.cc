// Compiled once per instruction set; TEMPER_ISA names the namespace.
#include "kernels/cpu/embedding/loops.h"

#include <cmath>

#include "core/tensor/dispatch.h"

namespace temper::TEMPER_ISA {
namespace {

constexpr int64_t kAhead = 24;  // rows
constexpr int64_t kLine = 64;   // bytes that the processor fetches together

// Into the second level, which waits for more lines at once than the first. Inlined always: GCC
// takes a function that only prefetches for one without effects, and drops the calls.
template <class T>
[[gnu::always_inline]] inline void fetch_ahead(const BagRows& bag, int64_t i, int64_t first,
                                               int64_t width) {
  if (i + kAhead >= bag.count + bag.ahead) return;
  const T* row = static_cast<const T*>(bag.table) + bag.indices[i + kAhead] * bag.stride + first;
  constexpr int64_t kStep = kLine / static_cast<int64_t>(sizeof(T));
  for (int64_t j = 0; j < width; j += kStep) __builtin_prefetch(row + j, 0, 2);
}

// kWidth columns whose sums stay in registers; the last piece of a row has fewer.
template <class T, int kWidth, bool kWeighted, bool kWhole>
void sum_piece(const BagRows& bag, Compute<T> scale, T* to, int64_t first, int64_t width) {
  using C = Compute<T>;
  const int64_t n = kWhole ? kWidth : width;
  C sums[kWidth] = {};
  for (int64_t i = 0; i < bag.count; ++i) {
    fetch_ahead<T>(bag, i, first, n);
    if (bag.indices[i] == bag.skip) continue;
    const T* row = static_cast<const T*>(bag.table) + bag.indices[i] * bag.stride + first;
    const C weight = kWeighted ? static_cast<C>(static_cast<const T*>(bag.weights)[i]) : C(1);
    for (int64_t j = 0; j < n; ++j) {
      const C v = static_cast<C>(row[j]);
      sums[j] += kWeighted ? v * weight : v;
    }
  }
  for (int64_t j = 0; j < n; ++j) to[first + j] = static_cast<T>(sums[j] * scale);
}

template <class T, bool kWeighted>
[[gnu::flatten]] void sum_rows(const BagRows& bag, Compute<T> scale, T* to, int64_t width) {
  constexpr int kWide = 512 / sizeof(Compute<T>), kNarrow = kWide / 8;
  int64_t j = 0;
  for (; j + kWide <= width; j += kWide) {
    sum_piece<T, kWide, kWeighted, true>(bag, scale, to, j, kWide);
  }
  for (; j + kWide / 2 <= width; j += kWide / 2) {
    sum_piece<T, kWide / 2, kWeighted, true>(bag, scale, to, j, kWide / 2);
  }
  for (; j + kNarrow <= width; j += kNarrow) {
    sum_piece<T, kNarrow, kWeighted, true>(bag, scale, to, j, kNarrow);
  }
  if (j < width) sum_piece<T, kNarrow, kWeighted, false>(bag, scale, to, j, width - j);
}

template <class T>
void sum(const BagRows& bag, double scale, void* to, int64_t width) {
  const auto factor = static_cast<Compute<T>>(scale);
  if (bag.weights) return sum_rows<T, true>(bag, factor, static_cast<T*>(to), width);
  sum_rows<T, false>(bag, factor, static_cast<T*>(to), width);
}

template <class T>
[[gnu::flatten]] void max(const BagRows& bag, void* to, int64_t* place, int64_t width) {
  using C = Compute<T>;
  T* best = static_cast<T*>(to);
  bool first = true;
  for (int64_t j = 0; j < width; ++j) {
    best[j] = T(C(0));
    place[j] = 0;
  }
  for (int64_t i = 0; i < bag.count; ++i) {
    fetch_ahead<T>(bag, i, 0, width);
    const int64_t at = bag.indices[i];
    if (at == bag.skip) continue;
    const T* row = static_cast<const T*>(bag.table) + at * bag.stride;
#pragma GCC ivdep
    for (int64_t j = 0; j < width; ++j) {
      const bool better = first || static_cast<C>(row[j]) > static_cast<C>(best[j]);
      best[j] = better ? row[j] : best[j];
      place[j] = better ? at : place[j];
    }
    first = false;
  }
}

template <int kWidth, bool kWhole>
void byte_piece(const BagRows& bag, const float* scale, const float* bias, float* to, int64_t first,
                int64_t width) {
  const int64_t n = kWhole ? kWidth : width;
  float sums[kWidth] = {};
  for (int64_t i = 0; i < bag.count; ++i) {
    fetch_ahead<uint8_t>(bag, i, first, n);
    const uint8_t* row =
        static_cast<const uint8_t*>(bag.table) + bag.indices[i] * bag.stride + first;
    const float factor = scale[i], shift = bias[i];
    for (int64_t j = 0; j < n; ++j) sums[j] += static_cast<float>(row[j]) * factor + shift;
  }
  for (int64_t j = 0; j < n; ++j) to[first + j] = sums[j];
}

void sum_bytes(const BagRows& bag, const float* scale, const float* bias, float* to,
               int64_t width) {
  int64_t j = 0;
  for (; j + 64 <= width; j += 64) byte_piece<64, true>(bag, scale, bias, to, j, 64);
  for (; j + 16 <= width; j += 16) byte_piece<16, true>(bag, scale, bias, to, j, 16);
  if (j < width) byte_piece<16, false>(bag, scale, bias, to, j, width - j);
}

[[gnu::flatten]] void quantize_row(const float* x, int64_t n, uint8_t* to, float* scale,
                                   float* bias) {
  float low = n > 0 ? x[0] : 0.0f, high = low;
  for (int64_t i = 1; i < n; ++i) {
    low = x[i] < low ? x[i] : low;
    high = x[i] > high ? x[i] : high;
  }
  const float range = high - low;
  const float inverse = 255.0f / (range + 1e-8f);
  *scale = range / 255.0f;
  *bias = low;
  for (int64_t i = 0; i < n; ++i) {
    const float level = std::nearbyint((x[i] - low) * inverse);
    to[i] = level >= 0.0f && level <= 255.0f ? static_cast<uint8_t>(static_cast<int32_t>(level))
                                             : uint8_t{0};
  }
}

template <class... Ts>
void add_bags(EmbeddingLoops& loops, TypeSet<Ts...>) {
  ((loops.bags[static_cast<int>(kDTypeOf<Ts>)] = {sum<Ts>, max<Ts>}), ...);
}

}  // namespace

void fill(EmbeddingLoops& loops) {
  add_bags(loops, AllFloatTypes{});
  loops.sum_bytes = sum_bytes;
  loops.quantize_row = quantize_row;
}

}  // namespace temper::TEMPER_ISA
