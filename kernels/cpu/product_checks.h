#pragma once
// What products ask of their operands' dtypes and dims, in PyTorch's words.

#include "core/tensor/tensor.h"

namespace temper {

// Routines that errors name: of matrices, and of a matrix and a vector.
inline constexpr const char* kMatrixRoutine = "addmm_impl_cpu_";
inline constexpr const char* kVectorRoutine = "addmv_impl_cpu";

void check_same_dtype(const Tensor& a, const Tensor& b);
// In the words of the routine that PyTorch gives the operands to. Unlike it, products of half
// precision are computed.
void check_operands(const char* routine, const Tensor& a, const Tensor& b);
// Of torch.matmul, unless both are vectors.
void check_matmul(const Tensor& a, const Tensor& b);
// Of a dot product.
void check_vectors(const Tensor& a, const Tensor& b);
void check_matrix(const char* name, const Tensor& t);
// `rank` and `rows` are those of what the product is added to.
void check_matrix_vector(const Tensor& a, const Tensor& v, int64_t rank, int64_t rows);
// Of a sum with a product of matrices.
void check_sum_dtypes(const Tensor& self, const Tensor& a, const Tensor& b);

}  // namespace temper
