#include "kernels/cpu/pointwise/loops.h"

namespace temper {
namespace {

LoopTable make_table() {
  LoopTable table{};
  TEMPER_FILL_ISA(fill, table);
  TEMPER_FILL_ISA(fill_elementary, table);
  add_special_loops(table);
  return table;
}

}  // namespace

const LoopTable& best_loops() {
  static const LoopTable table = make_table();  // a fact of the processor, immutable
  return table;
}

}  // namespace temper
