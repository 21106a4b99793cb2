#pragma once
// How one dim of a tensor becomes another size: for every output position, input positions and
// their weights.

#include <cstdint>
#include <optional>
#include <vector>

namespace temper {

enum class Interpolation { kNearest, kNearestExact, kLinear, kCubic, kLinearArea, kCubicArea };

template <class T>
struct Axis {
  int64_t in = 1, out = 1, taps = 1;
  bool identity = false;       // output positions are the input's
  std::vector<int32_t> index;  // [taps][out]
  std::vector<T> weight;       // [taps][out]
};

// `factor` is the scale factor that a program gave; T is the type that torch computes in.
template <class T>
Axis<T> make_axis(Interpolation mode, int64_t in, int64_t out, bool align_corners,
                  std::optional<double> factor);

extern template Axis<float> make_axis(Interpolation, int64_t, int64_t, bool, std::optional<double>);
extern template Axis<double> make_axis(Interpolation, int64_t, int64_t, bool,
                                       std::optional<double>);

// Weights of the four neighbours at distance t in [0, 1) behind the second.
template <class T>
void cubic_weights(T t, T (&w)[4]) {
  constexpr T a = T(-0.75);
  const auto near = [](T x) { return ((a + 2) * x - (a + 3)) * x * x + 1; };
  const auto far = [](T x) { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a; };
  w[0] = far(t + 1);
  w[1] = near(t);
  w[2] = near(1 - t);
  w[3] = far(2 - t);
}

}  // namespace temper
