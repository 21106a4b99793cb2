#pragma once
// Attention over float32 whose scores never exist all at once: out = softmax(masks(q k^T)) v, tile
// by tile of queries, with running maxima and sums over blocks of keys.

#include <vector>

#include "absl/container/inlined_vector.h"
#include "core/op/run_context.h"
#include "core/tensor/shape.h"

namespace temper {

// Where the matrix of one batch element starts. Each operand may spread the batch over dims of its
// own, as views of it do.
struct BatchOffsets {
  Dims sizes;
  Dims strides;
  int64_t at(int64_t index) const {
    int64_t offset = 0;
    for (size_t d = sizes.size(); d-- > 0; index /= sizes[d]) {
      offset += index % sizes[d] * strides[d];
    }
    return offset;
  }
};

struct ScoreMask {
  enum class Kind : uint8_t {
    kAdd,       // score + value * mask
    kMultiply,  // score * mask
    kFill,      // value where the mask is `where`
    kCausal     // -inf where the key comes after the query
  };
  Kind kind;
  const void* data = nullptr;  // bool for kFill, else float
  BatchOffsets batch;
  int64_t row_step = 0;
  int64_t column_step = 0;
  bool where = true;
  float value = 1;
};

struct AttentionOperand {
  float* data;
  BatchOffsets batch;
  int64_t row_step;
  int64_t step = 1;  // between the elements of a row; 1 for all but keys
};

struct AttentionProblem {
  int64_t batch, queries, keys;  // none is zero
  int64_t dims;                  // of queries and keys
  int64_t width;                 // of values
  float factor = 1;              // of scores before they are masked
  bool safe = false;             // rows of -inf give zeros, not NaN
  AttentionOperand query, key, value, out;
  absl::InlinedVector<ScoreMask, 3> masks;
};

void attend(const RunContext& context, const AttentionProblem& problem);

}  // namespace temper
