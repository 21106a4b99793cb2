// Rows of a table, combined in bags.
#include <algorithm>
#include <vector>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/embedding/kernels.h"
#include "kernels/cpu/embedding/loops.h"
#include "kernels/cpu/embedding/rows.h"
#include "kernels/cpu/embedding/tables.h"
#include "kernels/cpu/gather_loops.h"

namespace temper {
namespace {

enum class BagMode { kSum = 0, kMean = 1, kMax = 2 };

struct Bags {
  Tensor weight;                // unit stride along rows
  Tensor indices;               // int64
  Tensor weights;               // per sample, or undefined
  std::vector<int64_t> starts;  // one more than bags
  BagMode mode;
  int64_t padding;        // -1: none
  int64_t offsets = 0;    // how many were given
  bool unit_rows = true;  // as given
  DType index_dtype;      // of the results about indices
  bool numbered = true;   // whether the bag of each index is told

  int64_t count() const { return static_cast<int64_t>(starts.size()) - 1; }
  bool counts(int64_t index) const { return index != padding; }
};

struct BagResult {
  Tensor output, bag_of, sizes, max_indices;
};

void check_bag_indices(const Bags& bags) {
  const int64_t* at = bags.indices.data<int64_t>();
  const int64_t rows = bags.weight.size(0);
  if (gather_loops().all_below(at, bags.indices.numel(), rows)) return;
  for (int64_t i = 0; i < bags.indices.numel(); ++i) {
    if (at[i] < 0 || at[i] >= rows) {
      fail("embedding_bag: Index ", i, " is out of bounds: ", at[i], ", range 0 to ", rows);
    }
  }
}

// What the loops of one bag need.
BagRows rows_of(const Bags& bags, int64_t bag) {
  const int64_t begin = bags.starts[static_cast<size_t>(bag)];
  const int64_t end = bags.starts[static_cast<size_t>(bag) + 1], total = bags.starts.back();
  const std::byte* weights =
      bags.weights.defined() ? bags.weights.raw() + begin * bags.weights.item_size() : nullptr;
  return {bags.weight.raw(),
          bags.weight.strides()[0],
          bags.indices.data<int64_t>() + begin,
          end - begin,
          total - end,
          weights,
          bags.padding};
}

// Some of the bags: those from `begin` to `end`.
void run_bags(const Bags& bags, const BagResult& result, int64_t begin, int64_t end) {
  const int64_t width = bags.weight.size(1), item = bags.weight.item_size();
  const BagLoops& loops = embedding_loops().bags[static_cast<int>(bags.weight.dtype())];
  for (int64_t bag = begin; bag < end; ++bag) {
    const BagRows chosen = rows_of(bags, bag);
    std::byte* to = result.output.raw() + bag * width * item;
    if (bags.mode == BagMode::kMax) {
      loops.max(chosen, to, result.max_indices.data<int64_t>() + bag * width, width);
      continue;
    }
    const bool mean = bags.mode == BagMode::kMean;
    const int64_t size = mean ? result.sizes.data<int64_t>()[bag] : 0;
    loops.sum(chosen, size > 0 ? 1.0 / static_cast<double>(size) : 1.0, to, width);
  }
}

Bags make_bags(const Tensor& weight, const Tensor& indices, const Tensor& given_offsets,
               BagMode mode, bool last_included) {
  Bags bags;
  bags.weight = weight;
  if (bags.weight.dim() != 2) fail("embedding_bag: expected a 2-D table of weights");
  bags.unit_rows = bags.weight.strides()[1] == 1;
  if (!bags.unit_rows) bags.weight = bags.weight.contiguous();
  bags.indices = as_indices("embedding_bag", indices);
  const Tensor offsets = as_indices("embedding_bag", given_offsets);
  if (bags.indices.dim() != 1)
    fail("input has to be a 1D Tensor, but got Tensor of dimension ", bags.indices.dim());
  if (offsets.dim() != 1)
    fail("offsets has to be a 1D Tensor, but got Tensor of dimension ", offsets.dim());
  bags.mode = mode;
  const int64_t total = bags.indices.numel();
  bags.offsets = offsets.numel();
  const DType dtype = indices.dtype();
  bags.index_dtype = dtype == given_offsets.dtype() ? dtype : DType::kInt64;
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
  // Like the reference, which sums some tables without knowing the bag of an index.
  const DType dtype = bags.weight.dtype();
  bags.numbered = bags.mode != BagMode::kSum || bags.padding >= 0 || !bags.unit_rows ||
                  (dtype != DType::kFloat32 && dtype != DType::kFloat16);
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

// Everything but the rows of the output, whose places are there.
BagResult prepare_result(const Bags& bags) {
  if (!embedding_loops().bags[static_cast<int>(bags.weight.dtype())].sum) {
    dtype_not_supported("embedding_bag", bags.weight.dtype());
  }
  check_bag_indices(bags);
  const int64_t count = bags.count(), width = bags.weight.size(1);
  BagResult result;
  result.output = empty({count, width}, bags.weight.dtype());
  const bool sum = bags.mode == BagMode::kSum;
  result.sizes = zeros({sum ? bags.offsets : count}, DType::kInt64);
  result.bag_of = zeros({bags.numbered ? bags.indices.numel() : 0}, DType::kInt64);
  if (bags.numbered) {
    const int64_t* at = bags.indices.data<int64_t>();
    for (int64_t bag = 0; bag < count; ++bag) {
      int64_t size = 0;
      for (int64_t i = bags.starts[static_cast<size_t>(bag)];
           i < bags.starts[static_cast<size_t>(bag) + 1]; ++i) {
        result.bag_of.data<int64_t>()[i] = bag;
        size += bags.counts(at[i]);
      }
      if (!sum) result.sizes.data<int64_t>()[bag] = size;
    }
  }
  if (bags.mode == BagMode::kMax) result.max_indices = empty({count, width}, DType::kInt64);
  return result;
}

void combine_bags(OpCall& call, const Bags& bags) {
  BagResult result = prepare_result(bags);
  const int64_t rows = bags.indices.numel() / std::max<int64_t>(1, bags.count()) + 1;
  const int64_t grain = 1 + 16384 / std::max<int64_t>(1, rows * bags.weight.size(1));
  call.context().workers->parallel_for(0, bags.count(), grain, [&](int64_t begin, int64_t end) {
    run_bags(bags, result, begin, end);
  });
  if (bags.mode != BagMode::kMax) result.max_indices = result.sizes.clone();
  call.ret(0, result.output);
  call.ret(1, to_dtype(result.bag_of, bags.index_dtype));
  call.ret(2, to_dtype(result.sizes, bags.index_dtype));
  call.ret(3, to_dtype(result.max_indices, bags.index_dtype));
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
    run_bags(bags, result, begin, end);
  };
  return work;
}

void embedding_bag(OpCall& call) { combine_bags(call, read_bags(call, false)); }
void embedding_bag_padding_idx(OpCall& call) { combine_bags(call, read_bags(call, true)); }

}  // namespace temper
