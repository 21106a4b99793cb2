#pragma once
// Which minimal filtering a 3x3 convolution is computed by.

#include "core/tensor/shape.h"

namespace temper {

// F(side x side, 3 x 3): numbers of a transformed tile, which are as many products.
constexpr int64_t numbers_of_tile(int64_t side) { return (side + 2) * (side + 2); }
// Tiles that cover images [N, O, H, W].
int64_t tiles_of(int64_t side, DimsView images);

// The side of the tiles, 2 or 4, that make a convolution of weight [O, I, 3, 3] into output
// [N, O, H, W] fastest on so many threads; 0 where none do.
int64_t tile_side(DimsView weight, DimsView output, int threads);

}  // namespace temper
