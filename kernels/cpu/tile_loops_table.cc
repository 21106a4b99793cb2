#include "kernels/cpu/tile_loops.h"

namespace temper {
namespace {

TileLoops make_loops() {
  TileLoops loops{};
  TEMPER_FILL_ISA(fill, loops);
  return loops;
}

}  // namespace

const TileLoops& tile_loops() {
  static const TileLoops loops = make_loops();  // a fact of the processor, immutable
  return loops;
}

}  // namespace temper
