#include "kernels/cpu/linalg/solve.h"

#include <algorithm>
#include <cstdlib>

#include "core/base/error.h"
#include "kernels/cpu/linalg/batch.h"
#include "kernels/cpu/linalg/kernels.h"
#include "kernels/cpu/linalg/lapack.h"

namespace temper::linalg {
namespace {

// b as the right-hand side of A x = b, with the words of the older operators.
void check_right_side(const char* op, const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype()) {
    fail("Expected b and A to have the same dtype, but found b of type ", dtype_name(b.dtype()),
         " and A of type ", dtype_name(a.dtype()), " instead.");
  }
  if (rows(a) != cols(a)) {
    fail("A must be batches of square matrices, but they are ", rows(a), " by ", cols(a),
         " matrices");
  }
  if (rows(a) != rows(b)) {
    fail("Incompatible matrix sizes for ", op, ": each A matrix is ", cols(a), " by ", cols(a),
         " but each b matrix is ", rows(b), " by ", cols(b));
  }
}

void check_dims(const char* op, const char* name, const Tensor& t) {
  if (t.dim() < 2) {
    fail(op, "Expected ", name, " to have at least 2 dimensions, but it has ", t.dim(),
         " dimensions instead");
  }
}

void check_b(const char* op, const Tensor& b) {
  if (b.dim() < 2) fail(op, ": The input tensor B must have at least 2 dimensions.");
}

void check_equation(const char* op, const Tensor& a, const Tensor& b, bool left) {
  if (rows(a) == (left ? rows(b) : cols(b))) return;
  fail(op, ": Incompatible shapes of A and B for the equation ", left ? "AX = B" : "XA = B", " (",
       rows(a), "x", cols(a), " and ", rows(b), "x", cols(b), ")");
}

void check_pivots_of(const char* op, const char* factors, const Tensor& matrices,
                     const Tensor& pivots) {
  if (pivots.sizes() == matrices.sizes().subspan(0, matrices.sizes().size() - 1)) return;
  fail(op, ": Expected ", factors,
       ".shape[:-1] and pivots.shape to be the same, but got pivots with shape ",
       to_string(pivots.sizes()), " instead");
}

// In place, a dense tensor; real ones stay as they are.
void conjugate(const Tensor& t) {
  if (!is_complex(t.dtype())) return;
  visit(t.dtype(), "conj", ComplexTypes{}, [&]<class T>() {
    for (int64_t i = 0; i < t.numel(); ++i) t.data<T>()[i] = std::conj(t.data<T>()[i]);
  });
}

// LAPACK follows pivots without looking at them.
void check_lu_pivots(const Tensor& pivots, int64_t n) {
  const Tensor order = pivots.contiguous();
  const int32_t* p = order.data<int32_t>();
  for (int64_t i = 0; i < order.numel(); ++i) {
    if (p[i] < 1) {
      fail(
          "Pivots given to lu_solve must all be greater or equal to 1. Did you properly pass the "
          "result of lu_factor?");
    }
    if (p[i] > n) fail("linalg.lu_solve: pivot ", p[i], " of a matrix with ", n, " rows");
  }
}

// Rows of n pivots; those of blocks of two are negative and come in pairs.
void check_ldl_pivots(const Tensor& pivots, int64_t n) {
  const int32_t* p = pivots.data<int32_t>();
  int64_t negative = 0;
  for (int64_t i = 0; i < pivots.numel(); ++i) {
    const bool ends = (i + 1) % n == 0;
    negative = p[i] < 0 ? negative + 1 : 0;
    const bool alone = negative % 2 == 1 && (ends || p[i + 1] >= 0);
    if (p[i] == 0 || std::abs(int64_t{p[i]}) > n || alone) {
      fail("torch.linalg.ldl_solve: the pivots are not those of a factorization");
    }
    if (ends) negative = 0;
  }
}

// body(factor, right-hand side, index) for each system; both are column-major, the factors square.
template <class Body>
void each_system(const char* op, const Tensor& factors, const Tensor& b, const Body& body) {
  const int64_t factor = rows(factors) * cols(factors), side = rows(b) * cols(b);
  visit(b.dtype(), op, LapackTypes{}, [&]<class T>() {
    for (int64_t i = 0; b.numel() > 0 && i < b.numel() / side; ++i) {
      body(at<T>(factors, i, factor), at<T>(b, i, side), i);
    }
  });
}

}  // namespace

void solve_lu(const Tensor& lu, const Tensor& pivots, const Tensor& b, char trans) {
  if (b.numel() == 0) return;
  const Tensor factors = column_major_copy(lu), order = pivots.contiguous();
  const int n = static_cast<int>(rows(lu)), rhs = static_cast<int>(cols(b));
  each_system("linalg.lu_solve", factors, b, [&](auto* factor, auto* x, int64_t i) {
    lapack::getrs(trans, n, rhs, factor, at<int32_t>(order, i, n), x);
  });
}

void cholesky_solve(OpCall& call) {
  Tensor b = call.tensor(0), a = call.tensor(1);
  for (const auto& [name, t] : {std::pair{"b", &b}, {"u", &a}}) {
    if (t->dim() < 2)
      fail(name, " should have at least 2 dimensions, but has ", t->dim(), " dimensions instead");
  }
  check_right_side("cholesky_solve", a, b);
  broadcast_batches(a, b);
  const Tensor x = column_major_copy(b), factors = column_major_copy(a);
  const int n = static_cast<int>(rows(a)), rhs = static_cast<int>(cols(b));
  const char triangle = call.boolean(2) ? 'U' : 'L';
  each_system("cholesky_solve", factors, x, [&](auto* factor, auto* side, int64_t) {
    lapack::potrs(triangle, n, rhs, factor, side);
  });
  call.ret(x);
}

// linalg_lu_solve(LU, pivots, B, left, adjoint) and lu_solve(B, LU, pivots).
void lu_solve(OpCall& call) {
  const bool legacy = call.size() == 3;
  Tensor factors = call.tensor(legacy ? 1 : 0), pivots = call.tensor(legacy ? 2 : 1);
  Tensor b = call.tensor(legacy ? 0 : 2);
  const bool left = legacy || call.boolean(3), adjoint = !legacy && call.boolean(4);
  constexpr const char* kName = "linalg.lu_solve";
  check_square(kName, factors);
  check_lapack_dtype(kName, factors);
  if (factors.dtype() != b.dtype()) {
    fail(kName, ": Expected LU and B to have the same dtype, but found LU of type ",
         dtype_name(factors.dtype()), " and B of type ", dtype_name(b.dtype()), " instead");
  }
  if (pivots.dtype() != DType::kInt32) {
    fail(kName, ": pivots should be a Tensor of scalar type torch.int32");
  }
  check_b(kName, b);
  check_equation(kName, factors, b, left);
  if (pivots.dim() == 0 || pivots.size(-1) != rows(factors)) {
    fail(kName, ": Number of pivots per batch should be same as the dimension of the matrix");
  }
  check_pivots_of(kName, "LU", factors, pivots);
  check_lu_pivots(pivots, rows(factors));
  const Dims batch = broadcast(batch_of(factors), batch_of(b));
  factors = factors.expand(with_matrix(batch, rows(factors), cols(factors)));
  pivots = pivots.expand(with_vector(batch, rows(factors)));
  b = b.expand(with_matrix(batch, rows(b), cols(b)));
  if (left) {
    const Tensor x = column_major_copy(b);
    solve_lu(factors, pivots, x, adjoint ? 'C' : 'N');
    return call.ret(x);
  }
  // X A = B is A^T X^T = B^T; with the adjoint, X A^H = B is A conj(X)^T = conj(B)^T.
  const Tensor x = column_major_copy(b.transpose(-2, -1));
  if (adjoint) conjugate(x);
  solve_lu(factors, pivots, x, adjoint ? 'N' : 'T');
  if (adjoint) conjugate(x);
  call.ret(x.transpose(-2, -1));
}

void solve_triangular(OpCall& call) {
  Tensor a = call.tensor(0), b = call.tensor(1);
  const bool upper = call.boolean(2), left = call.boolean(3), unit = call.boolean(4);
  check_square("linalg.solve_triangular", a);
  check_lapack_dtype("linalg.solve_triangular", a);
  check_b("linalg.solve_triangular", b);
  check_equation("linalg.solve_triangular", a, b, left);
  b = to_dtype(b, a.dtype());
  broadcast_batches(a, b);
  // X A = B is A^T X^T = B^T.
  const Tensor factors = column_major_copy(left ? a : a.transpose(-2, -1));
  const Tensor x = column_major_copy(left ? b : b.transpose(-2, -1));
  const int n = static_cast<int>(rows(factors)), rhs = static_cast<int>(cols(x));
  each_system("linalg.solve_triangular", factors, x, [&](auto* factor, auto* side, int64_t) {
    lapack::trtrs(upper == left ? 'U' : 'L', 'N', unit ? 'U' : 'N', n, rhs, factor, side);
  });
  call.ret(left ? x : x.transpose(-2, -1));
}

void triangular_solve(OpCall& call) {
  Tensor b = call.tensor(0), a = call.tensor(1);
  check_dims("torch.triangular_solve: ", "b", b);
  check_dims("torch.triangular_solve: ", "A", a);
  check_right_side("triangular_solve", a, b);
  broadcast_batches(a, b);
  const Tensor factors = column_major_copy(a), x = column_major_copy(b);
  const int n = static_cast<int>(rows(a)), rhs = static_cast<int>(cols(b));
  const char triangle = call.boolean(2) ? 'U' : 'L', trans = call.boolean(3) ? 'T' : 'N';
  const char diagonal = call.boolean(4) ? 'U' : 'N';
  each_system("triangular_solve", factors, x, [&](auto* factor, auto* side, int64_t) {
    const int info = lapack::trtrs(triangle, trans, diagonal, n, rhs, factor, side);
    if (info > 0) fail("triangular_solve: the matrix is singular");
  });
  call.ret(0, x);
  call.ret(1, factors);
}

void ldl_solve(OpCall& call) {
  Tensor ld = call.tensor(0), b = call.tensor(2);
  constexpr const char* kName = "torch.linalg.ldl_solve";
  check_square(kName, ld);
  check_lapack_dtype(kName, ld);
  check_b(kName, b);
  check_right_side(kName, ld, b);
  check_pivots_of(kName, "LD", ld, call.tensor(1));
  if (!is_integral(call.tensor(1).dtype())) {
    fail(kName, ": Expected pivots to be integers. Got ", dtype_name(call.tensor(1).dtype()));
  }
  const Dims batch = broadcast(batch_of(ld), batch_of(b));
  const Tensor pivots =
      to_dtype(call.tensor(1), DType::kInt32).expand(with_vector(batch, rows(ld))).contiguous();
  check_ldl_pivots(pivots, rows(ld));
  broadcast_batches(ld, b);
  const Tensor factors = column_major_copy(ld), x = column_major_copy(b);
  const int n = static_cast<int>(rows(ld)), rhs = static_cast<int>(cols(b));
  each_system("linalg.ldl_solve", factors, x, [&](auto* factor, auto* side, int64_t i) {
    lapack::sytrs(call.boolean(3), n, rhs, factor, at<int32_t>(pivots, i, n), side);
  });
  call.ret(x);
}

}  // namespace temper::linalg
