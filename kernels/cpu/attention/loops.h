#pragma once
// Inner loops of attention over float32, compiled for several instruction sets; the best one that
// the processor has is chosen at run time. Scores are tiles of rows (queries) and columns (keys).

#include <cstdint>

#include "core/tensor/bool8.h"

namespace temper {

// Columns of a tile that one mask changes. Steps are in elements; 0 repeats an element.
struct ScoreTile {
  float* scores;
  int64_t row_step;
  int64_t rows;
  int64_t columns;
};

// Softmax of rows whose columns come block by block.
struct RunningSoftmax {
  float* best;   // largest score so far, a row each
  float* total;  // sum of exponentials so far
  float* keep;   // what sums of earlier blocks are multiplied with
  bool first;    // there are no earlier blocks: the three are not read
};

// Weighted sums of the rows of `values`, and how they end: to = (sum + keep * before) * scale.
struct ValueSums {
  const float* weights;
  int64_t weight_row;
  int64_t rows;
  const float* values;
  int64_t value_row;  // rows can be read in whole vectors
  int64_t count;
  int64_t width;        // elements of a row that are stored
  const float* keep;    // null: there is nothing before
  const float* before;  // rows of whole vectors
  int64_t before_row;
  const float* scale;  // null: 1
  float* to;
  int64_t to_row;
};

struct AttentionLoops {
  int64_t lanes;         // floats of a vector
  int64_t panel;         // keys of a panel: some vectors
  int64_t row_multiple;  // numbers of rows that waste nothing

  // Keys to panels [count / panel][dims][panel]; missing keys are zero.
  void (*pack_keys)(const float* keys, int64_t key_step, int64_t dim_step, int64_t count,
                    int64_t dims, float* to);
  // Scores of tile.columns keys, which start a panel, times factor; whole vectors are stored.
  void (*score)(const float* queries, int64_t query_row, const float* panels, int64_t dims,
                float factor, const ScoreTile& tile);
  // The same from rows of keys as they are: for a few queries, which packing would not pay for.
  void (*score_few)(const float* queries, int64_t query_row, const float* keys, int64_t key_row,
                    int64_t dims, float factor, const ScoreTile& tile);
  void (*add)(const ScoreTile& tile, const float* mask, int64_t row_step, int64_t column_step,
              float factor);
  void (*multiply)(const ScoreTile& tile, const float* mask, int64_t row_step, int64_t column_step);
  // Scores become `value` where the mask's truth is `where`.
  void (*fill)(const ScoreTile& tile, const Bool8* mask, int64_t row_step, int64_t column_step,
               bool where, float value);
  // Scores become exponentials of their distance to the best, zero up to whole vectors.
  void (*soften)(const ScoreTile& tile, const RunningSoftmax& softmax);
  void (*mix)(const ValueSums& sums);
  // Neither NaN nor infinite.
  bool (*finite)(const float* x, int64_t n);
};

const AttentionLoops& attention_loops();

namespace isa_baseline {
void fill(AttentionLoops& loops);
}
namespace isa_avx2 {
void fill(AttentionLoops& loops);
}
namespace isa_avx512 {
void fill(AttentionLoops& loops);
}

}  // namespace temper
