// Compiled once per instruction set; TEMPER_ISA names the namespace.
#include "kernels/cpu/attention/loops.h"

#include <utility>

#include "kernels/cpu/simd/math.h"

namespace temper::TEMPER_ISA {
namespace {

#if defined(__AVX512F__)
constexpr int kLanes = 16;
constexpr int kWide = 4;
#elif defined(__AVX2__)
constexpr int kLanes = 8;
constexpr int kWide = 2;
#else
constexpr int kLanes = 4;
constexpr int kWide = 2;
#endif
constexpr int kPanel = kWide * kLanes;
constexpr float kInfinity = __builtin_inff();

// Rows by vectors of sums that fit the registers beside a row of vectors and a factor.
constexpr int rows_beside(int vectors) {
  if (kWide == 4) return vectors == 4 ? 6 : (vectors == 3 ? 8 : 12);
  return vectors == 2 ? 6 : 8;
}

using Vec = float __attribute__((vector_size(kLanes * sizeof(float))));
// Behind the name, where every compiler takes the alignment.
using LooseVec __attribute__((aligned(4), may_alias)) = Vec;
using Four = float __attribute__((vector_size(16)));
using LooseFour __attribute__((aligned(4), may_alias)) = Four;

inline Vec load(const float* from) { return *reinterpret_cast<const LooseVec*>(from); }
inline void store(float* to, Vec v) { *reinterpret_cast<LooseVec*>(to) = v; }
inline Vec splat(float x) { return x - Vec{}; }
inline int64_t lower(int64_t a, int64_t b) { return a < b ? a : b; }
inline int64_t up(int64_t a, int64_t b) { return (a + b - 1) / b * b; }

// Without regard to NaN: the exponentials carry it on.
inline float larger(float a, float b) { return a > b ? a : b; }
inline Vec larger(Vec a, Vec b) { return a > b ? a : b; }

template <int kShift, int... kIndex>
inline Vec rotate(Vec v, std::integer_sequence<int, kIndex...>) {
  return __builtin_shufflevector(v, v, ((kIndex + kShift) % kLanes)...);
}

// Combines all lanes with an operation that does not mind their order.
template <int kShift = kLanes / 2, class Combine>
inline float reduce(Vec v, const Combine& combine) {
  v = combine(v, rotate<kShift>(v, std::make_integer_sequence<int, kLanes>()));
  if constexpr (kShift > 1) {
    return reduce<kShift / 2>(v, combine);
  } else {
    return v[0];
  }
}

// sums[r][c] = sum over p of a[r][p] * b[p][c], handed to end(r, c, sum) one vector at a time.
template <int kRows, int kVectors, class End>
inline void product(const float* a, int64_t a_row, const float* b, int64_t b_row, int64_t n,
                    const End& end) {
  Vec sums[kRows][kVectors] = {};
  for (int64_t p = 0; p < n; ++p) {
    Vec line[kVectors];
    for (int c = 0; c < kVectors; ++c) line[c] = load(b + p * b_row + c * kLanes);
    for (int r = 0; r < kRows; ++r) {
      const Vec factor = splat(a[r * a_row + p]);
      for (int c = 0; c < kVectors; ++c) sums[r][c] += factor * line[c];
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int c = 0; c < kVectors; ++c) end(r, c, sums[r][c]);
  }
}

// Calls body.operator()<kRows>(first row) until all rows are done.
template <int kRows, class Body>
inline void by_rows(int64_t rows, const Body& body, int64_t from = 0) {
  for (; from + kRows <= rows; from += kRows) body.template operator()<kRows>(from);
  if constexpr (kRows > 1) by_rows<(kRows > 4 ? 4 : kRows / 2)>(rows, body, from);
}

// Calls body.operator()<kVectors>() for a number of vectors that is known only now.
template <int kVectors = kWide, class Body>
inline void by_vectors(int64_t vectors, const Body& body) {
  if (vectors == kVectors) return body.template operator()<kVectors>();
  if constexpr (kVectors > 1) by_vectors<kVectors - 1>(vectors, body);
}

void turn_four(const float* from, int64_t row, float* to, int64_t to_row) {
  Four a = *reinterpret_cast<const LooseFour*>(from);
  Four b = *reinterpret_cast<const LooseFour*>(from + row);
  Four c = *reinterpret_cast<const LooseFour*>(from + 2 * row);
  Four d = *reinterpret_cast<const LooseFour*>(from + 3 * row);
  const Four ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const Four ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Four cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const Four cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  const auto put = [&](int64_t i, Four v) { *reinterpret_cast<LooseFour*>(to + i * to_row) = v; };
  put(0, __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5));
  put(1, __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7));
  put(2, __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5));
  put(3, __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7));
}

// One panel of `count` keys.
void pack_panel(const float* keys, int64_t key_step, int64_t dim_step, int64_t count, int64_t dims,
                float* to) {
  if (count < kPanel) {
    for (int64_t d = 0; d < dims; ++d) {
      for (int64_t j = count; j < kPanel; ++j) to[d * kPanel + j] = 0;
    }
  }
  int64_t j = 0;
  if (dim_step == 1) {
    for (; j + 4 <= count; j += 4) {
      int64_t d = 0;
      for (; d + 4 <= dims; d += 4) {
        turn_four(keys + j * key_step + d, key_step, to + d * kPanel + j, kPanel);
      }
      for (; d < dims; ++d) {
        for (int64_t i = j; i < j + 4; ++i) to[d * kPanel + i] = keys[i * key_step + d];
      }
    }
  }
  for (int64_t d = 0; d < dims; ++d) {
    for (int64_t i = j; i < count; ++i) to[d * kPanel + i] = keys[i * key_step + d * dim_step];
  }
}

void pack_keys(const float* keys, int64_t key_step, int64_t dim_step, int64_t count, int64_t dims,
               float* to) {
  for (int64_t j = 0; j < count; j += kPanel, to += kPanel * dims) {
    pack_panel(keys + j * key_step, key_step, dim_step, lower(kPanel, count - j), dims, to);
  }
}

void score(const float* queries, int64_t query_row, const float* panels, int64_t dims, float factor,
           const ScoreTile& tile) {
  for (int64_t j = 0; j < tile.columns; j += kPanel, panels += kPanel * dims) {
    float* to = tile.scores + j;
    const int64_t vectors = (lower(kPanel, tile.columns - j) + kLanes - 1) / kLanes;
    by_vectors(vectors, [&]<int kVectors>() {
      by_rows<rows_beside(kVectors)>(tile.rows, [&]<int kRows>(int64_t i) {
        product<kRows, kVectors>(queries + i * query_row, query_row, panels, kPanel, dims,
                                 [&](int r, int c, Vec sum) {
                                   store(to + (i + r) * tile.row_step + c * kLanes, sum * factor);
                                 });
      });
    });
  }
}

// Scores of one query with kKeys keys.
template <int kKeys>
inline void dots(const float* query, const float* keys, int64_t key_row, int64_t dims, float factor,
                 float* to) {
  Vec sums[kKeys] = {};
  int64_t d = 0;
  for (; d + kLanes <= dims; d += kLanes) {
    const Vec q = load(query + d);
    for (int j = 0; j < kKeys; ++j) sums[j] += q * load(keys + j * key_row + d);
  }
  for (int j = 0; j < kKeys; ++j) {
    float sum = reduce(sums[j], [](Vec a, Vec b) { return a + b; });
    for (int64_t e = d; e < dims; ++e) sum += query[e] * keys[j * key_row + e];
    to[j] = sum * factor;
  }
}

void score_few(const float* queries, int64_t query_row, const float* keys, int64_t key_row,
               int64_t dims, float factor, const ScoreTile& tile) {
  int64_t j = 0;
  const auto column = [&]<int kKeys>() {
    for (int64_t i = 0; i < tile.rows; ++i) {
      dots<kKeys>(queries + i * query_row, keys + j * key_row, key_row, dims, factor,
                  tile.scores + i * tile.row_step + j);
    }
  };
  for (; j + 4 <= tile.columns; j += 4) column.template operator()<4>();
  for (; j < tile.columns; ++j) column.template operator()<1>();
}

// Calls change(score, mask element) for all of the tile.
template <class T, class Change>
inline void apply(const ScoreTile& tile, const T* mask, int64_t row_step, int64_t column_step,
                  const Change& change) {
  for (int64_t i = 0; i < tile.rows; ++i) {
    float* to = tile.scores + i * tile.row_step;
    const T* from = mask + i * row_step;
    if (column_step == 1) {
#pragma GCC ivdep
      for (int64_t j = 0; j < tile.columns; ++j) to[j] = change(to[j], from[j]);
    } else {
#pragma GCC ivdep
      for (int64_t j = 0; j < tile.columns; ++j) to[j] = change(to[j], from[j * column_step]);
    }
  }
}

void add(const ScoreTile& tile, const float* mask, int64_t row_step, int64_t column_step,
         float factor) {
  apply(tile, mask, row_step, column_step, [=](float s, float m) { return s + factor * m; });
}

void multiply(const ScoreTile& tile, const float* mask, int64_t row_step, int64_t column_step) {
  apply(tile, mask, row_step, column_step, [](float s, float m) { return s * m; });
}

void fill_where(const ScoreTile& tile, const Bool8* mask, int64_t row_step, int64_t column_step,
                bool where, float value) {
  apply(tile, mask, row_step, column_step,
        [=](float s, Bool8 m) { return bool{m} == where ? value : s; });
}

// What exponentials are measured from. Rows that are hidden so far: theirs are zero, not NaN.
inline float level_of(float best) { return best == -kInfinity ? 0.0f : best; }

// The best score of each row; the last vector is filled up with what has no weight.
void find_best(const ScoreTile& tile, const RunningSoftmax& softmax) {
  const int64_t last = up(tile.columns, kLanes) - kLanes;
  float present[kLanes];
  for (int k = 0; k < kLanes; ++k) present[k] = last + k < tile.columns ? 1 : 0;
  const auto inside = load(present) > Vec{};
  for (int64_t i = 0; i < tile.rows; ++i) {
    float* row = tile.scores + i * tile.row_step;
    Vec best = inside ? load(row + last) : splat(-kInfinity);
    store(row + last, best);
    for (int64_t j = 0; j < last; j += kLanes) best = larger(best, load(row + j));
    const float found = reduce(best, [](Vec a, Vec b) { return larger(a, b); });
    if (softmax.first) {
      softmax.best[i] = found;
      continue;
    }
    const float before = softmax.best[i], now = larger(before, found);
    softmax.best[i] = now;
    softmax.keep[i] = simd::exp(before - level_of(now));
  }
}

void soften(const ScoreTile& tile, const RunningSoftmax& softmax) {
  find_best(tile, softmax);
  for (int64_t i = 0; i < tile.rows; ++i) {
    float* row = tile.scores + i * tile.row_step;
    const float level = level_of(softmax.best[i]);
    Vec sum = {};
    for (int64_t j = 0; j < tile.columns; j += kLanes) {
#pragma GCC ivdep
      for (int k = 0; k < kLanes; ++k) row[j + k] = simd::exp_nonpositive(row[j + k] - level);
      sum += load(row + j);
    }
    const float total = reduce(sum, [](Vec a, Vec b) { return a + b; });
    softmax.total[i] = softmax.first ? total : softmax.total[i] * softmax.keep[i] + total;
  }
}

inline void store_part(float* to, Vec v, int64_t count) {
  if (count >= kLanes) return store(to, v);
  float lanes[kLanes];
  store(lanes, v);
  for (int64_t k = 0; k < count; ++k) to[k] = lanes[k];
}

template <int kVectors>
void mix_columns(const ValueSums& s, int64_t column) {
  by_rows<rows_beside(kVectors)>(s.rows, [&]<int kRows>(int64_t i) {
    product<kRows, kVectors>(s.weights + i * s.weight_row, s.weight_row, s.values + column,
                             s.value_row, s.count, [&](int r, int c, Vec sum) {
                               const int64_t row = i + r, at = column + c * kLanes;
                               if (s.keep)
                                 sum += s.keep[row] * load(s.before + row * s.before_row + at);
                               if (s.scale) sum *= s.scale[row];
                               store_part(s.to + row * s.to_row + at, sum, s.width - at);
                             });
  });
}

void mix(const ValueSums& sums) {
  const int64_t vectors = (sums.width + kLanes - 1) / kLanes;
  int64_t strips = (vectors + kWide - 1) / kWide;
  for (int64_t done = 0; done < vectors; --strips) {
    const int64_t now = (vectors - done + strips - 1) / strips;
    by_vectors(now, [&]<int kVectors>() { mix_columns<kVectors>(sums, done * kLanes); });
    done += now;
  }
}

bool finite(const float* x, int64_t n) {
  float lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int k = 0; k < kLanes; ++k) lanes[k] += x[i + k] * 0.0f;
  }
  float sum = 0;
  for (; i < n; ++i) sum += x[i] * 0.0f;
  for (const float lane : lanes) sum += lane;
  return sum == 0;
}

}  // namespace

void fill(AttentionLoops& loops) {
  loops = {kLanes, kPanel,   rows_beside(kWide), pack_keys, score, score_few,
           add,    multiply, fill_where,         soften,    mix,   finite};
}

}  // namespace temper::TEMPER_ISA
