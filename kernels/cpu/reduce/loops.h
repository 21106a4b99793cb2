#pragma once
// Inner loops of reductions and scans, compiled for several instruction sets; the best one that the
// processor has is chosen at run time. Elements are of a few dtypes, others are widened to one of
// them; accumulators of sums are double or int64, of extremes and products the elements' type.

#include <cstdint>

#include "core/base/isa.h"
#include "core/tensor/dtype.h"

namespace temper {

enum class Fold : unsigned char {
  kSum,
  kSumAbs,      // floating elements only
  kSumSquares,  // floating elements only
  kNonzero,     // of bytes
  kProd,
  kMax,  // NaN spreads
  kMin,
  kCount
};

struct FoldLoops {
  DType accumulator;
  // n accumulators of nothing
  void (*start)(void* acc, int64_t n);
  // Folds n elements into one accumulator.
  void (*row)(const void* x, int64_t n, void* acc);
  // Folds `rows` rows of n elements, `stride` elements apart, into n accumulators.
  void (*columns)(const void* x, int64_t rows, int64_t stride, int64_t n, void* acc);
};

// Sums over elements less a center: of squares, or of powers of e.
enum class Centered : unsigned char { kSquares, kExp, kCount };
struct CenteredLoops {
  void (*row)(const void* x, int64_t n, double center, double* acc);
  void (*columns)(const void* x, int64_t rows, int64_t stride, int64_t n, const double* center,
                  double* acc);
};

// Over float, double, int32 and int64 elements; softmax over the first two.
struct LineLoops {
  // The first place whose element is `*value`, or not a number when that is none; n without one.
  int64_t (*find)(const void* x, int64_t n, const void* value);
  // Rows first to first + rows of a larger whole: best[j] and place[j] (int32 or int64, as wide as
  // the elements) follow the first extreme of column j.
  void (*places)(const void* x, int64_t first, int64_t rows, int64_t stride, int64_t n,
                 bool largest, void* best, void* place);
  // Running sums or products of `rows` lines of n elements, one behind the other.
  void (*scan_rows)(const void* x, void* to, int64_t rows, int64_t n, bool product);
  // One step of n lines at once; their state is double, or uint64 for integers.
  void (*scan_step)(const void* x, void* to, void* acc, int64_t n, bool product);
  // to = exp(x - max) / sum of these, over n columns of `length` elements; with `log` its
  // logarithm.
  void (*softmax_columns)(const void* x, void* to, int64_t length, int64_t stride, int64_t n,
                          bool log);
  void (*softmax_row)(const void* x, void* to, int64_t n, bool log);
};

struct ReduceLoops {
  FoldLoops folds[static_cast<int>(Fold::kCount)][kNumDTypes];
  CenteredLoops centered[static_cast<int>(Centered::kCount)][kNumDTypes];
  LineLoops lines[kNumDTypes];
};

const ReduceLoops& reduce_loops();

TEMPER_DECLARE_ISA(void fill(ReduceLoops& loops))

}  // namespace temper
