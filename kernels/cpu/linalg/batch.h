#pragma once
// Batches of matrices in the layout LAPACK wants: the last two dims column-major, batch dims
// contiguous in front.

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/op/op_call.h"
#include "core/tensor/dispatch.h"
#include "core/tensor/tensor.h"

namespace temper::linalg {

using LapackTypes = TypeSet<float, double, Complex64, Complex128>;

Dims batch_of(const Tensor& matrices);  // sizes without the last two
Dims with_matrix(DimsView batch, int64_t rows, int64_t cols);
Dims with_vector(DimsView batch, int64_t length);
int64_t rows(const Tensor& t);
int64_t cols(const Tensor& t);

Tensor column_major_empty(DimsView batch, int64_t rows, int64_t cols, DType dtype);
Tensor column_major_zeros(DimsView batch, int64_t rows, int64_t cols, DType dtype);
Tensor column_major_copy(const Tensor& matrices);

// Throw PyTorch's messages, starting with `op`.
void check_matrix(const char* op, const Tensor& t);
void check_square(const char* op, const Tensor& t);
void check_lapack_dtype(const char* op, const Tensor& t);

// The same batch dims for both, by broadcasting (views).
void broadcast_batches(Tensor& a, Tensor& b);

// Element pointers of the i-th matrix or vector of a tensor laid out by the functions above.
template <class T>
T* at(const Tensor& t, int64_t index, int64_t item) {
  return t.data<T>() + index * item;
}

template <class T>
bool all_finite(const T* values, int64_t n) {
  return std::all_of(values, values + n, [](T v) {
    if constexpr (requires { v.imag(); }) {
      return std::isfinite(v.real()) && std::isfinite(v.imag());
    } else {
      return std::isfinite(v);
    }
  });
}
template <class T>
void fill_nan(T* values, int64_t n) {
  std::fill(values, values + n, T(std::numeric_limits<double>::quiet_NaN()));
}

// `info` of every matrix, an int32 tensor of the batch's shape, 0 filled.
Tensor make_info(DimsView batch);
// Throws for the first nonzero entry.
void check_info(const char* op, const Tensor& info, const char* what);

// Copies the lower / upper triangle, zeros elsewhere; in place on column-major matrices.
void keep_triangle(const Tensor& matrices, bool upper);

}  // namespace temper::linalg
