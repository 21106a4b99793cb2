// QR, singular values, eigenvalues and least squares.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "kernels/cpu/linalg/batch.h"
#include "kernels/cpu/linalg/kernels.h"
#include "kernels/cpu/linalg/lapack.h"

namespace temper::linalg {
namespace {

Tensor tensor_one(DType dtype) { return full({}, 1, dtype); }

// Sums of squared magnitudes over the rows, or nothing unless every matrix had full rank.
Tensor residual_sums(const Tensor& rest, const Tensor& rank, int64_t full_rank) {
  const DType real = to_real(rest.dtype());
  for (int64_t i = 0; i < rank.numel(); ++i) {
    if (rank.data<int64_t>()[i] != full_rank) return empty({0}, real);
  }
  const Tensor values = to_dtype(rest, DType::kComplex128).contiguous();
  const int64_t m = rows(values), n = cols(values);
  const Tensor sums = zeros(with_vector(batch_of(values), n), DType::kFloat64);
  for (int64_t b = 0; values.numel() > 0 && b < values.numel() / (m * n); ++b) {
    for (int64_t i = 0; i < m; ++i) {
      for (int64_t j = 0; j < n; ++j) {
        sums.data<double>()[b * n + j] += std::norm(at<Complex128>(values, b, m * n)[i * n + j]);
      }
    }
  }
  return to_dtype(sums, real);
}

struct Reflectors {
  Tensor matrix;
  Tensor tau;
};

Reflectors factor_qr(const char* op, const Tensor& a) {
  check_matrix(op, a);
  check_lapack_dtype(op, a);
  const int64_t m = rows(a), n = cols(a), k = std::min(m, n);
  Reflectors r{column_major_copy(a), zeros(with_vector(batch_of(a), k), a.dtype())};
  visit(a.dtype(), op, LapackTypes{}, [&]<class T>() {
    for (int64_t i = 0; a.numel() > 0 && i < a.numel() / (m * n); ++i) {
      lapack::geqrf(static_cast<int>(m), static_cast<int>(n), at<T>(r.matrix, i, m * n),
                    at<T>(r.tau, i, k));
    }
  });
  return r;
}

// The first `columns` columns of Q from reflectors in `matrix`.
Tensor expand_q(const Tensor& matrix, const Tensor& tau, int64_t columns) {
  const int64_t m = rows(matrix), n = cols(matrix), k = tau.size(-1);
  const Dims batch = batch_of(matrix);
  const Tensor q = column_major_zeros(batch, m, columns, matrix.dtype());
  const int64_t shared = std::min(n, columns);
  if (shared > 0) copy_into(q.narrow(-1, 0, shared), matrix.narrow(-1, 0, shared));
  const Tensor scale = tau.contiguous();
  visit(matrix.dtype(), "householder_product", LapackTypes{}, [&]<class T>() {
    for (int64_t i = 0; q.numel() > 0 && i < numel_of(batch); ++i) {
      lapack::orgqr(static_cast<int>(m), static_cast<int>(columns), static_cast<int>(k),
                    at<T>(q, i, m * columns), at<T>(scale, i, k));
    }
  });
  return q;
}

// The routines for eigenvalues follow numbers that they did not set where these are not finite.
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
bool any_nan(const T* values, int64_t n) {
  return std::any_of(values, values + n, [](T v) { return v != v; });
}

struct Singular {
  Tensor u, s, vh;
};

Singular decompose_svd(const char* op, const Tensor& a, bool full, bool vectors) {
  check_matrix(op, a);
  check_lapack_dtype(op, a);
  const int64_t m = rows(a), n = cols(a), k = std::min(m, n);
  const Dims batch = batch_of(a);
  const int64_t ucols = full ? m : k, vrows = full ? n : k;
  Singular out;
  out.s = empty(with_vector(batch, k), to_real(a.dtype()));
  if (vectors) {
    out.u = column_major_empty(batch, m, ucols, a.dtype());
    out.vh = column_major_empty(batch, vrows, n, a.dtype());
  }
  const Tensor work = column_major_copy(a), info = make_info(batch);
  const char job = !vectors ? 'N' : full ? 'A' : 'S';
  visit(a.dtype(), op, LapackTypes{}, [&]<class T>() {
    for (int64_t i = 0; a.numel() > 0 && i < numel_of(batch); ++i) {
      if (any_nan(at<T>(work, i, m * n), m * n)) {
        fail(op,
             ": The algorithm failed to converge because the input matrix contained non-finite "
             "values.");
      }
      info.data<int32_t>()[i] =
          lapack::gesdd(job, static_cast<int>(m), static_cast<int>(n), at<T>(work, i, m * n),
                        at<lapack::Real<T>>(out.s, i, k),
                        vectors ? at<T>(out.u, i, m * ucols) : nullptr, static_cast<int>(m),
                        vectors ? at<T>(out.vh, i, vrows * n) : nullptr, static_cast<int>(vrows));
    }
  });
  check_info(op, info,
             "The algorithm failed to converge because the input matrix is ill-conditioned or has "
             "too many repeated singular values (error code: {}).");
  if (vectors && a.numel() == 0) {  // empty products: any orthonormal basis will do
    for (const Tensor& t : {out.u, out.vh}) {
      fill_zero(t);
      const int64_t d = std::min(rows(t), cols(t));
      for (int64_t i = 0; i < d; ++i)
        copy_into(t.select(-1, i).select(-1, i), tensor_one(t.dtype()));
    }
  }
  return out;
}

struct Symmetric {
  Tensor values, vectors;
};

Symmetric decompose_symmetric(const char* op, const Tensor& a, char uplo, bool vectors) {
  check_square(op, a);
  check_lapack_dtype(op, a);
  const int64_t n = rows(a);
  const Dims batch = batch_of(a);
  Symmetric out{empty(with_vector(batch, n), to_real(a.dtype())), column_major_copy(a)};
  const Tensor info = make_info(batch);
  visit(a.dtype(), op, LapackTypes{}, [&]<class T>() {
    for (int64_t i = 0; a.numel() > 0 && i < numel_of(batch); ++i) {
      info.data<int32_t>()[i] =
          lapack::syevd(vectors ? 'V' : 'N', uplo, static_cast<int>(n),
                        at<T>(out.vectors, i, n * n), at<lapack::Real<T>>(out.values, i, n));
    }
  });
  check_info(op, info,
             "The algorithm failed to converge because the input matrix is ill-conditioned or has "
             "too many repeated eigenvalues (error code: {}).");
  return out;
}

char triangle(const std::string& text) {
  if (text == "L" || text == "l") return 'L';
  if (text == "U" || text == "u") return 'U';
  fail("Expected UPLO argument to be 'L' or 'U', but got ", text);
}

Symmetric decompose_general(const char* op, const Tensor& a, bool vectors) {
  check_square(op, a);
  check_lapack_dtype(op, a);
  const int64_t n = rows(a);
  const Dims batch = batch_of(a);
  const DType dtype = to_complex(a.dtype());
  Symmetric out{empty(with_vector(batch, n), dtype), column_major_empty(batch, n, n, dtype)};
  const Tensor work = column_major_copy(a), info = make_info(batch);
  visit(a.dtype(), op, LapackTypes{}, [&]<class T>() {
    using C = std::complex<lapack::Real<T>>;
    if (!all_finite(at<T>(work, 0, 0), work.numel())) {
      fail("torch.", op, ": input tensor should not contain infs or NaNs.");
    }
    for (int64_t i = 0; a.numel() > 0 && i < numel_of(batch); ++i) {
      info.data<int32_t>()[i] =
          lapack::geev(vectors ? 'V' : 'N', static_cast<int>(n), at<T>(work, i, n * n),
                       at<C>(out.values, i, n), at<C>(out.vectors, i, n * n));
    }
  });
  check_info(op, info,
             "The algorithm failed to converge because the input matrix is ill-conditioned or has "
             "too many repeated eigenvalues (error code: {}).");
  return out;
}

// The matrices, their reflectors and what they are applied to come in equal batches.
void check_reflectors(const Tensor& a, const Tensor& tau, const Tensor& c) {
  const auto batch = [](const Tensor& t, size_t dims) {
    return t.sizes().subspan(0, t.sizes().size() - dims);
  };
  if (a.dim() < 2 || c.dim() != a.dim() || tau.dim() != a.dim() - 1 || tau.size(-1) > a.size(-1) ||
      batch(a, 2) != batch(tau, 1) || batch(a, 2) != batch(c, 2)) {
    fail("torch.ormqr: input, tau and other have shapes ", to_string(a.sizes()), ", ",
         to_string(tau.sizes()), " and ", to_string(c.sizes()), ", which do not belong together");
  }
  for (const auto& [name, t] : {std::pair{"tau", &tau}, {"other", &c}}) {
    if (t->dtype() != a.dtype()) {
      fail("torch.ormqr: Expected input and ", name, " to have the same dtype, but input has dtype",
           dtype_name(a.dtype()), " and ", name, " has dtype ", dtype_name(t->dtype()));
    }
  }
}

}  // namespace

void geqrf(OpCall& call) {
  Reflectors r = factor_qr("geqrf", call.tensor(0));
  call.ret(0, r.matrix);
  call.ret(1, r.tau);
}

void householder_product(OpCall& call) {
  const Tensor a = call.tensor(0), tau = call.tensor(1);
  check_matrix("torch.linalg.householder_product", a);
  if (tau.dim() != a.dim() - 1) {
    fail(
        "torch.linalg.householder_product: Expected tau to have one dimension less than input, but "
        "got tau.ndim equal to ",
        tau.dim(), " and input.ndim is equal to ", a.dim());
  }
  if (a.dtype() != tau.dtype()) {
    fail("torch.linalg.householder_product: tau dtype ", dtype_name(tau.dtype()),
         " does not match input dtype ", dtype_name(a.dtype()));
  }
  if (tau.sizes().subspan(0, tau.sizes().size() - 1) != DimsView(batch_of(a))) {
    fail(
        "torch.linalg.householder_product: Expected batch dimensions of tau to be equal to "
        "input.shape[:-2], but got ",
        to_string(tau.sizes().subspan(0, tau.sizes().size() - 1)));
  }
  if (rows(a) < cols(a)) {
    fail(
        "torch.linalg.householder_product: input.shape[-2] must be greater than or equal to "
        "input.shape[-1]");
  }
  if (tau.size(-1) > cols(a)) {
    fail(
        "torch.linalg.householder_product: input.shape[-1] must be greater than or equal to "
        "tau.shape[-1]");
  }
  call.ret(expand_q(a, tau, cols(a)));
}

void ormqr(OpCall& call) {
  check_reflectors(call.tensor(0), call.tensor(1), call.tensor(2));
  const Tensor a = column_major_copy(call.tensor(0)), tau = call.tensor(1).contiguous();
  const Tensor c = column_major_copy(call.tensor(2));
  const bool left = call.boolean(3), transpose = call.boolean(4);
  const int64_t m = rows(c), n = cols(c), k = tau.size(-1), lda = rows(a);
  if (lda != (left ? m : n))
    fail("torch.ormqr: other.shape[", left ? "-2" : "-1", "] must be equal to input.shape[-2]");
  visit(a.dtype(), "ormqr", LapackTypes{}, [&]<class T>() {
    constexpr bool complex = requires(T v) { v.imag(); };
    for (int64_t i = 0; c.numel() > 0 && i < c.numel() / (m * n); ++i) {
      lapack::ormqr(left ? 'L' : 'R',
                    !transpose ? 'N'
                    : complex  ? 'C'
                               : 'T',
                    static_cast<int>(m), static_cast<int>(n), static_cast<int>(k),
                    at<T>(a, i, lda * cols(a)), static_cast<int>(lda), at<T>(tau, i, k),
                    at<T>(c, i, m * n));
    }
  });
  call.ret(c);
}

// linalg_qr(A, mode) and qr(A, some).
void qr(OpCall& call) {
  const Tensor a = call.tensor(0);
  std::string mode;
  if (call.in(1).is_bool()) {
    mode = call.boolean(1) ? "reduced" : "complete";
  } else {
    mode = call.string(1);
  }
  if (mode != "reduced" && mode != "complete" && mode != "r") {
    fail("qr received unrecognized mode '", mode,
         "' but expected one of 'reduced' (default), 'r', or 'complete'");
  }
  const Reflectors r = factor_qr("linalg.qr", a);
  const int64_t m = rows(a), k = std::min(m, cols(a));
  const int64_t columns = mode == "complete" ? m : k;
  Tensor upper = column_major_zeros(batch_of(a), columns, cols(a), a.dtype());
  const int64_t shared = std::min(columns, m);
  copy_into(upper.narrow(-2, 0, shared), r.matrix.narrow(-2, 0, shared));
  keep_triangle(upper, true);
  call.ret(0, mode == "r" ? empty({0}, a.dtype()) : expand_q(r.matrix, r.tau, columns));
  call.ret(1, upper);
}

// linalg_svd(A, full, *, driver) and _linalg_svd(A, full, compute_uv, *, driver).
void svd(OpCall& call) {
  const bool vectors = call.size() == 3 || call.boolean(2);
  Singular s = decompose_svd("linalg.svd", call.tensor(0), call.boolean(1), vectors);
  const Tensor nothing = empty({0}, call.tensor(0).dtype());
  call.ret(0, vectors ? s.u : nothing);
  call.ret(1, s.s);
  call.ret(2, vectors ? s.vh : nothing);
}

void svdvals(OpCall& call) {
  call.ret(decompose_svd("linalg.svdvals", call.tensor(0), false, false).s);
}

// svd(A, some, compute_uv): V instead of its adjoint; zeros when vectors are not wanted.
void svd_legacy(OpCall& call) {
  const Tensor a = call.tensor(0);
  const bool vectors = call.boolean(2);
  Singular s = decompose_svd("linalg.svd", a, !call.boolean(1), vectors);
  const Dims batch = batch_of(a);
  if (!vectors) {
    s.u = zeros(with_matrix(batch, rows(a), rows(a)), a.dtype());
    s.vh = zeros(with_matrix(batch, cols(a), cols(a)), a.dtype());
  } else if (is_complex(a.dtype())) {
    visit(a.dtype(), "svd", ComplexTypes{}, [&]<class T>() {
      T* v = s.vh.data<T>();
      for (int64_t i = 0; i < s.vh.numel(); ++i) v[i] = std::conj(v[i]);
    });
  }
  call.ret(0, s.u);
  call.ret(1, s.s);
  call.ret(2, s.vh.transpose(-2, -1));
}

// linalg_eigh(A, UPLO), _linalg_eigh(A, UPLO, compute_v) and symeig(A, eigenvectors, upper).
void eigh(OpCall& call) {
  const bool legacy = call.in(1).is_bool();
  const char uplo = legacy ? (call.boolean(2) ? 'U' : 'L') : triangle(call.string(1));
  const bool vectors = legacy ? call.boolean(1) : call.size() < 3 || call.boolean(2);
  Symmetric e = decompose_symmetric("linalg.eigh", call.tensor(0), uplo, vectors);
  call.ret(0, e.values);
  call.ret(1, vectors ? e.vectors : empty({0}, call.tensor(0).dtype()));
}

void eigvalsh(OpCall& call) {
  call.ret(decompose_symmetric("linalg.eigvalsh", call.tensor(0), triangle(call.string(1)), false)
               .values);
}

void eig(OpCall& call) {
  Symmetric e = decompose_general("linalg.eig", call.tensor(0), true);
  call.ret(0, e.values);
  call.ret(1, e.vectors);
}

void eigvals(OpCall& call) {
  call.ret(decompose_general("linalg.eigvals", call.tensor(0), false).values);
}

namespace {

struct LeastSquares {
  Tensor solution, rank, singular;
};

template <class T>
void solve_least_squares(const std::string& driver, int64_t m, int64_t n, int64_t rhs,
                         const Tensor& a, const Tensor& b, lapack::Real<T> rcond,
                         const LeastSquares& out, int64_t count) {
  const int ldb = static_cast<int>(std::max(m, n)), im = static_cast<int>(m),
            in = static_cast<int>(n), irhs = static_cast<int>(rhs);
  const int64_t k = std::min(m, n);
  std::vector<lapack::Real<T>> values(static_cast<size_t>(std::max<int64_t>(k, 1)));
  for (int64_t i = 0; i < count; ++i) {
    T* pa = at<T>(a, i, m * n);
    T* pb = at<T>(b, i, ldb * rhs);
    int rank = 0;
    int info = 0;
    if (driver == "gels") info = lapack::gels(im, in, irhs, pa, pb, ldb);
    if (driver == "gelsy") info = lapack::gelsy(im, in, irhs, pa, pb, ldb, rcond, &rank);
    if (driver == "gelsd")
      info = lapack::gelsd(im, in, irhs, pa, pb, ldb, values.data(), rcond, &rank);
    if (driver == "gelss")
      info = lapack::gelss(im, in, irhs, pa, pb, ldb, values.data(), rcond, &rank);
    if (info > 0)
      fail("torch.linalg.lstsq: (Batch element ", i, "): the problem is rank deficient");
    if (out.rank.numel() > 0) out.rank.data<int64_t>()[i] = rank;
    if (out.singular.numel() > 0) {
      std::copy(values.begin(), values.end(), at<lapack::Real<T>>(out.singular, i, k));
    }
  }
}

}  // namespace

void lstsq(OpCall& call) {
  Tensor a = call.tensor(0), b = call.tensor(1);
  const std::string driver = call.is_none(3) ? "gelsy" : call.string(3);
  if (driver != "gels" && driver != "gelsy" && driver != "gelsd" && driver != "gelss") {
    fail("torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)");
  }
  check_matrix("torch.linalg.lstsq", a);
  check_lapack_dtype("torch.linalg.lstsq", a);
  if (a.dtype() != b.dtype())
    fail(
        "torch.linalg.lstsq: Expected input and other to have the same dtype, but got input's "
        "dtype ",
        dtype_name(a.dtype()), " and other's dtype ", dtype_name(b.dtype()));
  const bool vector = b.dim() == a.dim() - 1 && b.sizes() == a.sizes().subspan(0, b.sizes().size());
  if (vector) b = b.unsqueeze(-1);
  if (b.dim() < 2 || rows(a) != rows(b)) {
    fail("torch.linalg.lstsq: input.size(-2) should match other.size(-2)");
  }
  broadcast_batches(a, b);
  const int64_t m = rows(a), n = cols(a), rhs = cols(b), tall = std::max(m, n);
  const Dims batch = batch_of(a);
  const Tensor work = column_major_copy(a);
  const Tensor x = column_major_zeros(batch, tall, rhs, a.dtype());
  copy_into(x.narrow(-2, 0, m), b);
  const bool ranked = driver != "gels", valued = driver == "gelsd" || driver == "gelss";
  LeastSquares out{Tensor(), ranked ? zeros(batch, DType::kInt64) : empty({0}, DType::kInt64),
                   valued ? empty(with_vector(batch, std::min(m, n)), to_real(a.dtype()))
                          : empty({0}, to_real(a.dtype()))};
  visit(a.dtype(), "lstsq", LapackTypes{}, [&]<class T>() {
    using R = lapack::Real<T>;
    const R rcond = call.is_none(2) ? std::numeric_limits<R>::epsilon() * static_cast<R>(tall)
                                    : static_cast<R>(call.number(2));
    if (a.numel() > 0) {
      solve_least_squares<T>(driver, m, n, rhs, work, x, rcond, out, numel_of(batch));
    }
  });
  Tensor residuals = empty({0}, to_real(a.dtype()));
  if (m > n && driver != "gelsy") residuals = residual_sums(x.narrow(-2, n, m - n), out.rank, n);
  Tensor solution = x.narrow(-2, 0, n);
  call.ret(0, vector ? solution.squeeze(-1) : solution);
  call.ret(1, residuals);
  call.ret(2, out.rank);
  call.ret(3, out.singular);
}

}  // namespace temper::linalg
