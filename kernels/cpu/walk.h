#pragma once
// Walks several strided operands over one shape, row by row. Inline on the caller's thread.

#include <array>

#include "core/tensor/shape.h"

namespace temper {

// Calls row(offsets, count, steps) for every run of the last dim: element i of operand k lies at
// offsets[k] + i * steps[k]. Offsets count elements.
template <size_t N, class Row>
void walk(DimsView sizes, const std::array<DimsView, N>& strides, Row&& row) {
  std::array<int64_t, N> offsets{}, steps{};
  if (sizes.empty()) return row(offsets, int64_t{1}, steps);
  const size_t outer = sizes.size() - 1;
  for (int64_t size : sizes) {
    if (size == 0) return;
  }
  for (size_t k = 0; k < N; ++k) steps[k] = strides[k][outer];
  Dims index(outer, 0);
  while (true) {
    row(offsets, sizes[outer], steps);
    size_t d = outer;
    while (d-- > 0) {
      for (size_t k = 0; k < N; ++k) offsets[k] += strides[k][d];
      if (++index[d] < sizes[d]) break;
      for (size_t k = 0; k < N; ++k) offsets[k] -= strides[k][d] * sizes[d];
      index[d] = 0;
    }
    if (d == static_cast<size_t>(-1)) return;
  }
}

// Calls each(offsets) for every element.
template <size_t N, class Each>
void walk_each(DimsView sizes, const std::array<DimsView, N>& strides, Each&& each) {
  walk<N>(sizes, strides, [&](std::array<int64_t, N> at, int64_t count, const auto& steps) {
    for (int64_t i = 0; i < count; ++i) {
      each(at);
      for (size_t k = 0; k < N; ++k) at[k] += steps[k];
    }
  });
}

}  // namespace temper
