#include "kernels/cpu/linalg/lapack.h"

#define lapack_complex_float std::complex<float>
#define lapack_complex_double std::complex<double>
#include <lapacke.h>

#include <algorithm>
#include <vector>

// Present only when the BLAS is OpenBLAS.
extern "C" void openblas_set_num_threads(int) __attribute__((weak));

// The library's own ends the process, for matrices with infinities too. Every routine returns after
// calling it, with `info` set.
extern "C" __attribute__((visibility("default"))) void xerbla_(const char*, const int*, size_t) {}

namespace temper::lapack {

void set_up() {
  // Matrices with NaN are computed like others, as PyTorch does.
  LAPACKE_set_nancheck(0);
  if (openblas_set_num_threads) openblas_set_num_threads(1);
}

namespace {

constexpr int kCol = LAPACK_COL_MAJOR;
int lead(int n) { return std::max(n, 1); }

// Real geev returns pairs of real columns for conjugate eigenvalues.
template <class T>
void unpack_real_vectors(int n, const std::vector<T>& wi, const std::vector<T>& packed,
                         std::complex<T>* v) {
  for (int j = 0; j < n; ++j) {
    if (wi[static_cast<size_t>(j)] == 0) {
      for (int i = 0; i < n; ++i) v[j * n + i] = packed[static_cast<size_t>(j * n + i)];
      continue;
    }
    for (int i = 0; i < n; ++i) {
      const std::complex<T> value(packed[static_cast<size_t>(j * n + i)],
                                  packed[static_cast<size_t>((j + 1) * n + i)]);
      v[j * n + i] = value;
      v[(j + 1) * n + i] = std::conj(value);
    }
    ++j;
  }
}

}  // namespace

#define TEMPER_LAPACK_SHARED(T, x)                                                                \
  int getrf(int m, int n, T* a, int* p) { return LAPACKE_##x##getrf(kCol, m, n, a, lead(m), p); } \
  int getrs(char trans, int n, int rhs, const T* lu, const int* p, T* b) {                        \
    return LAPACKE_##x##getrs(kCol, trans, n, rhs, lu, lead(n), p, b, lead(n));                   \
  }                                                                                               \
  int potrf(char uplo, int n, T* a) { return LAPACKE_##x##potrf(kCol, uplo, n, a, lead(n)); }     \
  int potri(char uplo, int n, T* a) { return LAPACKE_##x##potri(kCol, uplo, n, a, lead(n)); }     \
  int potrs(char uplo, int n, int rhs, const T* a, T* b) {                                        \
    return LAPACKE_##x##potrs(kCol, uplo, n, rhs, a, lead(n), b, lead(n));                        \
  }                                                                                               \
  int geqrf(int m, int n, T* a, T* tau) {                                                         \
    return LAPACKE_##x##geqrf(kCol, m, n, a, lead(m), tau);                                       \
  }                                                                                               \
  int gesdd(char job, int m, int n, T* a, Real<T>* s, T* u, int ldu, T* vt, int ldvt) {           \
    return LAPACKE_##x##gesdd(kCol, job, m, n, a, lead(m), s, u, lead(ldu), vt, lead(ldvt));      \
  }                                                                                               \
  int trtrs(char uplo, char trans, char diag, int n, int rhs, const T* a, T* b) {                 \
    return LAPACKE_##x##trtrs(kCol, uplo, trans, diag, n, rhs, a, lead(n), b, lead(n));           \
  }                                                                                               \
  int gels(int m, int n, int rhs, T* a, T* b, int ldb) {                                          \
    return LAPACKE_##x##gels(kCol, 'N', m, n, rhs, a, lead(m), b, lead(ldb));                     \
  }                                                                                               \
  int gelsy(int m, int n, int rhs, T* a, T* b, int ldb, Real<T> rcond, int* rank) {               \
    std::vector<int> pivots(static_cast<size_t>(lead(n)), 0);                                     \
    return LAPACKE_##x##gelsy(kCol, m, n, rhs, a, lead(m), b, lead(ldb), pivots.data(), rcond,    \
                              rank);                                                              \
  }                                                                                               \
  int gelsd(int m, int n, int rhs, T* a, T* b, int ldb, Real<T>* s, Real<T> rcond, int* rank) {   \
    return LAPACKE_##x##gelsd(kCol, m, n, rhs, a, lead(m), b, lead(ldb), s, rcond, rank);         \
  }                                                                                               \
  int gelss(int m, int n, int rhs, T* a, T* b, int ldb, Real<T>* s, Real<T> rcond, int* rank) {   \
    return LAPACKE_##x##gelss(kCol, m, n, rhs, a, lead(m), b, lead(ldb), s, rcond, rank);         \
  }

#define TEMPER_LAPACK_REAL(T, x)                                                                   \
  TEMPER_LAPACK_SHARED(T, x)                                                                       \
  int orgqr(int m, int n, int k, T* a, const T* tau) {                                             \
    return LAPACKE_##x##orgqr(kCol, m, n, k, a, lead(m), tau);                                     \
  }                                                                                                \
  int ormqr(char side, char trans, int m, int n, int k, const T* a, int lda, const T* tau, T* c) { \
    return LAPACKE_##x##ormqr(kCol, side, trans, m, n, k, a, lead(lda), tau, c, lead(m));          \
  }                                                                                                \
  int syevd(char job, char uplo, int n, T* a, T* w) {                                              \
    return LAPACKE_##x##syevd(kCol, job, uplo, n, a, lead(n), w);                                  \
  }                                                                                                \
  int geev(char job, int n, T* a, std::complex<T>* w, std::complex<T>* v) {                        \
    std::vector<T> wr(static_cast<size_t>(lead(n))), wi(wr.size()), vr(wr.size() * wr.size());     \
    const int info = LAPACKE_##x##geev(kCol, 'N', job, n, a, lead(n), wr.data(), wi.data(),        \
                                       nullptr, 1, vr.data(), lead(n));                            \
    for (int i = 0; i < n; ++i) w[i] = {wr[static_cast<size_t>(i)], wi[static_cast<size_t>(i)]};   \
    if (job == 'V' && info == 0) unpack_real_vectors(n, wi, vr, v);                                \
    return info;                                                                                   \
  }                                                                                                \
  int sytrf(bool, int n, T* a, int* p) { return LAPACKE_##x##sytrf(kCol, 'L', n, a, lead(n), p); } \
  int sytrs(bool, int n, int rhs, const T* a, const int* p, T* b) {                                \
    return LAPACKE_##x##sytrs(kCol, 'L', n, rhs, a, lead(n), p, b, lead(n));                       \
  }

#define TEMPER_LAPACK_COMPLEX(T, x)                                                                \
  TEMPER_LAPACK_SHARED(T, x)                                                                       \
  int orgqr(int m, int n, int k, T* a, const T* tau) {                                             \
    return LAPACKE_##x##ungqr(kCol, m, n, k, a, lead(m), tau);                                     \
  }                                                                                                \
  int ormqr(char side, char trans, int m, int n, int k, const T* a, int lda, const T* tau, T* c) { \
    return LAPACKE_##x##unmqr(kCol, side, trans, m, n, k, a, lead(lda), tau, c, lead(m));          \
  }                                                                                                \
  int syevd(char job, char uplo, int n, T* a, Real<T>* w) {                                        \
    return LAPACKE_##x##heevd(kCol, job, uplo, n, a, lead(n), w);                                  \
  }                                                                                                \
  int geev(char job, int n, T* a, T* w, T* v) {                                                    \
    return LAPACKE_##x##geev(kCol, 'N', job, n, a, lead(n), w, nullptr, 1, v, lead(n));            \
  }                                                                                                \
  int sytrf(bool hermitian, int n, T* a, int* p) {                                                 \
    return hermitian ? LAPACKE_##x##hetrf(kCol, 'L', n, a, lead(n), p)                             \
                     : LAPACKE_##x##sytrf(kCol, 'L', n, a, lead(n), p);                            \
  }                                                                                                \
  int sytrs(bool hermitian, int n, int rhs, const T* a, const int* p, T* b) {                      \
    return hermitian ? LAPACKE_##x##hetrs(kCol, 'L', n, rhs, a, lead(n), p, b, lead(n))            \
                     : LAPACKE_##x##sytrs(kCol, 'L', n, rhs, a, lead(n), p, b, lead(n));           \
  }

TEMPER_LAPACK_REAL(float, s)
TEMPER_LAPACK_REAL(double, d)
TEMPER_LAPACK_COMPLEX(Complex64, c)
TEMPER_LAPACK_COMPLEX(Complex128, z)

}  // namespace temper::lapack
