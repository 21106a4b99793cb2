#pragma once
// Reading elements by index: shared by several families.

#include "core/op/run_context.h"
#include "core/tensor/tensor.h"

namespace temper::indexing {

// self[..., indices[i], ...] along `dim`; indices are int32 or int64, 0- or 1-dim, not negative.
Tensor select_indices(const RunContext& context, const Tensor& self, int64_t dim,
                      const Tensor& indices);
// out[i...] = self[..., index[i...], ...] along `dim`.
Tensor gather_along(const RunContext& context, const Tensor& self, int64_t dim,
                    const Tensor& index);
// Elements by their number in row-major order; negative numbers count from the end.
Tensor take_flat(const Tensor& self, const Tensor& index);
// Coordinates of the elements that are not zero, [count, rank], int64.
Tensor nonzero_coordinates(const Tensor& self);

// int64 indices, made of int32 ones where need be; other dtypes are errors that name `op`.
Tensor wide_index(const Tensor& index, const char* op);

[[noreturn]] void index_out_of_bounds(int64_t index, int64_t dim, int64_t size);
// A 0-dim tensor seen as one with a single dim.
Tensor as_vector(const Tensor& self);

}  // namespace temper::indexing
