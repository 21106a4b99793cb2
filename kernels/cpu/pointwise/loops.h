#pragma once
// One loop per scalar function and compute type over contiguous operands, compiled for several
// instruction sets; the best one that the processor has is chosen at run time.

#include <cstdint>

#include "core/base/isa.h"
#include "core/op/scalar_expr.h"

namespace temper {

// kInt32 and kByte (unsigned) are narrow forms of kInt, for functions that have such a loop.
enum class ComputeType : unsigned char {
  kFloat,
  kDouble,
  kInt,
  kComplex64,
  kComplex128,
  kInt32,
  kByte
};
inline constexpr int kNumComputeTypes = 7;

// out[i] = fn(a[i], b[i], c[i]) for i < n; out may be one of the operands.
using Loop = void (*)(void* out, const void* a, const void* b, const void* c, int64_t n);

struct LoopTable {
  static constexpr int kFunctions = static_cast<int>(ScalarFn::kCount);
  Loop loops[kNumComputeTypes][kFunctions];   // null: not defined
  Loop truths[kNumComputeTypes][kFunctions];  // of functions that give 0 or 1: as bytes
};

const LoopTable& best_loops();

// Functions without a vector form: the same for every instruction set. Fills what is still null.
void add_special_loops(LoopTable& table);

TEMPER_DECLARE_ISA(void fill(LoopTable& table))
// Elementary functions of float and double.
TEMPER_DECLARE_ISA(void fill_elementary(LoopTable& table))

}  // namespace temper
