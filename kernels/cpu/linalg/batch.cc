#include "kernels/cpu/linalg/batch.h"

#include <cstring>

#include "absl/strings/str_replace.h"
#include "core/base/error.h"

namespace temper::linalg {

Dims batch_of(const Tensor& m) { return Dims(m.sizes().begin(), m.sizes().end() - 2); }

Dims with_matrix(DimsView batch, int64_t rows, int64_t cols) {
  Dims sizes(batch.begin(), batch.end());
  sizes.push_back(rows);
  sizes.push_back(cols);
  return sizes;
}

Dims with_vector(DimsView batch, int64_t length) {
  Dims sizes(batch.begin(), batch.end());
  sizes.push_back(length);
  return sizes;
}

int64_t rows(const Tensor& t) { return t.size(-2); }
int64_t cols(const Tensor& t) { return t.size(-1); }

Tensor column_major_empty(DimsView batch, int64_t rows, int64_t cols, DType dtype) {
  return empty(with_matrix(batch, cols, rows), dtype).transpose(-2, -1);
}

Tensor column_major_zeros(DimsView batch, int64_t rows, int64_t cols, DType dtype) {
  return zeros(with_matrix(batch, cols, rows), dtype).transpose(-2, -1);
}

Tensor column_major_copy(const Tensor& matrices) {
  Tensor out =
      column_major_empty(batch_of(matrices), rows(matrices), cols(matrices), matrices.dtype());
  copy_into(out, matrices);
  return out;
}

void check_matrix(const char* op, const Tensor& t) {
  if (t.dim() < 2) {
    fail(op, ": The input tensor A must have at least 2 dimensions.");
  }
}

void check_square(const char* op, const Tensor& t) {
  check_matrix(op, t);
  if (rows(t) != cols(t)) {
    fail(op, ": A must be batches of square matrices, but they are ", rows(t), " by ", cols(t),
         " matrices");
  }
}

void check_lapack_dtype(const char* op, const Tensor& t) {
  const DType d = t.dtype();
  if (d == DType::kFloat32 || d == DType::kFloat64 || d == DType::kComplex64 ||
      d == DType::kComplex128) {
    return;
  }
  if (is_floating(d) || is_complex(d)) {
    fail(op, ": Low precision dtypes not supported. Got ", dtype_name(d));
  }
  fail(op, ": Expected a floating point or complex tensor as input. Got ", dtype_name(d));
}

void broadcast_batches(Tensor& a, Tensor& b) {
  const Dims batch = broadcast(batch_of(a), batch_of(b));
  a = a.expand(with_matrix(batch, rows(a), cols(a)));
  b = b.expand(with_matrix(batch, rows(b), cols(b)));
}

Tensor make_info(DimsView batch) { return zeros(batch, DType::kInt32); }

void check_info(const char* op, const Tensor& info, const char* what) {
  const int32_t* values = info.data<int32_t>();
  for (int64_t i = 0; i < info.numel(); ++i) {
    if (values[i] == 0) continue;
    const std::string where = info.dim() > 0 ? str_cat("(Batch element ", i, "): ") : "";
    if (values[i] < 0) {
      fail(op, ": ", where, "Argument ", -values[i], " has illegal value.");
    }
    fail(op, ": ", where, absl::StrReplaceAll(what, {{"{}", std::to_string(values[i])}}));
  }
}

void keep_triangle(const Tensor& matrices, bool upper) {
  const int64_t m = rows(matrices), n = cols(matrices);
  if (matrices.numel() == 0) return;
  const int64_t count = matrices.numel() / (m * n);
  visit_size(matrices.dtype(), [&]<class T>() {
    for (int64_t b = 0; b < count; ++b) {
      T* matrix = reinterpret_cast<T*>(matrices.raw()) + b * m * n;
      for (int64_t j = 0; j < n; ++j) {
        for (int64_t i = 0; i < m; ++i) {
          if (upper ? i > j : i < j) std::memset(matrix + j * m + i, 0, sizeof(T));
        }
      }
    }
  });
}

}  // namespace temper::linalg
