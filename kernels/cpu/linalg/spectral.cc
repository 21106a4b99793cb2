// QR, singular values and eigenvalues.
#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "kernels/cpu/linalg/batch.h"
#include "kernels/cpu/linalg/kernels.h"
#include "kernels/cpu/linalg/lapack.h"

namespace temper::linalg {
namespace {

Tensor tensor_one(DType dtype) { return full({}, 1, dtype); }

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
      const T* matrix = at<T>(work, i, m * n);
      if (std::any_of(matrix, matrix + m * n, [](T v) { return v != v; })) {
        fail(op,
             ": The algorithm failed to converge because the input matrix contained non-finite "
             "values.");
      }
      if (!all_finite(matrix, m * n)) {  // where the library may not come to an end
        fill_nan(at<lapack::Real<T>>(out.s, i, k), k);
        if (vectors) fill_nan(at<T>(out.u, i, m * ucols), m * ucols);
        if (vectors) fill_nan(at<T>(out.vh, i, vrows * n), vrows * n);
        continue;
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

constexpr int64_t kUndivided = 25;  // rows

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
      T* matrix = at<T>(out.vectors, i, n * n);
      bool finite = true;
      // The library divides larger matrices for their vectors, and may not come to an end there.
      for (int64_t c = 0; vectors && n > kUndivided && c < n; ++c) {  // only one triangle counts
        finite &=
            uplo == 'L' ? all_finite(matrix + c * n + c, n - c) : all_finite(matrix + c * n, c + 1);
      }
      if (!finite) {
        fill_nan(at<lapack::Real<T>>(out.values, i, n), n);
        fill_nan(matrix, n * n);
        continue;
      }
      info.data<int32_t>()[i] = lapack::syevd(vectors ? 'V' : 'N', uplo, static_cast<int>(n),
                                              matrix, at<lapack::Real<T>>(out.values, i, n));
    }
  });
  check_info("linalg.eigh", info,  // of eigenvalues alone, too
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
    // The routine follows numbers that it did not set where these are not finite.
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

namespace {

void check_householder(const Tensor& a, const Tensor& tau) {
  constexpr const char* kName = "torch.linalg.householder_product";
  if (a.dim() < 2) fail(kName, ": input must have at least 2 dimensions.");
  if (rows(a) < cols(a)) {
    fail(kName, ": input.shape[-2] must be greater than or equal to input.shape[-1]");
  }
  if (tau.size(-1) > cols(a)) {
    fail(kName, ": input.shape[-1] must be greater than or equal to tau.shape[-1]");
  }
  if (tau.dim() != a.dim() - 1) {
    fail(kName, ": Expected tau to have one dimension less than input, but got tau.ndim equal to ",
         tau.dim(), " and input.ndim is equal to ", a.dim());
  }
  const DimsView batch = tau.sizes().subspan(0, tau.sizes().size() - 1);
  if (batch != DimsView(batch_of(a))) {
    fail(kName, ": Expected batch dimensions of tau to be equal to input.shape[:-2], but got ",
         to_string(batch));
  }
  if (a.dtype() != tau.dtype()) {
    fail(kName, ": tau dtype ", dtype_name(tau.dtype()), " does not match input dtype ",
         dtype_name(a.dtype()));
  }
}

}  // namespace

void householder_product(OpCall& call) {
  const Tensor a = call.tensor(0), tau = call.tensor(1);
  check_householder(a, tau);
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
  call.ret(decompose_svd("linalg.svd", call.tensor(0), false, false).s);
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

}  // namespace temper::linalg
