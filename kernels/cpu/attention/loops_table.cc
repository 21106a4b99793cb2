#include "kernels/cpu/attention/loops.h"

namespace temper {
namespace {

AttentionLoops make_loops() {
  AttentionLoops loops{};
  isa_baseline::fill(loops);
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) isa_avx2::fill(loops);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    isa_avx512::fill(loops);
  }
#endif
  return loops;
}

}  // namespace

const AttentionLoops& attention_loops() {
  static const AttentionLoops loops = make_loops();  // a fact of the processor, immutable
  return loops;
}

}  // namespace temper
