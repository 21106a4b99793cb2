#include "kernels/cpu/embedding/loops.h"

namespace temper {
namespace {

EmbeddingLoops make_loops() {
  EmbeddingLoops loops{};
  TEMPER_FILL_ISA(fill, loops);
  return loops;
}

}  // namespace

const EmbeddingLoops& embedding_loops() {
  static const EmbeddingLoops loops = make_loops();  // a fact of the processor, immutable
  return loops;
}

}  // namespace temper
