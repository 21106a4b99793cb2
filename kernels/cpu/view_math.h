#pragma once
// Views that several families build.

#include "core/tensor/tensor.h"

namespace temper::views {

Tensor squeeze_all(const Tensor& self);
Tensor squeeze_listed(const Tensor& self, DimsView dims);
Tensor diagonal_of(const Tensor& self, int64_t offset, int64_t dim1, int64_t dim2);
Tensor unfold_of(const Tensor& self, int64_t dim, int64_t size, int64_t step);
Tensor flatten_dims(const Tensor& self, int64_t start, int64_t end);
Tensor move_dims(const Tensor& self, DimsView source, DimsView destination);
Tensor view_as_dtype(const Tensor& self, DType dtype);
// At least `rank` (1, 2 or 3) dims, as NumPy adds them.
Tensor at_least(const Tensor& self, int64_t rank);
// The complex conjugate as a copy; real tensors are returned as they are.
Tensor conjugate(const Tensor& self);
Tensor view_complex_as_real(const Tensor& self);
std::vector<Tensor> split_by(const Tensor& self, DimsView sizes, int64_t dim);
std::vector<Tensor> split_at(const Tensor& self, DimsView indices, int64_t dim);
std::vector<Tensor> broadcast_all(const std::vector<Tensor>& tensors);

}  // namespace temper::views
