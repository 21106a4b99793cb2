#include "kernels/cpu/resample/axis.h"

#include <algorithm>
#include <cmath>

#include "core/base/truncate.h"
#include "core/tensor/storage.h"

namespace temper {
namespace {

// Input positions per output position.
template <class T>
T step_of(int64_t in, int64_t out, bool align_corners, std::optional<double> factor) {
  if (align_corners) {
    return out > 1 ? static_cast<T>(in - 1) / static_cast<T>(out - 1) : T(0);
  }
  if (factor && *factor > 0) return static_cast<T>(1.0 / *factor);
  return static_cast<T>(in) / static_cast<T>(out);
}

// Only the step is rounded: far positions of large images would be off by more than a weight's
// rounding.
double source_of(double step, int64_t at, bool align_corners, bool cubic) {
  if (align_corners) return step * static_cast<double>(at);
  const double source = step * (static_cast<double>(at) + 0.5) - 0.5;
  return cubic ? source : std::max(source, 0.0);
}

template <class T>
void fill_nearest(Axis<T>& axis, T step, bool exact) {
  for (int64_t i = 0; i < axis.out; ++i) {
    const T middle = step * (static_cast<T>(i) + T(0.5)) - T(0.5);
    const float source = exact ? std::floor(static_cast<float>(std::max(middle, T(0))) + 0.5f)
                               : std::floor(static_cast<float>(step * static_cast<T>(i)));
    axis.index[static_cast<size_t>(i)] = static_cast<int32_t>(truncate_below(source, axis.in - 1));
    axis.weight[static_cast<size_t>(i)] = T(1);
  }
}

template <class T>
void fill_linear(Axis<T>& axis, T step, bool align_corners) {
  for (int64_t i = 0; i < axis.out; ++i) {
    const double source = source_of(step, i, align_corners, false);
    const int64_t low = truncate_below(source, axis.in - 1);
    const T high_weight = std::clamp(static_cast<T>(source - static_cast<double>(low)), T(0), T(1));
    const size_t at = static_cast<size_t>(i), next = static_cast<size_t>(axis.out + i);
    axis.index[at] = static_cast<int32_t>(low);
    axis.index[next] = static_cast<int32_t>(low + (low < axis.in - 1 ? 1 : 0));
    axis.weight[at] = T(1) - high_weight;
    axis.weight[next] = high_weight;
  }
}

template <class T>
void fill_cubic(Axis<T>& axis, T step, bool align_corners) {
  for (int64_t i = 0; i < axis.out; ++i) {
    const double source = source_of(step, i, align_corners, true);
    const int64_t base = truncate_below(std::floor(source) + 1, axis.in + 1) - 1;
    const auto weight = static_cast<T>(source - static_cast<double>(base));
    T weights[4];
    cubic_weights<T>(std::clamp(weight, T(0), T(1)), weights);
    for (int64_t t = 0; t < 4; ++t) {
      const size_t at = static_cast<size_t>(t * axis.out + i);
      axis.index[at] = static_cast<int32_t>(std::clamp<int64_t>(base - 1 + t, 0, axis.in - 1));
      axis.weight[at] = weights[t];
    }
  }
}

template <class T>
T filter(T x, bool cubic) {
  x = std::fabs(x);
  if (!cubic) return x < 1 ? T(1) - x : T(0);
  constexpr T a = T(-0.5);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return T(0);
}

// Every input position under the filter counts, so that shrinking does not alias.
template <class T>
void fill_area(Axis<T>& axis, T step, bool cubic) {
  const T half = cubic ? T(2) : T(1);
  const T support = step >= 1 ? half * step : half;
  const T inverse = step >= 1 ? T(1) / step : T(1);
  // A filter that is wider than the input sees all of it.
  axis.taps = std::min(truncate_below(std::ceil(support), axis.in) * 2 + 1, axis.in);
  check_scratch(axis.out, axis.taps * static_cast<int64_t>(sizeof(int32_t) + sizeof(T)));
  axis.index.assign(static_cast<size_t>(axis.taps * axis.out), 0);
  axis.weight.assign(axis.index.size(), T(0));
  for (int64_t i = 0; i < axis.out; ++i) {
    const T center = step * (static_cast<T>(i) + T(0.5));
    const int64_t begin = truncate_below(center - support + T(0.5), axis.in);
    const int64_t end = truncate_below(center + support + T(0.5), axis.in);
    const int64_t count = std::min(end - begin, axis.taps);
    T total = 0;
    for (int64_t j = 0; j < count; ++j) {
      const size_t at = static_cast<size_t>(j * axis.out + i);
      axis.index[at] = static_cast<int32_t>(begin + j);
      axis.weight[at] = filter((static_cast<T>(j + begin) - center + T(0.5)) * inverse, cubic);
      total += axis.weight[at];
    }
    for (int64_t j = 0; j < axis.taps; ++j) {
      const size_t at = static_cast<size_t>(j * axis.out + i);
      if (j >= count) {
        axis.index[at] = static_cast<int32_t>(std::clamp<int64_t>(begin, 0, axis.in - 1));
      } else if (total != 0) {
        axis.weight[at] /= total;
      }
    }
  }
}

}  // namespace

template <class T>
Axis<T> make_axis(Interpolation mode, int64_t in, int64_t out, bool align_corners,
                  std::optional<double> factor) {
  Axis<T> axis;
  axis.in = in;
  axis.out = out;
  const bool nearest = mode == Interpolation::kNearest || mode == Interpolation::kNearestExact;
  const bool cubic = mode == Interpolation::kCubic || mode == Interpolation::kCubicArea;
  axis.taps = nearest ? 1 : cubic ? 4 : 2;
  check_scratch(out, axis.taps * static_cast<int64_t>(sizeof(int32_t) + sizeof(T)));
  axis.index.resize(static_cast<size_t>(axis.taps * out));
  axis.weight.resize(axis.index.size());
  const T step = step_of<T>(in, out, align_corners, factor);
  switch (mode) {
    case Interpolation::kNearest: fill_nearest(axis, step, false); break;
    case Interpolation::kNearestExact: fill_nearest(axis, step, true); break;
    case Interpolation::kLinear:
      if (in == out) {
        axis.identity = true;
      } else {
        fill_linear(axis, step, align_corners);
      }
      break;
    case Interpolation::kCubic: fill_cubic(axis, step, align_corners); break;
    case Interpolation::kLinearArea: fill_area(axis, step, false); break;
    case Interpolation::kCubicArea: fill_area(axis, step, true); break;
  }
  return axis;
}

template Axis<float> make_axis(Interpolation, int64_t, int64_t, bool, std::optional<double>);
template Axis<double> make_axis(Interpolation, int64_t, int64_t, bool, std::optional<double>);

}  // namespace temper
