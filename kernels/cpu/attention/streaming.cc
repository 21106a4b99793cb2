#include "kernels/cpu/attention/streaming.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/cpu/attention/loops.h"

namespace temper {
namespace {

// Keys whose scores are kept at a time, and scores of a tile: what the second-level cache holds
// beside the keys and values that are read.
constexpr int64_t kBlock = 256;
constexpr int64_t kTile = 8192;
// Multiply-adds that are worth another thread, and queries that are worth packing keys again.
constexpr int64_t kGrain = 1 << 18;
constexpr int64_t kFewQueries = 64;
// Queries that keys are not packed for.
constexpr int64_t kUnpacked = 3;

int64_t parts_of(int64_t total, int64_t most) { return (total + most - 1) / most; }
int64_t round_up(int64_t n, int64_t multiple) { return parts_of(n, multiple) * multiple; }
// The size of equal parts that are at most `most` long, rounded up to a multiple.
int64_t even_part(int64_t total, int64_t most, int64_t multiple) {
  return round_up(parts_of(total, parts_of(total, most)), multiple);
}

struct Blocking {
  explicit Blocking(const AttentionProblem& p, const AttentionLoops& loops)
      : block(even_part(p.keys, kBlock, p.keys > kBlock ? loops.panel : loops.lanes)),
        rows(even_part(p.queries, std::max(kTile / block, loops.row_multiple), loops.row_multiple)),
        score_row(block + loops.lanes),
        wide(round_up(p.width, loops.lanes)),
        packs_keys(p.queries > kUnpacked || p.key.step != 1),
        packs_values(wide != p.width) {}
  int64_t block;      // keys
  int64_t rows;       // queries of a tile
  int64_t score_row;  // apart from powers of two, which would share cache sets
  int64_t wide;       // values in whole vectors
  bool packs_keys;
  bool packs_values;
};

// What a thread needs for heads in turn.
class Worker {
 public:
  Worker(const AttentionProblem& problem, const Blocking& blocking)
      : p_(problem), b_(blocking), loops_(attention_loops()) {
    const int64_t panels = b_.packs_keys ? round_up(p_.keys, loops_.panel) * p_.dims : 0;
    const int64_t values = b_.packs_values ? p_.keys * b_.wide : 0;
    const int64_t scores = b_.rows * b_.score_row, sums = b_.rows * b_.wide;
    const auto bytes = static_cast<int64_t>(sizeof(float));
    scratch_ = Storage::allocate((panels + values + scores + sums + 3 * b_.rows) * bytes);
    panels_ = reinterpret_cast<float*>(scratch_->data());
    scores_ = panels_ + panels;
    sums_ = scores_ + scores;
    values_ = sums_ + sums;
    best_ = values_ + values;
    total_ = best_ + b_.rows;
    keep_ = total_ + b_.rows;
  }

  // Queries begin..end of one element of the batch.
  void run(int64_t index, int64_t begin, int64_t end) {
    if (index != head_) enter(index);
    for (int64_t i = begin; i < end; i += b_.rows) tile(i, std::min(b_.rows, end - i));
  }

 private:
  void enter(int64_t index) {
    head_ = index;
    key_ = p_.key.data + p_.key.batch.at(index);
    if (b_.packs_keys) {
      loops_.pack_keys(key_, p_.key.row_step, p_.key.step, p_.keys, p_.dims, panels_);
    }
    value_ = p_.value.data + p_.value.batch.at(index);
    value_row_ = p_.value.row_step;
    may_skip_ = !p_.masks.empty() && p_.masks.back().kind == ScoreMask::Kind::kCausal;
    // What is hidden has no weight, but zero times infinity counts.
    for (int64_t j = 0; j < p_.keys && may_skip_; ++j) {
      may_skip_ = loops_.finite(value_ + j * value_row_, p_.width);
    }
    if (!b_.packs_values) return;
    for (int64_t j = 0; j < p_.keys; ++j) {
      float* to = values_ + j * b_.wide;
      std::memcpy(to, value_ + j * value_row_, static_cast<size_t>(p_.width) * sizeof(float));
      std::fill(to + p_.width, to + b_.wide, 0.0f);
    }
    value_ = values_;
    value_row_ = b_.wide;
  }

  void tile(int64_t row, int64_t rows) {
    const float* queries = p_.query.data + p_.query.batch.at(head_) + row * p_.query.row_step;
    const int64_t keys = may_skip_ ? std::min(p_.keys, row + rows) : p_.keys;
    for (int64_t key = 0; key < keys; key += b_.block) {
      const ScoreTile scores{scores_, b_.score_row, rows, std::min(b_.block, keys - key)};
      score(queries, key, scores);
      for (const ScoreMask& mask : p_.masks) apply(mask, scores, row, key);
      loops_.soften(scores, {best_, total_, keep_, key == 0});
      const bool last = key + b_.block >= keys;
      if (last) {
        for (int64_t i = 0; i < rows; ++i) {
          total_[i] = p_.safe && total_[i] == 0 ? 0.0f : 1.0f / total_[i];
        }
      }
      mix(scores, row, key, last);
    }
  }

  void score(const float* queries, int64_t key, const ScoreTile& scores) {
    const int64_t row = p_.query.row_step, step = p_.key.row_step;
    if (b_.packs_keys) {
      loops_.score(queries, row, panels_ + key * p_.dims, p_.dims, p_.factor, scores);
    } else {
      loops_.score_few(queries, row, key_ + key * step, step, p_.dims, p_.factor, scores);
    }
  }

  void mix(const ScoreTile& scores, int64_t row, int64_t key, bool last) {
    ValueSums sums{};
    sums.weights = scores.scores;
    sums.weight_row = scores.row_step;
    sums.rows = scores.rows;
    sums.values = value_ + key * value_row_;
    sums.value_row = value_row_;
    sums.count = scores.columns;
    sums.width = last ? p_.width : b_.wide;
    sums.keep = key == 0 ? nullptr : keep_;
    sums.before = sums_;
    sums.before_row = b_.wide;
    sums.scale = last ? total_ : nullptr;
    sums.to = last ? p_.out.data + p_.out.batch.at(head_) + row * p_.out.row_step : sums_;
    sums.to_row = last ? p_.out.row_step : b_.wide;
    loops_.mix(sums);
  }

  void apply(const ScoreMask& mask, const ScoreTile& scores, int64_t row, int64_t key) {
    const int64_t start = mask.batch.at(head_) + row * mask.row_step + key * mask.column_step;
    const auto* numbers = static_cast<const float*>(mask.data);
    switch (mask.kind) {
      case ScoreMask::Kind::kAdd:
        loops_.add(scores, numbers + start, mask.row_step, mask.column_step, mask.value);
        return;
      case ScoreMask::Kind::kMultiply:
        loops_.multiply(scores, numbers + start, mask.row_step, mask.column_step);
        return;
      case ScoreMask::Kind::kFill:
        loops_.fill(scores, static_cast<const Bool8*>(mask.data) + start, mask.row_step,
                    mask.column_step, mask.where, mask.value);
        return;
      case ScoreMask::Kind::kCausal:
        for (int64_t i = 0; i < scores.rows; ++i) {
          const int64_t seen = std::clamp<int64_t>(row + i + 1 - key, 0, scores.columns);
          float* line = scores.scores + i * scores.row_step;
          std::fill(line + seen, line + scores.columns, -INFINITY);
        }
        return;
    }
  }

  const AttentionProblem& p_;
  const Blocking& b_;
  const AttentionLoops& loops_;
  Ref<Storage> scratch_;
  float *panels_, *scores_, *sums_, *values_, *best_, *total_, *keep_;
  int64_t head_ = -1;
  const float *key_ = nullptr, *value_ = nullptr;
  int64_t value_row_ = 0;
  bool may_skip_ = false;  // keys after a query change nothing
};

}  // namespace

void attend(const RunContext& context, const AttentionProblem& problem) {
  const Blocking blocking(problem, attention_loops());
  // Few heads are split among threads by their queries.
  const int64_t wanted = parts_of(int64_t{4} * context.workers->threads(), problem.batch);
  const int64_t splits = std::clamp<int64_t>(problem.queries / kFewQueries, 1, wanted);
  const int64_t part = parts_of(problem.queries, splits);
  const int64_t work = part * problem.keys * (problem.dims + problem.width);
  MemoryAccount* account = AccountScope::current();
  context.workers->parallel_for(0, problem.batch * splits, std::max<int64_t>(1, kGrain / work),
                                [&](int64_t begin, int64_t end) {
                                  const AccountScope scope(account);
                                  Worker worker(problem, blocking);
                                  for (int64_t i = begin; i < end; ++i) {
                                    const int64_t first = i % splits * part;
                                    if (first >= problem.queries) continue;
                                    worker.run(i / splits, first,
                                               std::min(problem.queries, first + part));
                                  }
                                });
}

}  // namespace temper
