#include "kernels/cpu/nn/loops.h"

namespace temper {
namespace {

NnLoops make_loops() {
  NnLoops loops{};
  TEMPER_FILL_ISA(fill, loops);
  return loops;
}

}  // namespace

const NnLoops& nn_loops() {
  static const NnLoops loops = make_loops();  // a fact of the processor, immutable
  return loops;
}

}  // namespace temper
