#pragma once
// Inner loops over rows that indices choose from a table, compiled for several instruction sets.
// They ask the processor for the rows that come next while they work.

#include <cstdint>

#include "core/base/isa.h"
#include "core/tensor/dtype.h"

namespace temper {

// The rows of one bag. All indices are inside the table.
struct BagRows {
  const void* table;  // its first row
  int64_t stride;     // elements between rows
  const int64_t* indices;
  int64_t count;
  int64_t ahead;        // indices that follow those of the bag, whose rows may be fetched
  const void* weights;  // one for each index, of the table's dtype, or null
  int64_t skip;         // the index that does not count, -1 for none
};

struct BagLoops {
  // to[j] = scale * sum over the rows of weight * row[j], for j < width
  void (*sum)(const BagRows& bag, double scale, void* to, int64_t width);
  // to[j] = the largest row[j], 0 without rows; place[j] = the index of the first such row
  void (*max)(const BagRows& bag, void* to, int64_t* place, int64_t width);
};

struct EmbeddingLoops {
  BagLoops bags[kNumDTypes];  // of floating dtypes
  // to[j] = sum over the bag's rows of bytes of scale[i] * row[j] + bias[i]; `weights` and `skip`
  // are not looked at.
  void (*sum_bytes)(const BagRows& bag, const float* scale, const float* bias, float* to,
                    int64_t width);
  // Bytes of a row of floats such that scale * byte + bias is near each.
  void (*quantize_row)(const float* x, int64_t n, uint8_t* to, float* scale, float* bias);
};

const EmbeddingLoops& embedding_loops();

TEMPER_DECLARE_ISA(void fill(EmbeddingLoops& loops))

}  // namespace temper
