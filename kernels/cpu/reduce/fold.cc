#include "kernels/cpu/reduce/fold.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/tensor/dispatch.h"

namespace temper {
namespace {

constexpr int64_t kGrain = 131072;
constexpr int64_t kBlock = 1024;  // columns that are folded together

// Dims of the input, outermost first, with those that act as one merged.
struct Axes {
  Dims sizes, strides, places;  // places: strides in the result

  int64_t count() const { return numel_of(sizes); }
  void add(int64_t size, int64_t stride, int64_t place) {
    sizes.push_back(size);
    strides.push_back(stride);
    places.push_back(place);
  }
};

Axes merged(const Axes& axes) {
  std::vector<size_t> order(axes.sizes.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return axes.strides[a] > axes.strides[b]; });
  Axes out;
  for (const size_t i : order) {
    const int64_t size = axes.sizes[i], stride = axes.strides[i], place = axes.places[i];
    if (size == 1) continue;
    if (!out.sizes.empty() && out.strides.back() == stride * size &&
        out.places.back() == place * size) {
      out.sizes.back() *= size;
      out.strides.back() = stride;
      out.places.back() = place;
    } else {
      out.add(size, stride, place);
    }
  }
  return out;
}

// Calls visit(offset in the input, offset in the result) for positions [begin, end) of some axes.
template <class Visit>
void for_positions(const Axes& axes, int64_t begin, int64_t end, const Visit& visit) {
  const size_t rank = axes.sizes.size();
  Dims index(rank, 0);
  int64_t offset = 0, place = 0, rest = begin;
  for (size_t d = rank; d-- > 0;) {
    index[d] = rest % axes.sizes[d];
    rest /= axes.sizes[d];
    offset += index[d] * axes.strides[d];
    place += index[d] * axes.places[d];
  }
  for (int64_t i = begin; i < end; ++i) {
    visit(offset, place);
    for (size_t d = rank; d-- > 0;) {
      const bool wraps = ++index[d] == axes.sizes[d];
      const int64_t steps = wraps ? 1 - axes.sizes[d] : 1;
      offset += steps * axes.strides[d];
      place += steps * axes.places[d];
      if (!wraps) break;
      index[d] = 0;
    }
  }
}

struct Plan {
  Tensor x;
  Axes kept, reduced;
  Dims out_sizes;
  bool by_rows = false;  // else by columns

  int64_t outputs() const { return numel_of(out_sizes); }
};

bool plan_axes(Plan& plan, const Dims& dims, bool keepdim) {
  const int64_t rank = plan.x.dim();
  std::vector<bool> gone(static_cast<size_t>(std::max<int64_t>(1, rank)), dims.empty());
  for (const int64_t d : wrap_dims(dims, rank)) gone[static_cast<size_t>(d)] = true;
  plan.out_sizes.clear();
  Dims kept_sizes;
  for (int64_t d = 0; d < rank; ++d) {
    const int64_t size = plan.x.sizes()[d];
    if (!gone[static_cast<size_t>(d)]) kept_sizes.push_back(size);
    if (!gone[static_cast<size_t>(d)] || keepdim) {
      plan.out_sizes.push_back(gone[static_cast<size_t>(d)] ? 1 : size);
    }
  }
  Axes kept, reduced;
  int64_t place = numel_of(kept_sizes);
  for (int64_t d = 0; d < rank; ++d) {
    const int64_t size = plan.x.sizes()[d], stride = plan.x.strides()[d];
    if (gone[static_cast<size_t>(d)]) {
      reduced.add(size, stride, 0);
    } else {
      place = size == 0 ? 0 : place / size;
      kept.add(size, stride, place);
    }
  }
  plan.kept = merged(kept);
  plan.reduced = merged(reduced);
  const Axes &k = plan.kept, &r = plan.reduced;
  const bool unit_columns = !k.sizes.empty() && k.strides.back() == 1 && k.places.back() == 1;
  plan.by_rows = !unit_columns && (r.sizes.empty() ? k.sizes.empty() : r.strides.back() == 1);
  return plan.by_rows || unit_columns;
}

Plan make_plan(const Tensor& x, DimsView dims, bool keepdim) {
  Plan plan;
  plan.x = x;
  const Dims wanted(dims.begin(), dims.end());
  if (!plan_axes(plan, wanted, keepdim) && x.numel() > 0) {
    plan.x = x.contiguous();
    plan_axes(plan, wanted, keepdim);
  }
  // A row or a column needs an axis of its own.
  if (plan.reduced.sizes.empty()) plan.reduced.add(1, plan.by_rows ? 1 : 0, 0);
  return plan;
}

Axes outer_of(const Axes& axes) {
  Axes outer = axes;
  outer.sizes.pop_back();
  outer.strides.pop_back();
  outer.places.pop_back();
  return outer;
}

// What one call of a loop needs; `Loops` hides which loops they are.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual void row(const std::byte* x, int64_t n, int64_t place) const = 0;
  virtual void columns(const std::byte* x, int64_t rows, int64_t stride, int64_t n,
                       int64_t place) const = 0;
};

void run_rows(const RunContext& context, const Plan& plan, const Engine& engine) {
  const Axes outer = outer_of(plan.reduced);
  const int64_t n = plan.reduced.sizes.back(), pieces = outer.count(), item = plan.x.item_size();
  const int64_t grain = std::max<int64_t>(1, kGrain / std::max<int64_t>(1, n * pieces));
  context.workers->parallel_for(0, plan.outputs(), grain, [&](int64_t begin, int64_t end) {
    for_positions(plan.kept, begin, end, [&](int64_t offset, int64_t place) {
      for_positions(outer, 0, pieces, [&](int64_t inner, int64_t) {
        engine.row(plan.x.raw() + (offset + inner) * item, n, place);
      });
    });
  });
}

void run_columns(const RunContext& context, const Plan& plan, const Engine& engine) {
  const Axes kept = outer_of(plan.kept), outer = outer_of(plan.reduced);
  const int64_t width = plan.kept.sizes.back(), rows = plan.reduced.sizes.back();
  const int64_t stride = plan.reduced.strides.back(), item = plan.x.item_size();
  const int64_t blocks = (width + kBlock - 1) / kBlock, pieces = outer.count();
  const int64_t work = std::max<int64_t>(1, rows * pieces * std::min(width, kBlock));
  const int64_t grain = std::max<int64_t>(1, kGrain / work);
  const auto one = [&](int64_t unit) {
    for_positions(kept, unit / blocks, unit / blocks + 1, [&](int64_t offset, int64_t place) {
      const int64_t first = unit % blocks * kBlock, n = std::min(kBlock, width - first);
      for_positions(outer, 0, pieces, [&](int64_t inner, int64_t) {
        engine.columns(plan.x.raw() + (offset + inner + first) * item, rows, stride, n,
                       place + first);
      });
    });
  };
  context.workers->parallel_for(0, kept.count() * blocks, grain, [&](int64_t begin, int64_t end) {
    for (int64_t unit = begin; unit < end; ++unit) one(unit);
  });
}

void run(const RunContext& context, const Plan& plan, const Engine& engine) {
  if (plan.x.numel() == 0) return;
  plan.by_rows ? run_rows(context, plan, engine) : run_columns(context, plan, engine);
}

class FoldEngine final : public Engine {
 public:
  FoldEngine(const FoldLoops& loops, const Tensor& values)
      : loops_(loops), to_(values.raw()), item_(values.item_size()) {}
  void row(const std::byte* x, int64_t n, int64_t place) const override {
    loops_.row(x, n, to_ + place * item_);
  }
  void columns(const std::byte* x, int64_t rows, int64_t stride, int64_t n,
               int64_t place) const override {
    loops_.columns(x, rows, stride, n, to_ + place * item_);
  }

 private:
  const FoldLoops& loops_;
  std::byte* to_;
  int64_t item_;
};

class CenteredEngine final : public Engine {
 public:
  CenteredEngine(const CenteredLoops& loops, const Tensor& center, const Tensor& sums)
      : loops_(loops), center_(center.data<double>()), to_(sums.data<double>()) {}
  void row(const std::byte* x, int64_t n, int64_t place) const override {
    loops_.row(x, n, center_[place], to_ + place);
  }
  void columns(const std::byte* x, int64_t rows, int64_t stride, int64_t n,
               int64_t place) const override {
    loops_.columns(x, rows, stride, n, center_ + place, to_ + place);
  }

 private:
  const CenteredLoops& loops_;
  const double* center_;
  double* to_;
};

// Long reductions to few results are cut along the outermost reduced axis into pieces whose number
// depends on the sizes alone; each piece gets a result of its own.
int64_t pieces_of(const Plan& plan) {
  const int64_t count = plan.reduced.count();
  if (plan.outputs() == 0 || plan.outputs() > kBlock || count < 2 * kGrain) return 1;
  const int64_t wanted = std::min<int64_t>(64, plan.outputs() * count / (2 * kGrain) + 1);
  return std::min(plan.reduced.sizes.front(), wanted);
}

// The plan with the cut axis as a kept one in front; a last, shorter piece is left out.
Plan cut(const Plan& plan, int64_t length, int64_t pieces) {
  Plan out = plan;
  const int64_t stride = plan.reduced.strides.front();
  out.reduced.sizes.front() = length;
  out.kept.sizes.insert(out.kept.sizes.begin(), pieces);
  out.kept.strides.insert(out.kept.strides.begin(), stride * length);
  out.kept.places.insert(out.kept.places.begin(), plan.outputs());
  out.out_sizes.insert(out.out_sizes.begin(), pieces);
  return out;
}

Fold merging(Fold kind) {
  switch (kind) {
    case Fold::kSumAbs:
    case Fold::kSumSquares:
    case Fold::kNonzero: return Fold::kSum;
    default: return kind;
  }
}

// With the first dtype that has loops: bools are seen as the bytes that they are.
template <class Loops>
std::pair<Tensor, const Loops*> as_input(const Tensor& given, const Loops (&table)[kNumDTypes]) {
  DType dtype = given.dtype();
  while (!table[static_cast<int>(dtype)].row) {
    const auto wider = wider_dtype(dtype);
    if (!wider) dtype_not_supported("reduction", given.dtype());
    dtype = *wider;
  }
  const Loops* loops = &table[static_cast<int>(dtype)];
  if (given.dtype() != DType::kBool || dtype != DType::kUInt8)
    return {to_dtype(given, dtype), loops};
  const Tensor bytes = given.alias();
  bytes.impl()->dtype = DType::kUInt8;
  return {bytes, loops};
}

}  // namespace

std::optional<DType> wider_dtype(DType dtype) {
  switch (dtype) {
    case DType::kFloat16:
    case DType::kBFloat16: return DType::kFloat32;
    case DType::kBool: return DType::kUInt8;
    case DType::kUInt8:
    case DType::kInt8:
    case DType::kInt16: return DType::kInt32;
    case DType::kInt32: return DType::kInt64;
    default: return std::nullopt;
  }
}

Folded fold(const RunContext& context, const Tensor& given, DimsView dims, bool keepdim,
            Fold kind) {
  const auto [x, chosen] = as_input(given, reduce_loops().folds[static_cast<int>(kind)]);
  const FoldLoops& loops = *chosen;
  const Plan plan = make_plan(x, dims, keepdim);
  Folded out{empty(plan.out_sizes, loops.accumulator), plan.reduced.count()};
  loops.start(out.values.raw(), out.values.numel());
  const int64_t pieces = pieces_of(plan);
  if (pieces == 1) {
    run(context, plan, FoldEngine(loops, out.values));
    return out;
  }
  const int64_t whole = plan.reduced.sizes.front(), length = whole / pieces;
  const int64_t outputs = plan.outputs();
  const Tensor partial = empty({pieces, outputs}, loops.accumulator);
  loops.start(partial.raw(), partial.numel());
  run(context, cut(plan, length, pieces), FoldEngine(loops, partial));
  if (const int64_t done = length * pieces; done < whole) {
    Plan rest = plan;
    rest.reduced.sizes.front() = whole - done;
    rest.x = plan.x.alias();
    rest.x.impl()->offset += done * plan.reduced.strides.front();
    run(context, rest, FoldEngine(loops, out.values));
  }
  reduce_loops()
      .folds[static_cast<int>(merging(kind))][static_cast<int>(loops.accumulator)]
      .columns(partial.raw(), pieces, outputs, outputs, out.values.raw());
  return out;
}

Tensor fold_centered(const RunContext& context, const Tensor& given, DimsView dims, bool keepdim,
                     Centered kind, const Tensor& center) {
  const auto [x, loops] = as_input(given, reduce_loops().centered[static_cast<int>(kind)]);
  const Plan plan = make_plan(x, dims, keepdim);
  const Tensor sums = zeros(plan.out_sizes, DType::kFloat64);
  run(context, plan, CenteredEngine(*loops, center, sums));
  return sums;
}

}  // namespace temper
