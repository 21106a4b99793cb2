#include "kernels/cpu/spatial_loops.h"

namespace temper {
namespace {

SpatialLoops make_loops() {
  SpatialLoops loops{};
  TEMPER_FILL_ISA(fill, loops);
  return loops;
}

}  // namespace

const SpatialLoops& spatial_loops() {
  static const SpatialLoops loops = make_loops();  // a fact of the processor, immutable
  return loops;
}

}  // namespace temper
