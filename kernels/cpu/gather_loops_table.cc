#include "kernels/cpu/gather_loops.h"

namespace temper {
namespace {

GatherLoops make_loops() {
  GatherLoops loops{};
  TEMPER_FILL_ISA(fill, loops);
  return loops;
}

}  // namespace

const GatherLoops& gather_loops() {
  static const GatherLoops loops = make_loops();  // a fact of the processor, immutable
  return loops;
}

}  // namespace temper
