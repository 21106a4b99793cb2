#include "kernels/cpu/pointwise/iterate.h"

#include <algorithm>
#include <numeric>

#include "core/tensor/stride_order.h"

namespace temper {
namespace {

// Strides of `t` over the dims of `sizes`, 0 where it broadcasts.
Dims aligned_strides(const Tensor& t, DimsView sizes) {
  Dims strides(sizes.size(), 0);
  const size_t lead = sizes.size() - t.sizes().size();
  for (size_t d = lead; d < sizes.size(); ++d) {
    if (t.sizes()[d - lead] == sizes[d]) strides[d] = t.strides()[d - lead];
  }
  return strides;
}

// The same in bytes, for dims that take more than one step.
absl::InlinedVector<int64_t, 4> steps_of(const Tensor& t, DimsView sizes) {
  const Dims strides = aligned_strides(t, sizes);
  absl::InlinedVector<int64_t, 4> steps(sizes.size(), 0);
  for (size_t d = 0; d < sizes.size(); ++d) {
    if (sizes[d] != 1) steps[d] = strides[d] * t.item_size();
  }
  return steps;
}

}  // namespace

Dims result_strides(DimsView sizes, absl::Span<const Tensor> inputs) {
  const DimsView first = inputs[0].strides();
  const auto all = [&](auto holds) { return std::all_of(inputs.begin(), inputs.end(), holds); };
  if (all([&](const Tensor& t) { return t.sizes() == sizes; })) {
    if (all([](const Tensor& t) { return t.is_contiguous(); })) return contiguous_strides(sizes);
    if (all([&](const Tensor& t) { return t.strides() == first; }) &&
        is_non_overlapping_and_dense(sizes, first)) {
      return Dims(first.begin(), first.end());
    }
  }
  absl::InlinedVector<Dims, 4> strides;
  for (const Tensor& input : inputs) strides.push_back(aligned_strides(input, sizes));
  return dense_strides_like(sizes, strides);
}

Tensor empty_result(DimsView sizes, absl::Span<const Tensor> inputs, DType dtype) {
  return empty_strided(sizes, result_strides(sizes, inputs), dtype);
}

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
    strides.push_back(steps_of(t, output.sizes()));
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
