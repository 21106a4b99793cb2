#pragma once
// Elements of one dtype as another, in loops compiled for several instruction sets.

#include <cstdint>

#include "core/base/isa.h"
#include "core/tensor/dtype.h"

namespace temper {

// Converts n elements; steps are bytes between elements. The operands do not overlap unless they
// are the same elements of the same size. Complex to real keeps the real part, float to integer
// truncates (through int64, as the reference does on x86), anything to bool is != 0.
using ConvertLoop = void (*)(void* to, int64_t to_step, const void* from, int64_t from_step,
                             int64_t n);

// Throws for quantized dtypes; `op` names the operator in the message.
ConvertLoop convert_loop(DType to, DType from, const char* op);

struct ConvertTable {
  ConvertLoop loops[kNumDTypes][kNumDTypes];  // [to][from]; null: not defined
};

TEMPER_DECLARE_ISA(void fill(ConvertTable& table))

}  // namespace temper
