#pragma once
// One loop per scalar function and compute type over contiguous operands, compiled for several
// instruction sets; the best one that the processor has is chosen at run time.

#include <cstdint>

#include "core/op/scalar_expr.h"

namespace temper {

enum class ComputeType : unsigned char { kFloat, kDouble, kInt, kComplex64, kComplex128 };
inline constexpr int kNumComputeTypes = 5;

// out[i] = fn(a[i], b[i], c[i]) for i < n; out may be one of the operands.
using Loop = void (*)(void* out, const void* a, const void* b, const void* c, int64_t n);

struct LoopTable {
  Loop loops[kNumComputeTypes][static_cast<int>(ScalarFn::kCount)];  // null: not defined
};

const LoopTable& best_loops();

// Functions without a vector form: the same for every instruction set. Fills what is still null.
void add_special_loops(LoopTable& table);

namespace isa_baseline {
void fill(LoopTable& table);
}
namespace isa_avx2 {
void fill(LoopTable& table);
}
namespace isa_avx512 {
void fill(LoopTable& table);
}

}  // namespace temper
