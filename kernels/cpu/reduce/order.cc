// Sorting, selection and counting along a dim. NaN counts as the largest value.
#include <cmath>
#include <vector>

#include "core/base/error.h"
#include "core/base/truncate.h"
#include "core/op/op_def.h"
#include "kernels/cpu/reduce/fold.h"
#include "kernels/cpu/reduce/keys.h"
#include "kernels/cpu/reduce/reduce.h"
#include "kernels/cpu/reduce/rows.h"
#include "kernels/cpu/reduce/ties.h"

namespace temper {
namespace {

struct Ordered {
  Tensor values, indices;
};

// The dim innermost and contiguous, results put back in place.
struct Lines {
  Tensor data;
  int64_t dim = 0, rows = 0, length = 0;
};

Lines lines_of(const Tensor& self, int64_t dim) {
  const int64_t d = wrap_dim(dim, self.dim());
  if (self.dim() == 0) return {self.reshape({1}), 0, 1, 1};
  Lines lines{self.transpose(d, -1).contiguous(), d, 0, self.size(d)};
  lines.rows = lines.length == 0 ? 0 : self.numel() / lines.length;
  return lines;
}

Tensor empty_lines(const Lines& lines, int64_t length, DType dtype) {
  Dims sizes(lines.data.sizes().begin(), lines.data.sizes().end());
  sizes.back() = length;
  return empty(sizes, dtype);
}

// In the layout of `self` where nothing is left out.
Tensor put_back(const Tensor& t, const Lines& lines, const Tensor& self, bool all) {
  if (self.dim() == 0) return t.view_as_shape({});
  const Tensor turned = t.transpose(lines.dim, -1);
  const Dims strides =
      all ? dense_strides_like(turned.sizes(), self.strides()) : contiguous_strides(turned.sizes());
  if (turned.strides() == DimsView(strides)) return turned;
  const Tensor out = empty_strided(turned.sizes(), strides, t.dtype());
  copy_into(out, turned);
  return out;
}

struct Ordering {
  bool descending = false;
  bool stable = false;
  std::optional<int64_t> keep;  // of each line; all without it
  bool sorted = true;           // what is kept
};

template <class Entry, class T>
void order_line(const T* line, int64_t n, const Ordering& by, std::vector<Entry>& entries,
                std::vector<Entry>& scratch) {
  const int64_t keep = by.keep.value_or(n);
  const bool in_order = by.sorted || keeps_few(n, keep);
  if (in_order) first_entries<Entry>(line, n, keep, by.descending, entries, scratch);
  if (!by.keep) {
    if (!by.stable && sort_mixes_ties(entries)) {
      sort_with_ties<Entry>(line, n, by.descending, entries);
    }
  } else if (!in_order || !one_selection<Entry>(line, n, keep, by.descending, entries)) {
    select_with_ties<Entry>(line, n, keep, by.descending, by.sorted, entries);
  }
}

template <class T>
void order_lines(const RunContext& context, const Lines& lines, const Ordering& by,
                 const Tensor& values, const Tensor& indices) {
  const int64_t n = lines.length, keep = by.keep.value_or(n);
  const T* data = lines.data.data<T>();
  context.workers->parallel_for(0, lines.rows, 4096 / n + 1, [&](int64_t begin, int64_t end) {
    with_entry<T>(n, [&]<class Entry>() {
      std::vector<Entry> entries, scratch;
      for (int64_t r = begin; r < end; ++r) {
        const T* line = data + r * n;
        order_line<Entry>(line, n, by, entries, scratch);
        T* value = values.data<T>() + r * keep;
        int64_t* place = indices.data<int64_t>() + r * keep;
        for (int64_t i = 0; i < keep; ++i) {
          place[i] = entries[static_cast<size_t>(i)].place();
          value[i] = line[place[i]];
        }
      }
    });
  });
}

Ordered order(OpCall& call, const Tensor& self, int64_t dim, const Ordering& by) {
  const Lines lines = lines_of(self, dim);
  const int64_t count = by.keep.value_or(lines.length);
  const Tensor values = empty_lines(lines, count, self.dtype());
  const Tensor indices = empty_lines(lines, count, DType::kInt64);
  if (lines.rows > 0 && lines.length > 0) {
    visit(self.dtype(), "sort", RealAndBool{},
          [&]<class T>() { order_lines<T>(call.context(), lines, by, values, indices); });
  }
  return {put_back(values, lines, self, !by.keep), put_back(indices, lines, self, !by.keep)};
}

void check_not_empty(const Rows& rows, const Tensor& self, int64_t dim, const char* name) {
  if (rows.length > 0 || rows.rows == 0) return;
  fail(name, "(): Expected reduction dim ", wrap_dim(dim, self.dim()), " to have non-zero size.");
}

// The rank-th smallest of a line.
struct GivenRank {
  template <class Entry, class T>
  int64_t place(const T* line, int64_t n, std::vector<Entry>& entries) const {
    list_entries(line, n, false, entries);
    const auto chosen = entries.begin() + rank;
    std::nth_element(entries.begin(), chosen, entries.end());
    const auto key = static_cast<KeyOf<T>>(chosen->key());
    if (!occurs_again(line, n, key, false)) return chosen->place();
    list_entries(line, n, false, entries);
    return rank_with_ties(entries, rank).place();
  }
  int64_t rank;
};

// The lower median of a line, the first of equal ones; the first NaN, if there is one. Without NaN
// it is that of the others.
struct MedianRank {
  template <class Entry, class T>
  int64_t place(const T* line, int64_t n, std::vector<Entry>& entries) const {
    list_entries(line, n, false, entries);
    int64_t numbers = 0;
    for (int64_t i = 0; i < n; ++i) numbers += !is_nan_value(static_cast<Compute<T>>(line[i]));
    if (ignore_nan && numbers == 0) {
      std::nth_element(entries.begin(), entries.begin(), entries.end(), KeyLess());
      return entries[0].place();
    }
    const int64_t rank = numbers < n && !ignore_nan ? numbers : (numbers - 1) / 2;
    std::nth_element(entries.begin(), entries.begin() + rank, entries.end());
    return entries[static_cast<size_t>(rank)].place();
  }
  bool ignore_nan;
};

// The element of every line that `pick` says the place of.
template <class Pick>
Ordered select_rank(OpCall& call, const char* name, const Tensor& self, int64_t dim, bool keepdim,
                    const Pick& pick) {
  const Rows rows = make_rows_along(self, dim, keepdim);
  Ordered out{empty(rows.out_sizes, self.dtype()), empty(rows.out_sizes, DType::kInt64)};
  const int64_t n = rows.length;
  if (rows.rows == 0) return out;
  check_not_empty(rows, self, dim, name);
  visit(self.dtype(), name, RealTypes{}, [&]<class T>() {
    const int64_t grain = 4096 / n + 1;
    call.context().workers->parallel_for(0, rows.rows, grain, [&](int64_t begin, int64_t end) {
      with_entry<T>(n, [&]<class Entry>() {
        std::vector<Entry> entries;
        for (int64_t r = begin; r < end; ++r) {
          const T* line = rows.data.data<T>() + r * n;
          const int64_t place = pick.place(line, n, entries);
          out.indices.data<int64_t>()[r] = place;
          out.values.data<T>()[r] = line[place];
        }
      });
    });
  });
  return out;
}

// sort(self, dim, descending) and sort.stable(self, *, stable?, dim, descending).
Ordered sorted_of(OpCall& call) {
  const bool tells = call.size() == 4;
  const size_t dim = tells ? 2 : 1;
  Ordering by;
  by.descending = call.boolean(dim + 1);
  by.stable = tells && !call.is_none(1) && call.boolean(1);
  return order(call, call.tensor(0), call.integer(dim), by);
}

}  // namespace

void sort(OpCall& call) {
  const Ordered o = sorted_of(call);
  call.ret(0, o.values);
  call.ret(1, o.indices);
}

void argsort(OpCall& call) { call.ret(sorted_of(call).indices); }

void topk(OpCall& call) {
  const Tensor self = call.tensor(0);
  const int64_t k = call.integer(1), dim = call.integer(2);
  const int64_t size = self.dim() == 0 ? 1 : self.size(dim);
  if (k < 0 || k > size) fail("selected index k out of range");
  Ordering by;
  by.descending = call.boolean(3);
  by.keep = k;
  by.sorted = call.boolean(4);
  const Ordered o = order(call, self, dim, by);
  call.ret(0, o.values);
  call.ret(1, o.indices);
}

void kthvalue(OpCall& call) {
  const Tensor self = call.tensor(0);
  const int64_t k = call.integer(1), dim = call.integer(2);
  const int64_t size = self.dim() == 0 ? 1 : self.size(dim);
  if (k < 1 || k > size) {
    fail("kthvalue(): selected number k out of range for dimension ", wrap_dim(dim, self.dim()));
  }
  Ordered o = select_rank(call, "kthvalue", self, dim, call.boolean(3), GivenRank{k - 1});
  call.ret(0, o.values);
  call.ret(1, o.indices);
}

void median_all(OpCall& call) {
  const Tensor self = call.tensor(0);
  const bool ignore_nan = call.op().has(kIgnoresNan);
  if (self.numel() == 0) return call.ret(full({}, NAN, self.dtype()));
  call.ret(
      select_rank(call, "median", self.reshape({-1}), 0, false, MedianRank{ignore_nan}).values);
}

void median_dim(OpCall& call) {
  Ordered o = select_rank(call, "median", call.tensor(0), call.integer(1), call.boolean(2),
                          MedianRank{call.op().has(kIgnoresNan)});
  call.ret(0, o.values);
  call.ret(1, o.indices);
}

namespace {

// The place that comes last of the key that occurs most often, the smallest of those; entries are
// sorted. No NaN equals another.
template <class T, class Entry>
int64_t last_of_longest_run(const std::vector<Entry>& entries) {
  const auto goes_on = [&](size_t i) {
    const auto key = static_cast<KeyOf<T>>(entries[i].key());
    const bool is_nan = std::is_floating_point_v<Compute<T>> && key == ~KeyOf<T>(0);
    return key == entries[i - 1].key() && !is_nan;
  };
  size_t start = 0, longest = 0, best = 0;
  for (size_t i = 1; i <= entries.size(); ++i) {
    if (i < entries.size() && goes_on(i)) continue;
    if (i - start > longest) {
      longest = i - start;
      best = i - 1;
    }
    start = i;
  }
  return entries[best].place();
}

}  // namespace

// The most frequent value, the smallest of equals, at its last place.
void mode(OpCall& call) {
  const Tensor self = call.tensor(0);
  const Rows rows = make_rows_along(self, call.integer(1), call.boolean(2));
  check_not_empty(rows, self, call.integer(1), "mode");
  const Tensor values = empty(rows.out_sizes, self.dtype());
  const Tensor indices = empty(rows.out_sizes, DType::kInt64);
  visit(self.dtype(), "mode", RealAndBool{}, [&]<class T>() {
    with_entry<T>(rows.length, [&]<class Entry>() {
      std::vector<Entry> entries, scratch;
      for (int64_t r = 0; r < rows.rows; ++r) {
        const T* line = rows.data.data<T>() + r * rows.length;
        order_line<Entry>(line, rows.length, Ordering(), entries, scratch);
        const int64_t best = last_of_longest_run<T>(entries);
        values.data<T>()[r] = line[best];
        indices.data<int64_t>()[r] = best;
      }
    });
  });
  call.ret(0, values);
  call.ret(1, indices);
}

namespace {

// Several counts side by side where there are few: a count that was just written is read late.
Tensor count_values(const int64_t* values, int64_t n, int64_t bins) {
  constexpr int64_t kFew = 4096, kSides = 4;
  const Tensor out = zeros({bins}, DType::kInt64);
  int64_t* counts = out.data<int64_t>();
  int64_t i = 0;
  if (bins <= kFew && n > kSides * bins) {
    std::vector<int64_t> sides(static_cast<size_t>(kSides * bins), 0);
    for (; i + kSides <= n; i += kSides) {
      for (int64_t k = 0; k < kSides; ++k) ++sides[static_cast<size_t>(k * bins + values[i + k])];
    }
    for (int64_t k = 0; k < kSides * bins; ++k) counts[k % bins] += sides[static_cast<size_t>(k)];
  }
  for (; i < n; ++i) ++counts[values[i]];
  return out;
}

}  // namespace

void bincount(OpCall& call) {
  const Tensor self = to_dtype(call.tensor(0), DType::kInt64).contiguous();
  if (self.dim() != 1) fail("bincount only supports 1-d non-negative integral inputs.");
  int64_t bins = std::max<int64_t>(call.integer(2), 0);
  const int64_t* values = self.data<int64_t>();
  if (self.numel() > 0) {
    const auto extreme = [&](Fold kind) {
      return *fold(call.context(), self, {}, false, kind).values.data<int64_t>();
    };
    if (extreme(Fold::kMin) < 0) fail("bincount only supports 1-d non-negative integral inputs.");
    bins = std::max(bins, extreme(Fold::kMax) + 1);
  }
  const Tensor weights = call.opt_tensor(1);
  if (!weights.defined()) {
    return call.ret(count_values(values, self.numel(), bins));
  }
  if (weights.numel() != self.numel())
    fail("weights should be 1-d and have the same length as input");
  const bool narrow = weights.dtype() == DType::kFloat32;
  const Tensor wide = to_dtype(weights, DType::kFloat64).contiguous();
  const Tensor out = zeros({bins}, DType::kFloat64);
  for (int64_t i = 0; i < self.numel(); ++i)
    out.data<double>()[values[i]] += wide.data<double>()[i];
  call.ret(narrow ? to_dtype(out, DType::kFloat32) : out);
}

namespace {

// Counts of values in equal bins of [low, high]. Every step is rounded to T, counts too: that is
// what decides on which side of an edge a value falls.
template <class T>
void count_in_bins(const T* values, int64_t n, double from, double to, int64_t bins, T* counts) {
  using C = Compute<T>;
  const auto rounded = [](C x) { return static_cast<C>(static_cast<T>(x)); };
  const C low = rounded(static_cast<C>(from)), high = rounded(static_cast<C>(to));
  const C range = rounded(high - low), number = rounded(static_cast<C>(bins));
  for (int64_t i = 0; i < n; ++i) {
    const C x = static_cast<C>(values[i]);
    if (!(x >= low && x <= high)) continue;
    const C place = rounded(rounded(rounded(x - low) * number) / range);
    T& count = counts[truncate_below(static_cast<double>(place), bins - 1)];
    count = static_cast<T>(static_cast<C>(count) + C(1));
  }
}

}  // namespace

void histc(OpCall& call) {
  const Tensor self = call.tensor(0);
  const int64_t bins = call.integer(1);
  double low = call.number(2), high = call.number(3);
  if (bins <= 0) fail("torch.histc(): bins must be > 0");
  if (low == high && self.numel() > 0) {
    const Tensor wide = to_dtype(self, DType::kFloat64).contiguous();
    const double* v = wide.data<double>();
    low = *std::min_element(v, v + wide.numel());
    high = *std::max_element(v, v + wide.numel());
  }
  if (low == high) {
    low -= 1;
    high += 1;
  }
  if (!std::isfinite(low) || !std::isfinite(high))
    fail("torch.histc: range of [", low, ", ", high, "] is not finite");
  if (low > high) fail("torch.histc: max must be larger than min");
  const bool floating = is_floating(self.dtype());
  const Tensor data = (floating ? self : to_dtype(self, DType::kFloat64)).contiguous();
  const Tensor counts = zeros({bins}, data.dtype());
  visit(data.dtype(), "histogram_cpu", AllFloatTypes{}, [&]<class T>() {
    count_in_bins(data.data<T>(), data.numel(), low, high, bins, counts.data<T>());
  });
  call.ret(to_dtype(counts, self.dtype()));
}

}  // namespace temper
