#include "kernels/cpu/pointwise/iterate.h"

#include <algorithm>
#include <numeric>

namespace temper {
namespace {

// Byte strides of `t` over the output's dims, 0 where it broadcasts.
absl::InlinedVector<int64_t, 4> aligned_strides(const Tensor& t, size_t rank) {
  absl::InlinedVector<int64_t, 4> strides(rank, 0);
  const size_t lead = rank - t.sizes().size();
  for (size_t d = lead; d < rank; ++d) {
    if (t.sizes()[d - lead] != 1) strides[d] = t.strides()[d - lead] * t.item_size();
  }
  return strides;
}

}  // namespace

int64_t LoopNest::rows() const {
  int64_t rows = 1;
  for (size_t d = 1; d < sizes.size(); ++d) rows *= sizes[d];
  return rows;
}

LoopNest make_loop_nest(const Tensor& output, absl::Span<const Tensor> inputs) {
  const size_t rank = output.sizes().size();
  absl::InlinedVector<absl::InlinedVector<int64_t, 4>, 4> strides;
  LoopNest nest;
  const auto add = [&](const Tensor& t) {
    strides.push_back(aligned_strides(t, rank));
    nest.operands.push_back({t.raw(), t.dtype(), {}});
  };
  add(output);
  for (const Tensor& input : inputs) add(input);
  absl::InlinedVector<size_t, 8> order;
  for (size_t d = rank; d-- > 0;) {
    if (output.sizes()[d] != 1) order.push_back(d);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return strides[0][a] < strides[0][b]; });
  for (size_t d : order) {
    bool merges = !nest.sizes.empty();
    for (size_t k = 0; merges && k < strides.size(); ++k) {
      merges = strides[k][d] == nest.operands[k].strides.back() * nest.sizes.back();
    }
    if (merges) {
      nest.sizes.back() *= output.sizes()[d];
      continue;
    }
    nest.sizes.push_back(output.sizes()[d]);
    for (size_t k = 0; k < strides.size(); ++k) {
      nest.operands[k].strides.push_back(strides[k][d]);
    }
  }
  if (nest.sizes.empty()) {
    nest.sizes.push_back(1);
    for (auto& operand : nest.operands) operand.strides.push_back(0);
  }
  return nest;
}

}  // namespace temper
