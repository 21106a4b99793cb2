// Compiled once per instruction set; TEMPER_ISA names the namespace.
#include "kernels/cpu/spatial_loops.h"

#include <cmath>
#include <limits>

#include "kernels/cpu/row_taps.h"

namespace temper::TEMPER_ISA {
namespace {

constexpr int64_t kBlock = 256;

inline int64_t lower(int64_t a, int64_t b) { return a < b ? a : b; }

float unnormalize(float at, float size, bool align_corners) {
  return align_corners ? (at + 1.0f) / 2.0f * (size - 1.0f) : ((at + 1.0f) * size - 1.0f) / 2.0f;
}

// Mirrors `at` between low and low + span.
float reflect(float at, float low, float span) {
  const float away = std::fabs(at - low), twice = 2.0f * span;
  const float extra = away - std::trunc(away / twice) * twice;
  const float near = twice - extra < extra ? twice - extra : extra;
  return span == 0.0f ? 0.0f : near + low;
}

float inside(float at, float size, const Sampling& s) {
  if (s.border == Border::kZeros) return at;
  if (s.border == Border::kReflection) {
    at = s.align_corners ? reflect(at, 0.0f, size - 1.0f) : reflect(at, -0.5f, size);
  }
  const float above = s.volume ? (at < 0.0f ? 0.0f : at) : (at > 0.0f ? at : 0.0f);
  return above < size - 1.0f ? above : size - 1.0f;
}

// Coordinates that are not numbers or are huge must not become integers unchecked.
float bounded(float at) { return at > -1e9f && at < 1e9f ? at : -100.0f; }

// Taps along one dim, [taps][kBlock].
struct AxisTaps {
  int32_t index[4][kBlock];
  float weight[4][kBlock];

  void put(int t, int64_t i, float at, float share, const GridAxis& axis) {
    const int32_t whole = static_cast<int32_t>(at);
    const bool in = whole >= 0 && whole < static_cast<int32_t>(axis.size);
    index[t][i] = in ? whole * static_cast<int32_t>(axis.stride) : -1;
    weight[t][i] = share;
  }
};

[[gnu::flatten]] void nearest_taps(const float* at, int64_t step, int64_t n, const GridAxis& axis,
                                   const Sampling& s, AxisTaps& taps) {
  const float size = static_cast<float>(axis.size);
  for (int64_t i = 0; i < n; ++i) {
    const float source = unnormalize(at[i * step], size, s.align_corners);
    const float place = bounded(inside(source, size, s));
    const float away = std::trunc(place + std::copysign(0.49999997f, place));
    taps.put(0, i, s.volume ? away : std::nearbyint(place), 1.0f, axis);
  }
}

[[gnu::flatten]] void linear_taps(const float* at, int64_t step, int64_t n, const GridAxis& axis,
                                  const Sampling& s, AxisTaps& taps) {
  const float size = static_cast<float>(axis.size);
  for (int64_t i = 0; i < n; ++i) {
    const float source = bounded(inside(unnormalize(at[i * step], size, s.align_corners), size, s));
    const float low = std::floor(source), high_share = source - low;
    taps.put(0, i, low, 1.0f - high_share, axis);
    taps.put(1, i, low + 1.0f, high_share, axis);
  }
}

[[gnu::flatten]] void cubic_taps(const float* at, int64_t step, int64_t n, const GridAxis& axis,
                                 const Sampling& s, AxisTaps& taps) {
  constexpr float a = -0.75f;
  const auto near = [](float x) { return ((a + 2.0f) * x - (a + 3.0f)) * x * x + 1.0f; };
  const auto far = [](float x) { return ((a * x - 5.0f * a) * x + 8.0f * a) * x - 4.0f * a; };
  const float size = static_cast<float>(axis.size);
  for (int64_t i = 0; i < n; ++i) {
    const float source = unnormalize(at[i * step], size, s.align_corners);
    const float base = std::floor(source), t = source - base;
    const float share[4] = {far(t + 1.0f), near(t), near(1.0f - t), far(2.0f - t)};
    // Each neighbour is brought inside by itself.
    for (int k = 0; k < 4; ++k) {
      taps.put(k, i, bounded(inside(base - 1.0f + static_cast<float>(k), size, s)), share[k], axis);
    }
  }
}

int64_t axis_taps(const float* at, int64_t step, int64_t n, const GridAxis& axis, const Sampling& s,
                  AxisTaps& taps) {
  switch (s.mode) {
    case GridMode::kNearest: nearest_taps(at, step, n, axis, s, taps); return 1;
    case GridMode::kLinear: linear_taps(at, step, n, axis, s, taps); return 2;
    default: cubic_taps(at, step, n, axis, s, taps); return 4;
  }
}

// Every pair of a tap so far and one of the next dim.
int64_t combine(int64_t count, const AxisTaps& axis, int64_t taps, int64_t n, int32_t* index,
                float* weight) {
  for (int64_t t = taps; t-- > 0;) {
    for (int64_t k = count; k-- > 0;) {
      const int32_t* from = index + k * n;
      const float* share = weight + k * n;
      int32_t* to = index + (t * count + k) * n;
      float* product = weight + (t * count + k) * n;
#pragma GCC ivdep
      for (int64_t i = 0; i < n; ++i) {
        const int32_t before = from[i], own = axis.index[t][i];
        to[i] = (before | own) < 0 ? -1 : before + own;
        product[i] = share[i] * axis.weight[t][i];
      }
    }
  }
  return count * taps;
}

int64_t grid_taps(const float* grid, int64_t n, int64_t dims, const GridAxis* axes,
                  const Sampling& s, int32_t* index, float* weight) {
  AxisTaps taps;
  int64_t count = 1;
  for (int64_t i = 0; i < n; ++i) {
    index[i] = 0;
    weight[i] = 1.0f;
  }
  for (int64_t d = 0; d < dims; ++d) {
    const int64_t own = axis_taps(grid + d, dims, n, axes[d], s, taps);
    count = combine(count, taps, own, n, index, weight);
  }
  if (dims != 2 || s.mode == GridMode::kNearest || s.border != Border::kZeros) return count;
  // As the reference has it, places that are nowhere give no number.
  constexpr float kInf = std::numeric_limits<float>::infinity();
  for (int64_t i = 0; i < n; ++i) {
    const bool lost = !(std::fabs(grid[2 * i]) < kInf && std::fabs(grid[2 * i + 1]) < kInf);
    weight[i] = lost ? std::numeric_limits<float>::quiet_NaN() : weight[i];
    index[i] = lost ? 0 : index[i];
  }
  return count;
}

void sample(const float* plane, const int32_t* index, const float* weight, int64_t taps, float* to,
            int64_t n) {
  for (int64_t i = 0; i < n; ++i) to[i] = 0.0f;
  for (int64_t t = 0; t < taps; ++t, index += n, weight += n) {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) {
      const int32_t at = index[i];
      const float value = plane[at < 0 ? 0 : at] * weight[i];
      to[i] += at < 0 ? 0.0f : value;
    }
  }
}

template <int kStride>
void place_taps(const float* row, float* to, int32_t* place, int32_t base, int64_t begin,
                int64_t end, int64_t shift, int64_t stride) {
  const int64_t step = kStride > 0 ? kStride : stride;
#pragma GCC ivdep
  for (int64_t i = begin; i < end; ++i) {
    const float v = row[i * step + shift], best = to[i];
    const bool better = v > best || v != v;
    to[i] = better ? v : best;
    place[i] = better ? base + static_cast<int32_t>(i * step + shift) : place[i];
  }
}

void max_row_places(const float* row, int64_t n, float* to, int32_t* place, int32_t base,
                    int64_t out, int64_t kernel, int64_t stride, int64_t padding,
                    int64_t dilation) {
  for_row_taps(n, out, {kernel, stride, padding, dilation},
               [&](int64_t shift, int64_t begin, int64_t end) {
                 if (stride == 1) {
                   place_taps<1>(row, to, place, base, begin, end, shift, stride);
                 } else if (stride == 2) {
                   place_taps<2>(row, to, place, base, begin, end, shift, stride);
                 } else {
                   place_taps<0>(row, to, place, base, begin, end, shift, stride);
                 }
               });
}

template <class Step>
void fold_differences(const float* point, const float* points, int64_t dims, int64_t n, float* to,
                      const Step& step) {
  constexpr int64_t kColumns = 1024;
  for (int64_t j0 = 0; j0 < n; j0 += kColumns) {
    const int64_t end = lower(n, j0 + kColumns);
    for (int64_t j = j0; j < end; ++j) to[j] = 0.0f;
    for (int64_t k = 0; k < dims; ++k) {
      const float own = point[k];
      const float* row = points + k * n;
#pragma GCC ivdep
      for (int64_t j = j0; j < end; ++j) to[j] = step(to[j], own - row[j]);
    }
  }
}

void distances(const float* point, const float* points, int64_t dims, int64_t n, double order,
               float* to) {
  const auto fold = [&](const auto& step) { fold_differences(point, points, dims, n, to, step); };
  if (order == 2) {
    fold([](float sum, float d) { return sum + d * d; });
    for (int64_t j = 0; j < n; ++j) to[j] = std::sqrt(to[j]);
  } else if (order == 1) {
    fold([](float sum, float d) { return sum + std::fabs(d); });
  } else if (order == 0) {
    fold([](float sum, float d) { return sum + (d != 0.0f ? 1.0f : 0.0f); });
  } else {
    fold([](float best, float d) {
      const float away = std::fabs(d);
      return away <= best ? best : away;
    });
  }
}

void hide_overlaps(const Boxes& boxes, int64_t i, int64_t n, float limit, uint8_t* hidden) {
  const float left = boxes.left[i], top = boxes.top[i], right = boxes.right[i];
  const float bottom = boxes.bottom[i], area = boxes.area[i];
  const float *lefts = boxes.left, *tops = boxes.top, *rights = boxes.right;
  const float *bottoms = boxes.bottom, *areas = boxes.area;
#pragma GCC ivdep
  for (int64_t j = i + 1; j < n; ++j) {
    const float x0 = left < lefts[j] ? lefts[j] : left, y0 = top < tops[j] ? tops[j] : top;
    const float x1 = rights[j] < right ? rights[j] : right;
    const float y1 = bottoms[j] < bottom ? bottoms[j] : bottom;
    const float w = 0.0f < x1 - x0 ? x1 - x0 : 0.0f, h = 0.0f < y1 - y0 ? y1 - y0 : 0.0f;
    const float common = w * h;
    const float ratio = common / (area + areas[j] - common);
    hidden[j] |= ratio > limit ? 1 : 0;
  }
}

}  // namespace

void fill(SpatialLoops& loops) {
  loops = {grid_taps, sample, max_row_places, distances, hide_overlaps};
}

}  // namespace temper::TEMPER_ISA
