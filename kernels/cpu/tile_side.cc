#include "kernels/cpu/tile_side.h"

namespace temper {

int64_t tiles_of(int64_t side, DimsView images) {
  const auto up = [side](int64_t pixels) { return (pixels + side - 1) / side; };
  return images[0] * up(images[2]) * up(images[3]);
}

// Costs count products for each pair of an input and an output channel. A processor multiplies some
// twenty numbers in the time that it reads one weight; the transforms take as long as some forty
// products a channel. Measured: tiles of four are the faster ones from some 200 pixels on.
int64_t tile_side(DimsView weight, DimsView output, int threads) {
  constexpr double kRead = 24, kTransform = 40;
  // Weights that no cache holds, and that take the memory of a model of their own.
  constexpr int64_t kMostBytes[] = {int64_t{80} << 20, int64_t{48} << 20};
  const double outputs = static_cast<double>(weight[0]), inputs = static_cast<double>(weight[1]);
  const double pixels = static_cast<double>(output[0] * output[2] * output[3]);
  double best = 9 * (pixels + kRead * threads);
  int64_t chosen = 0;
  for (const int64_t side : {2, 4}) {
    if (weight[0] * weight[1] * numbers_of_tile(side) * int64_t{sizeof(float)} >
        kMostBytes[side == 4])
      continue;
    const auto tiles = static_cast<double>(tiles_of(side, output));
    const double products = tiles * (1 + kTransform / inputs + kTransform / outputs);
    const double cost = static_cast<double>(numbers_of_tile(side)) * (products + kRead * threads);
    if (cost >= best) continue;
    best = cost;
    chosen = side;
  }
  return chosen;
}

}  // namespace temper
