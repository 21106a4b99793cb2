#include "kernels/cpu/embedding.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/embedding_bags.h"
#include "kernels/cpu/nn/loops.h"

namespace temper {
namespace {

constexpr int64_t kPrefetchAhead = 8;

Tensor as_indices(const char* op, const Tensor& t) {
  if (t.dtype() != DType::kInt64 && t.dtype() != DType::kInt32) {
    fail("Expected tensor for argument #1 'indices' to have one of the following scalar types: ",
         "Long, Int; but got torch.", dtype_name(t.dtype()),
         "Tensor instead (while checking arguments for ", op, ")");
  }
  return to_dtype(t, DType::kInt64).contiguous();
}

Tensor gather_rows(const RunContext& context, const Tensor& weight, const Tensor& indices,
                   DimsView sizes) {
  Dims out_sizes(sizes.begin(), sizes.end());
  out_sizes.push_back(weight.size(1));
  const Tensor table = weight.strides()[1] == 1 ? weight : weight.contiguous();
  const Tensor out = empty(out_sizes, weight.dtype());
  const int64_t rows = table.size(0), count = indices.numel();
  const size_t bytes = static_cast<size_t>(table.size(1) * table.item_size());
  const int64_t stride = table.strides()[0] * table.item_size();
  const int64_t* at = indices.data<int64_t>();
  const int64_t grain = 1 + 65536 / std::max<int64_t>(1, static_cast<int64_t>(bytes));
  context.workers->parallel_for(0, count, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      if (at[i] < 0 || at[i] >= rows) fail("index out of range in self");
      if (i + kPrefetchAhead < end) {
        const int64_t next = at[i + kPrefetchAhead];
        if (next >= 0 && next < rows) __builtin_prefetch(table.raw() + next * stride);
      }
      std::memcpy(out.raw() + static_cast<size_t>(i) * bytes, table.raw() + at[i] * stride, bytes);
    }
  });
  return out;
}

enum class BagMode { kSum = 0, kMean = 1, kMax = 2 };

struct Bags {
  Tensor weight;                // unit stride along rows
  Tensor indices;               // int64
  Tensor weights;               // per sample, or undefined
  std::vector<int64_t> starts;  // one more than bags
  BagMode mode;
  int64_t padding;  // -1: none

  int64_t count() const { return static_cast<int64_t>(starts.size()) - 1; }
  bool counts(int64_t index) const { return index != padding; }
};

struct BagResult {
  Tensor output, bag_of, sizes, max_indices;
};

void check_bag_indices(const Bags& bags) {
  const int64_t* at = bags.indices.data<int64_t>();
  const int64_t rows = bags.weight.size(0);
  for (int64_t i = 0; i < bags.indices.numel(); ++i) {
    if (at[i] < 0 || at[i] >= rows) {
      fail("embedding_bag: Index ", i, " is out of bounds: ", at[i], ", range 0 to ", rows);
    }
  }
}

// Sums rows in float vectors.
void sum_bag(const Bags& bags, int64_t bag, float* to) {
  const NnLoops& loops = nn_loops();
  const int64_t width = bags.weight.size(1), stride = bags.weight.strides()[0];
  const float* table = bags.weight.data<float>();
  const int64_t* at = bags.indices.data<int64_t>();
  const float* factors = bags.weights.defined() ? bags.weights.data<float>() : nullptr;
  const int64_t end = bags.starts[static_cast<size_t>(bag) + 1];
  for (int64_t i = bags.starts[static_cast<size_t>(bag)]; i < end; ++i) {
    if (i + kPrefetchAhead < end) __builtin_prefetch(table + at[i + kPrefetchAhead] * stride);
    if (!bags.counts(at[i])) continue;
    loops.add_scaled(to, table + at[i] * stride, width, factors ? factors[i] : 1.0f);
  }
}

template <class T>
void sum_bag_any(const Bags& bags, int64_t bag, T* to) {
  using C = Compute<T>;
  const int64_t width = bags.weight.size(1), stride = bags.weight.strides()[0];
  const int64_t* at = bags.indices.data<int64_t>();
  std::vector<C> sums(static_cast<size_t>(width), C(0));
  for (int64_t i = bags.starts[static_cast<size_t>(bag)];
       i < bags.starts[static_cast<size_t>(bag) + 1]; ++i) {
    if (!bags.counts(at[i])) continue;
    const T* row = bags.weight.data<T>() + at[i] * stride;
    const C factor = bags.weights.defined() ? static_cast<C>(bags.weights.data<T>()[i]) : C(1);
    for (int64_t j = 0; j < width; ++j) {
      sums[static_cast<size_t>(j)] += static_cast<C>(row[j]) * factor;
    }
  }
  for (int64_t j = 0; j < width; ++j) to[j] = static_cast<T>(sums[static_cast<size_t>(j)]);
}

template <class T>
void max_bag(const Bags& bags, int64_t bag, T* to, int64_t* where) {
  using C = Compute<T>;
  const int64_t width = bags.weight.size(1), stride = bags.weight.strides()[0];
  const int64_t* at = bags.indices.data<int64_t>();
  bool first = true;
  for (int64_t i = bags.starts[static_cast<size_t>(bag)];
       i < bags.starts[static_cast<size_t>(bag) + 1]; ++i) {
    if (!bags.counts(at[i])) continue;
    const T* row = bags.weight.data<T>() + at[i] * stride;
    for (int64_t j = 0; j < width; ++j) {
      if (first || static_cast<C>(row[j]) > static_cast<C>(to[j])) {
        to[j] = row[j];
        where[j] = at[i];
      }
    }
    first = false;
  }
}

template <class T>
void run_bags(const Bags& bags, const BagResult& result, int64_t begin, int64_t end) {
  const int64_t width = bags.weight.size(1);
  for (int64_t bag = begin; bag < end; ++bag) {
    T* to = result.output.data<T>() + bag * width;
    if (bags.mode == BagMode::kMax) {
      max_bag<T>(bags, bag, to, result.max_indices.data<int64_t>() + bag * width);
      continue;
    }
    if constexpr (std::is_same_v<T, float>) {
      sum_bag(bags, bag, to);
    } else {
      sum_bag_any<T>(bags, bag, to);
    }
    const int64_t size = result.sizes.data<int64_t>()[bag];
    if (bags.mode != BagMode::kMean || size == 0) continue;
    using C = Compute<T>;
    for (int64_t j = 0; j < width; ++j) {
      to[j] = static_cast<T>(static_cast<C>(to[j]) / static_cast<C>(size));
    }
  }
}

// Some of the bags: those from `begin` to `end`.
void run_bags_of(const Bags& bags, const BagResult& result, int64_t begin, int64_t end) {
  visit(bags.weight.dtype(), "embedding_bag", AllFloatTypes{},
        [&]<class T>() { run_bags<T>(bags, result, begin, end); });
}

Bags make_bags(const Tensor& weight, const Tensor& indices, const Tensor& given_offsets,
               BagMode mode, bool last_included) {
  Bags bags;
  bags.weight = weight;
  if (bags.weight.dim() != 2) fail("embedding_bag: expected a 2-D table of weights");
  if (bags.weight.strides()[1] != 1) bags.weight = bags.weight.contiguous();
  bags.indices = as_indices("embedding_bag", indices);
  const Tensor offsets = as_indices("embedding_bag", given_offsets);
  if (bags.indices.dim() != 1)
    fail("input has to be a 1D Tensor, but got Tensor of dimension ", bags.indices.dim());
  if (offsets.dim() != 1)
    fail("offsets has to be a 1D Tensor, but got Tensor of dimension ", offsets.dim());
  bags.mode = mode;
  const int64_t total = bags.indices.numel();
  bags.starts.assign(offsets.data<int64_t>(), offsets.data<int64_t>() + offsets.numel());
  if (last_included && bags.starts.empty()) {
    fail("include_last_offset: number of offset should be at least 1");
  }
  if (!bags.starts.empty() && bags.starts.front() != 0) {
    fail("offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from ",
         "position 0. However, got ", bags.starts.front());
  }
  if (!bags.starts.empty() && bags.starts.back() > total) {
    fail("offsets[-1] can not be greater than input's length ", total, " but got offsets[-1] of ",
         bags.starts.back());
  }
  if (!last_included) bags.starts.push_back(total);
  for (size_t i = 1; i < bags.starts.size(); ++i) {
    if (bags.starts[i] < bags.starts[i - 1]) fail("embedding_bag: offsets must not decrease");
  }
  bags.padding = -1;
  return bags;
}

Bags read_bags(OpCall& call, bool padding_wraps) {
  Bags bags = make_bags(call.tensor(0), call.tensor(1), call.tensor(2),
                        static_cast<BagMode>(call.integer(4)), call.boolean(7));
  bags.padding = call.size() > 8 ? call.integer_or(8, -1) : -1;
  if (padding_wraps && bags.padding < 0 && !call.is_none(8)) {
    bags.padding += bags.weight.size(0);
  }
  if (!call.is_none(6)) {
    if (bags.mode != BagMode::kSum) {
      fail("embedding_bag: per_sample_weights only supported with mode='sum'");
    }
    bags.weights = call.tensor(6);
    if (bags.weights.dtype() != bags.weight.dtype()) {
      fail("expected per_sample_weights to have the dtype of the table, ",
           dtype_name(bags.weight.dtype()));
    }
    bags.weights = bags.weights.contiguous();
    if (bags.weights.numel() != bags.indices.numel()) {
      fail("per_sample_weights must have as many elements as the input: ", bags.indices.numel());
    }
  }
  return bags;
}

}  // namespace

void embedding(OpCall& call) {
  const Tensor weight = call.tensor(0), given = call.tensor(1);
  if (weight.dim() != 2) fail("'weight' must be 2-D");
  const Tensor indices = as_indices("embedding", given);
  call.ret(gather_rows(call.context(), weight, indices, given.sizes()));
}

void embedding_renorm_in_place(OpCall& call) {
  const Tensor table = call.tensor(0), indices = as_indices("embedding_renorm_", call.tensor(1));
  const double limit = call.number(2), order = call.number(3);
  std::vector<int64_t> rows(indices.data<int64_t>(), indices.data<int64_t>() + indices.numel());
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  visit(table.dtype(), "embedding_renorm_", AllFloatTypes{}, [&]<class T>() {
    using C = Compute<T>;
    for (int64_t row : rows) {
      if (row < 0 || row >= table.size(0)) fail("index out of range in self");
      T* data = table.data<T>() + row * table.strides()[0];
      const int64_t step = table.strides()[1];
      double norm = 0;
      for (int64_t j = 0; j < table.size(1); ++j) {
        const double v = std::fabs(static_cast<double>(static_cast<C>(data[j * step])));
        norm = std::isinf(order) ? std::max(norm, v) : norm + std::pow(v, order);
      }
      if (!std::isinf(order)) norm = std::pow(norm, 1 / order);
      if (norm <= limit) continue;
      const C scale = static_cast<C>(limit / (norm + 1e-7));
      for (int64_t j = 0; j < table.size(1); ++j) {
        data[j * step] = static_cast<T>(static_cast<C>(data[j * step]) * scale);
      }
    }
  });
  table.mark_written();
  call.ret(table);
}

namespace {

// Everything but the rows of the output, whose places are there.
BagResult prepare_result(const Bags& bags) {
  check_bag_indices(bags);
  const int64_t count = bags.count(), width = bags.weight.size(1);
  BagResult result;
  result.output = zeros({count, width}, bags.weight.dtype());
  result.sizes = zeros({count}, DType::kInt64);
  const bool plain_sum = bags.mode == BagMode::kSum && bags.padding < 0;
  result.bag_of = zeros({plain_sum ? 0 : bags.indices.numel()}, DType::kInt64);
  if (!plain_sum) {
    const int64_t* at = bags.indices.data<int64_t>();
    for (int64_t bag = 0; bag < count; ++bag) {
      int64_t size = 0;
      for (int64_t i = bags.starts[static_cast<size_t>(bag)];
           i < bags.starts[static_cast<size_t>(bag) + 1]; ++i) {
        result.bag_of.data<int64_t>()[i] = bag;
        size += bags.counts(at[i]);
      }
      if (bags.mode != BagMode::kSum) result.sizes.data<int64_t>()[bag] = size;
    }
  }
  if (bags.mode == BagMode::kMax) result.max_indices = zeros({count, width}, DType::kInt64);
  return result;
}

void combine_bags(OpCall& call, const Bags& bags) {
  BagResult result = prepare_result(bags);
  call.context().workers->parallel_for(0, bags.count(), 64, [&](int64_t begin, int64_t end) {
    run_bags_of(bags, result, begin, end);
  });
  if (bags.mode != BagMode::kMax) result.max_indices = result.sizes.clone();
  call.ret(0, result.output);
  call.ret(1, result.bag_of);
  call.ret(2, result.sizes);
  call.ret(3, result.max_indices);
}

}  // namespace

BagWork prepare_bags(const Tensor& weight, const Tensor& indices, const Tensor& offsets,
                     int64_t mode, bool last_included, std::optional<int64_t> padding) {
  Bags bags = make_bags(weight, indices, offsets, static_cast<BagMode>(mode), last_included);
  if (padding) bags.padding = *padding < 0 ? *padding + bags.weight.size(0) : *padding;
  const BagResult result = prepare_result(bags);
  BagWork work;
  work.output = result.output;
  work.count = bags.count();
  work.elements = bags.indices.numel() * bags.weight.size(1);
  work.combine = [bags = std::move(bags), result](int64_t begin, int64_t end) {
    run_bags_of(bags, result, begin, end);
  };
  return work;
}

void embedding_bag(OpCall& call) { combine_bags(call, read_bags(call, false)); }
void embedding_bag_padding_idx(OpCall& call) { combine_bags(call, read_bags(call, true)); }

}  // namespace temper
