#include "kernels/cpu/reduce/loops.h"

namespace temper {
namespace {

ReduceLoops make_loops() {
  ReduceLoops loops{};
  TEMPER_FILL_ISA(fill, loops);
  return loops;
}

}  // namespace

const ReduceLoops& reduce_loops() {
  static const ReduceLoops loops = make_loops();  // a fact of the processor, immutable
  return loops;
}

}  // namespace temper
