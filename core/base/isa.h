#pragma once
// Tables of functions that are compiled once per instruction set (temper_isa_sources in CMake).

// Declares a function in the namespace of every set.
#define TEMPER_DECLARE_ISA(declaration) \
  namespace isa_baseline {              \
  declaration;                          \
  }                                     \
  namespace isa_avx2 {                  \
  declaration;                          \
  }                                     \
  namespace isa_avx512 {                \
  declaration;                          \
  }

// Calls `fill(table)` of every set that the processor has, the best one last: a set may leave slots
// to those before it.
#if defined(__x86_64__)
#define TEMPER_FILL_ISA(fill, table)                     \
  do {                                                   \
    isa_baseline::fill(table);                           \
    if (::temper::has_avx2()) isa_avx2::fill(table);     \
    if (::temper::has_avx512()) isa_avx512::fill(table); \
  } while (false)
#else
#define TEMPER_FILL_ISA(fill, table) isa_baseline::fill(table)
#endif

namespace temper {

#if defined(__x86_64__)
// With these come the conversions of half precision (f16c), which clang 14 cannot ask about.
inline bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
inline bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

}  // namespace temper
