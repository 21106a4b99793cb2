#include "kernels/cpu/pointwise/loops.h"

namespace temper {
namespace {

LoopTable make_table() {
  LoopTable table{};
  isa_baseline::fill(table);
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) isa_avx2::fill(table);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    isa_avx512::fill(table);
  }
#endif
  add_special_loops(table);
  return table;
}

}  // namespace

const LoopTable& best_loops() {
  static const LoopTable table = make_table();  // a fact of the processor, immutable
  return table;
}

}  // namespace temper
