// Cholesky, LU and LDL factorizations and what follows from them.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/error.h"
#include "kernels/cpu/linalg/batch.h"
#include "kernels/cpu/linalg/kernels.h"
#include "kernels/cpu/linalg/lapack.h"
#include "kernels/cpu/linalg/solve.h"

namespace temper::linalg {
namespace {

constexpr const char* kNotPositive =
    "The factorization could not be completed because the input is not positive-definite (the "
    "leading minor of order {} is not positive-definite).";
constexpr const char* kSingular =
    "The diagonal element {} is zero, the inversion could not be completed because the input "
    "matrix is singular.";
constexpr const char* kSolveSingular = "The solver failed because the input matrix is singular.";
constexpr const char* kZeroPivot =
    "U[{},{}] is zero and using it on lu_solve would result in a division by zero. If you still "
    "want to perform the factorization, consider calling linalg.lu(A, pivot) or "
    "linalg.lu_factor_ex(A, pivot)";

struct Factored {
  Tensor matrix;
  Tensor info;
};

Factored factor_cholesky(const char* op, const Tensor& a, bool upper) {
  check_square(op, a);
  check_lapack_dtype(op, a);
  Factored result{column_major_copy(a), make_info(batch_of(a))};
  const int64_t n = rows(a), item = n * n;
  visit(a.dtype(), op, LapackTypes{}, [&]<class T>() {
    for (int64_t i = 0; item > 0 && i < result.info.numel(); ++i) {
      result.info.data<int32_t>()[i] =
          lapack::potrf(upper ? 'U' : 'L', static_cast<int>(n), at<T>(result.matrix, i, item));
    }
  });
  keep_triangle(result.matrix, upper);
  return result;
}

struct LU {
  Tensor matrix;
  Tensor pivots;  // int32, 1-based
  Tensor info;
};

LU factor_lu(const char* op, const Tensor& a) {
  check_matrix(op, a);
  check_lapack_dtype(op, a);
  const int64_t m = rows(a), n = cols(a), k = std::min(m, n);
  LU lu{column_major_copy(a), zeros(with_vector(batch_of(a), k), DType::kInt32),
        make_info(batch_of(a))};
  visit(a.dtype(), op, LapackTypes{}, [&]<class T>() {
    for (int64_t i = 0; m * n > 0 && i < lu.info.numel(); ++i) {
      lu.info.data<int32_t>()[i] =
          lapack::getrf(static_cast<int>(m), static_cast<int>(n), at<T>(lu.matrix, i, m * n),
                        at<int32_t>(lu.pivots, i, k));
    }
  });
  return lu;
}

Tensor identity(DimsView batch, int64_t n, DType dtype) {
  Tensor eye = column_major_zeros(batch, n, n, dtype);
  const Tensor diagonal = eye.as_strided(
      with_vector(batch, n),
      [&] {
        Dims strides(eye.strides().begin(), eye.strides().end() - 1);
        strides.back() = n + 1;
        return strides;
      }(),
      eye.offset());
  copy_into(diagonal, full({}, 1, dtype));
  return eye;
}

// B as matrices: a right-hand side of vectors gets one column.
bool is_vector_rhs(const Tensor& a, const Tensor& b) {
  if (b.dim() == 1) return true;
  if (b.dim() != a.dim() - 1) return false;
  return b.sizes() == DimsView(a.sizes()).subspan(0, static_cast<size_t>(a.dim() - 1));
}

struct Solution {
  Tensor x;
  LU lu;
};

Solution solve_system(const char* op, Tensor a, Tensor b, bool left) {
  check_square(op, a);
  if (a.dtype() != b.dtype()) {
    fail(op, ": Expected A and B to have the same dtype, but found A of type ",
         dtype_name(a.dtype()), " and B of type ", dtype_name(b.dtype()), " instead");
  }
  if (b.dim() == 0) fail(op, ": The input tensor B must have at least 2 dimensions.");
  const bool vector = is_vector_rhs(a, b);
  if (vector && !left) fail(op, ": Vector broadcasting of the left hand side is not supported");
  if (vector) b = b.unsqueeze(-1);
  if (rows(a) != (left ? rows(b) : cols(b))) {
    fail(op, ": Incompatible shapes of A and B for the equation ", left ? "AX = B" : "XA = B", " (",
         rows(a), "x", cols(a), " and ", rows(b), "x", cols(b), ")");
  }
  broadcast_batches(a, b);
  Solution s{Tensor(), factor_lu(op, left ? a : a.transpose(-2, -1))};
  Tensor x = column_major_copy(left ? b : b.transpose(-2, -1));
  solve_lu(s.lu.matrix, s.lu.pivots, x, 'N');
  if (!left) x = x.transpose(-2, -1);
  s.x = vector ? x.squeeze(-1) : x;
  return s;
}

// Product of the diagonal with the sign of the permutation.
template <class T, class Body>
void for_diagonals(const LU& lu, int64_t n, const Body& body) {
  for (int64_t i = 0; i < lu.info.numel(); ++i) {
    const T* matrix = at<T>(lu.matrix, i, n * n);
    const int32_t* pivots = at<int32_t>(lu.pivots, i, n);
    bool odd = false;
    for (int64_t k = 0; k < n; ++k) odd ^= pivots[k] != k + 1;
    body(i, matrix, odd);
  }
}

}  // namespace

void cholesky(OpCall& call) {
  Factored f = factor_cholesky("linalg.cholesky", call.tensor(0), call.boolean(1));
  check_info("linalg.cholesky", f.info, kNotPositive);
  call.ret(f.matrix);
}

void cholesky_legacy(OpCall& call) {
  Factored f = factor_cholesky("cholesky", call.tensor(0), call.boolean(1));
  check_info("cholesky", f.info, kNotPositive);
  call.ret(f.matrix);
}

void cholesky_ex(OpCall& call) {
  Factored f = factor_cholesky("linalg.cholesky_ex", call.tensor(0), call.boolean(1));
  if (call.boolean(2)) check_info("linalg.cholesky_ex", f.info, kNotPositive);
  call.ret(0, f.matrix);
  call.ret(1, f.info);
}

void cholesky_inverse(OpCall& call) {
  const Tensor a = call.tensor(0);
  const bool upper = call.boolean(1);
  check_square("cholesky_inverse", a);
  const Tensor out = column_major_copy(a);
  const int64_t n = rows(a), item = n * n;
  visit(a.dtype(), "cholesky_inverse", LapackTypes{}, [&]<class T>() {
    for (int64_t b = 0; item > 0 && b < out.numel() / item; ++b) {
      T* m = at<T>(out, b, item);
      const int info = lapack::potri(upper ? 'U' : 'L', static_cast<int>(n), m);
      if (info > 0)
        fail("cholesky_inverse: ", absl::StrCat("U(", info, ",", info, ") is zero, singular U."));
      for (int64_t j = 0; j < n; ++j) {
        for (int64_t i = j + 1; i < n; ++i) {  // mirror the computed triangle
          T& low = m[j * n + i];
          T& high = m[i * n + j];
          if constexpr (requires { low.imag(); }) {
            (upper ? low : high) = std::conj(upper ? high : low);
          } else {
            (upper ? low : high) = upper ? high : low;
          }
        }
      }
    }
  });
  call.ret(out);
}

void inv_ex(OpCall& call) {
  const Tensor a = call.tensor(0);
  check_square("linalg.inv", a);
  const LU lu = factor_lu("linalg.inv", a);
  const Tensor x = identity(batch_of(a), rows(a), a.dtype());
  solve_lu(lu.matrix, lu.pivots, x, 'N');
  if (call.size() < 2 || call.boolean(1)) check_info("linalg.inv", lu.info, kSingular);
  call.ret(0, x);
  if (call.num_outputs() > 1) call.ret(1, lu.info);
}

void inv(OpCall& call) { inv_ex(call); }

void det(OpCall& call) {
  const Tensor a = call.tensor(0);
  check_square("linalg.det", a);
  const LU lu = factor_lu("linalg.det", a);
  const Tensor out = empty(batch_of(a), a.dtype());
  const int64_t n = rows(a);
  visit(a.dtype(), "linalg.det", LapackTypes{}, [&]<class T>() {
    for_diagonals<T>(lu, n, [&](int64_t i, const T* m, bool odd) {
      T product = odd ? T(-1) : T(1);
      for (int64_t k = 0; k < n; ++k) product *= m[k * n + k];
      out.data<T>()[i] = product;
    });
  });
  call.ret(0, out);
  if (call.num_outputs() == 3) {
    call.ret(1, lu.matrix);
    call.ret(2, lu.pivots);
  }
}

void slogdet(OpCall& call) {
  const Tensor a = call.tensor(0);
  check_square("linalg.slogdet", a);
  const LU lu = factor_lu("linalg.slogdet", a);
  const Tensor sign = empty(batch_of(a), a.dtype());
  const Tensor logabs = empty(batch_of(a), to_real(a.dtype()));
  const int64_t n = rows(a);
  visit(a.dtype(), "linalg.slogdet", LapackTypes{}, [&]<class T>() {
    for_diagonals<T>(lu, n, [&](int64_t i, const T* m, bool odd) {
      T s = odd ? T(-1) : T(1);
      lapack::Real<T> log_sum = 0;
      for (int64_t k = 0; k < n; ++k) {
        const T d = m[k * n + k];
        const auto magnitude = std::abs(d);
        if constexpr (requires { d.imag(); }) {
          s *= magnitude == 0 ? T(0) : d / T(magnitude);
        } else {
          s *= static_cast<T>((d > 0) - (d < 0));  // of NaN 0, like PyTorch
        }
        log_sum += std::log(magnitude);
      }
      sign.data<T>()[i] = s;
      logabs.data<lapack::Real<T>>()[i] = log_sum;
    });
  });
  call.ret(0, sign);
  call.ret(1, logabs);
  if (call.num_outputs() == 4) {
    call.ret(2, lu.matrix);
    call.ret(3, lu.pivots);
  }
}

void lu_factor_ex(OpCall& call) {
  if (!call.boolean(1)) fail("linalg.lu_factor: LU without pivoting is not implemented on the CPU");
  const LU lu = factor_lu("linalg.lu_factor_ex", call.tensor(0));
  if (call.boolean(2)) check_info("linalg.lu_factor_ex", lu.info, kZeroPivot);
  call.ret(0, lu.matrix);
  call.ret(1, lu.pivots);
  call.ret(2, lu.info);
}

void lu_factor(OpCall& call) {
  if (!call.boolean(1)) fail("linalg.lu_factor: LU without pivoting is not implemented on the CPU");
  const LU lu = factor_lu("torch.linalg.lu_factor", call.tensor(0));
  check_info("torch.linalg.lu_factor", lu.info, kZeroPivot);
  call.ret(0, lu.matrix);
  call.ret(1, lu.pivots);
}

namespace {

struct Unpacked {
  Tensor p, l, u;
};

Unpacked unpack(const Tensor& lu, const Tensor& pivots) {
  if (lu.dim() < 2) {
    fail("torch.lu_unpack: Expected tensor with 2 or more dimensions. Got size: ",
         to_string(lu.sizes()), " instead");
  }
  if (pivots.dtype() != DType::kInt32) {
    fail(
        "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\n"
        "Note: this function is intended to be used with the output produced by "
        "torch.linalg.lu_factor");
  }
  const int64_t m = rows(lu), n = cols(lu), k = std::min(m, n);
  const Dims batch = batch_of(lu);
  Unpacked out;
  out.l = column_major_copy(lu.narrow(-1, 0, k));
  keep_triangle(out.l, false);
  const Tensor diagonal = out.l.as_strided(
      with_vector(batch, k),
      [&] {
        Dims strides(out.l.strides().begin(), out.l.strides().end() - 1);
        strides.back() = m + 1;
        return strides;
      }(),
      out.l.offset());
  copy_into(diagonal, full({}, 1, lu.dtype()));
  out.u = column_major_copy(lu.narrow(-2, 0, k));
  keep_triangle(out.u, true);
  out.p = zeros(with_matrix(batch, m, m), lu.dtype());
  const Tensor one = full({}, 1, lu.dtype());
  const Tensor order = pivots.contiguous();
  const int64_t count = numel_of(batch);
  if (order.numel() != count * k) {
    fail("torch.lu_unpack: ", to_string(pivots.sizes()), " pivots do not belong to matrices of ",
         to_string(lu.sizes()));
  }
  std::vector<int64_t> permutation(static_cast<size_t>(m));
  visit(lu.dtype(), "lu_unpack", LapackTypes{}, [&]<class T>() {
    for (int64_t b = 0; b < count; ++b) {
      std::iota(permutation.begin(), permutation.end(), 0);
      const int32_t* swaps = at<int32_t>(order, b, k);
      for (int64_t i = 0; i < k; ++i) {
        if (swaps[i] < 1 || swaps[i] > m) {
          fail(
              "pivots passed to lu_unpack must be between 1 and LU.size(-2) inclusive.Did you "
              "properly pass the result of lu_factor?");
        }
        std::swap(permutation[static_cast<size_t>(i)],
                  permutation[static_cast<size_t>(swaps[i] - 1)]);
      }
      for (int64_t i = 0; i < m; ++i) {
        at<T>(out.p, b, m * m)[permutation[static_cast<size_t>(i)] * m + i] = T(1);
      }
    }
  });
  return out;
}

}  // namespace

void lu(OpCall& call) {
  if (!call.boolean(1)) fail("linalg.lu: LU without pivoting is not implemented on the CPU");
  const LU factors = factor_lu("linalg.lu", call.tensor(0));
  Unpacked parts = unpack(factors.matrix, factors.pivots);
  call.ret(0, parts.p);
  call.ret(1, parts.l);
  call.ret(2, parts.u);
}

void lu_unpack(OpCall& call) {
  Unpacked parts = unpack(call.tensor(0), call.tensor(1));
  const Tensor nothing = empty({0}, call.tensor(0).dtype());
  call.ret(0, call.boolean(3) ? parts.p : nothing);
  call.ret(1, call.boolean(2) ? parts.l : nothing);
  call.ret(2, call.boolean(2) ? parts.u : nothing);
}

void solve(OpCall& call) {
  const Solution s = solve_system("linalg.solve", call.tensor(0), call.tensor(1), call.boolean(2));
  check_info("torch.linalg.solve", s.lu.info, kSolveSingular);
  call.ret(s.x);
}

void solve_ex(OpCall& call) {
  const Solution s =
      solve_system("linalg.solve_ex", call.tensor(0), call.tensor(1), call.boolean(2));
  if (call.boolean(3)) check_info("torch.linalg.solve_ex", s.lu.info, kSolveSingular);
  call.ret(0, s.x);
  if (call.num_outputs() == 2) return call.ret(1, s.lu.info);
  call.ret(1, s.lu.matrix);
  call.ret(2, s.lu.pivots);
  call.ret(3, s.lu.info);
}

void ldl_factor_ex(OpCall& call) {
  const Tensor a = call.tensor(0);
  const bool hermitian = call.boolean(1);
  check_square("torch.linalg.ldl_factor_ex", a);
  check_lapack_dtype("torch.linalg.ldl_factor_ex", a);
  const Tensor ld = column_major_copy(a);
  keep_triangle(ld, false);
  const int64_t n = rows(a);
  const Tensor pivots = zeros(with_vector(batch_of(a), n), DType::kInt32);
  const Tensor info = make_info(batch_of(a));
  visit(a.dtype(), "linalg.ldl_factor_ex", LapackTypes{}, [&]<class T>() {
    for (int64_t i = 0; n > 0 && i < info.numel(); ++i) {
      info.data<int32_t>()[i] = lapack::sytrf(hermitian, static_cast<int>(n), at<T>(ld, i, n * n),
                                              at<int32_t>(pivots, i, n));
    }
  });
  const bool check = call.num_outputs() == 2 || call.boolean(2);
  if (check) {
    check_info("torch.linalg.ldl_factor_ex", info,
               "D[{},{}] is zero and using it on ldl_solve would result in a division by zero.");
  }
  call.ret(0, ld);
  call.ret(1, pivots);
  if (call.num_outputs() == 3) call.ret(2, info);
}

void ldl_factor(OpCall& call) { ldl_factor_ex(call); }

}  // namespace temper::linalg
