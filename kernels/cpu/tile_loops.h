#pragma once
// Transforms of minimal filtering (Lavin and Gray, "Fast Algorithms for Convolutional Neural
// Networks", 2016) on pixels whose channels lie side by side, compiled for several instruction
// sets; the best one that the processor has is chosen at run time.

#include <cstdint>

#include "core/base/isa.h"

namespace temper {

// What pixels are stored with: out = end(sum + bias + residual).
struct TileStore {
  enum End : unsigned char { kAsIs, kSlope, kClip };  // alpha x below 0; min(max(x, alpha), beta)
  End end = kAsIs;
  float alpha = 0, beta = 0;
  const float* bias = nullptr;  // of each channel; may be null
};

// F(4 x 4, 3 x 3) interpolates at 0, infinity and these with both signs. Exact in binary, and their
// powers are of similar size.
inline constexpr float kTilePoints[2] = {0.625f, 1.5f};

// F(m x m, 3 x 3): tiles of n = m + 2 pixels a side give m x m pixels of the output.
struct TileLoops {
  // pixels: n x n of an image, `channels` numbers each. Number p of the transformed tile goes to
  // to + p * step.
  using Input = void (*)(const float* const* pixels, int64_t channels, float* to, int64_t step);
  // The way back: n x n numbers, `step` apart, to m x m pixels, the first one last: those that an
  // image does not have may point to it. `residual` may be null, or has pixels to add.
  using Output = void (*)(const float* from, int64_t step, int64_t channels, const TileStore& how,
                          const float* const* residual, float* const* pixels);
  Input input_of_2, input_of_4;  // m
  Output output_of_2, output_of_4;
};

const TileLoops& tile_loops();

TEMPER_DECLARE_ISA(void fill(TileLoops& loops))

}  // namespace temper
