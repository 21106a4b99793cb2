#include "kernels/cpu/product_checks.h"

#include "core/base/error.h"
#include "core/tensor/dispatch.h"

namespace temper {

void check_same_dtype(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype()) {
    fail("expected scalar type ", dtype_name(a.dtype()), " but found ", dtype_name(b.dtype()));
  }
}

void check_operands(const char* routine, const Tensor& a, const Tensor& b) {
  const bool half = a.dtype() == DType::kFloat16 && b.dtype() != a.dtype();
  if (half || a.dtype() == DType::kBool) dtype_not_supported(routine, a.dtype());
  check_same_dtype(a, b);
}

// The operand of more dims comes first there.
void check_matmul(const Tensor& a, const Tensor& b) {
  const bool turned = a.dim() <= 2 && b.dim() >= 3;
  const bool vector = (turned ? a : b).dim() == 1;
  const char* routine = a.dim() >= 3 && b.dim() >= 3 ? "bmm"
                        : vector                     ? kVectorRoutine
                                                     : kMatrixRoutine;
  check_operands(routine, turned ? b : a, turned ? a : b);
}

void check_vectors(const Tensor& a, const Tensor& b) {
  if (a.dim() != 1 || b.dim() != 1) {
    fail("1D tensors expected, but got ", a.dim(), "D and ", b.dim(), "D tensors");
  }
  if (a.dtype() != b.dtype()) {
    fail("dot : expected both vectors to have same dtype, but found ", dtype_name(a.dtype()),
         " and ", dtype_name(b.dtype()));
  }
  if (a.dtype() == DType::kBool) dtype_not_supported("dot", a.dtype());
}

void check_sum_dtypes(const Tensor& self, const Tensor& a, const Tensor& b) {
  for (const Tensor* t : {&self, &a}) {
    if (t->dtype() == b.dtype()) continue;
    fail(t == &self ? "self" : "mat1", " and mat2 must have the same dtype");
  }
}

void check_matrix_vector(const Tensor& a, const Tensor& v, int64_t rank, int64_t rows) {
  if (a.dim() != 2 || v.dim() != 1 || rank > 1) {
    fail("vector + matrix @ vector expected, got ", rank, ", ", a.dim(), ", ", v.dim());
  }
  if (a.size(1) != v.size(0) || (rows != a.size(0) && rows != 1)) {
    fail("size mismatch, got ", rows, ", ", a.size(0), "x", a.size(1), ",", v.size(0));
  }
}

void check_matrix(const char* name, const Tensor& t) {
  if (t.dim() != 2) fail(name, " must be a matrix, got ", t.dim(), "-D tensor");
}

}  // namespace temper
