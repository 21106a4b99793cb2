#pragma once
// Sizes, strides and the arithmetic on them. Strides count elements.

#include <cstdint>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"

namespace temper {

using Dims = absl::InlinedVector<int64_t, 5>;
using DimsView = absl::Span<const int64_t>;

// Product of sizes; throws on overflow or a negative size.
int64_t numel_of(DimsView sizes);
Dims contiguous_strides(DimsView sizes);
Dims channels_last_strides(DimsView sizes);  // rank 4 (NHWC) or 5 (NDHWC)
bool is_contiguous(DimsView sizes, DimsView strides);
bool is_channels_last(DimsView sizes, DimsView strides);
// No two indices share an element, and no gaps: some permutation of dims is contiguous.
bool is_non_overlapping_and_dense(DimsView sizes, DimsView strides);
// Strides without gaps that keep the order of dims that `strides` has: the layout of new results.
Dims dense_strides_like(DimsView sizes, DimsView strides);
// Elements from the lowest to the highest address touched, 0 when empty.
int64_t storage_extent(DimsView sizes, DimsView strides);

// Negative dims count from the end; throws "Dimension out of range" like PyTorch. rank 0 acts as 1.
int64_t wrap_dim(int64_t dim, int64_t rank);
// The same, but rank 0 has no dims to name.
int64_t existing_dim(int64_t dim, int64_t rank);
Dims wrap_dims(DimsView dims, int64_t rank);  // also rejects repeats
// Broadcast of two shapes; throws PyTorch's message when they do not match.
Dims broadcast(DimsView a, DimsView b);
// Resolves one -1 in `sizes` so that the product is `numel`; throws like view/reshape.
Dims infer_size(DimsView sizes, int64_t numel);
// Strides of a view with `new_sizes` of a tensor (sizes, strides), or false when a copy is needed.
bool view_strides(DimsView sizes, DimsView strides, DimsView new_sizes, Dims* out);

std::string to_string(DimsView dims);  // "[2, 3]"

}  // namespace temper
