#pragma once
// The one door to LAPACK: overloads by element type of the routines that temper uses. Matrices are
// column-major; `info` is LAPACK's. Thread-safe.

#include <complex>
#include <cstdint>

#include "core/tensor/half.h"

namespace temper::lapack {

// Keeps the BLAS below LAPACK from starting threads of its own, and LAPACK from refusing NaN. Call
// once, before other threads.
void set_up();

template <class T>
struct RealOf {
  using type = T;
};
template <class T>
struct RealOf<std::complex<T>> {
  using type = T;
};
template <class T>
using Real = typename RealOf<T>::type;

#define TEMPER_LAPACK_COMMON(T)                                                                   \
  int getrf(int m, int n, T* a, int* pivots);                                                     \
  int getrs(char trans, int n, int rhs, const T* lu, const int* pivots, T* b);                    \
  int potrf(char uplo, int n, T* a);                                                              \
  int potri(char uplo, int n, T* a);                                                              \
  int potrs(char uplo, int n, int rhs, const T* a, T* b);                                         \
  int geqrf(int m, int n, T* a, T* tau);                                                          \
  int orgqr(int m, int n, int k, T* a, const T* tau);                                             \
  int ormqr(char side, char trans, int m, int n, int k, const T* a, int lda, const T* tau, T* c); \
  int gesdd(char job, int m, int n, T* a, Real<T>* s, T* u, int ldu, T* vt, int ldvt);            \
  int syevd(char job, char uplo, int n, T* a, Real<T>* w);                                        \
  int geev(char job, int n, T* a, std::complex<Real<T>>* w, std::complex<Real<T>>* v);            \
  int trtrs(char uplo, char trans, char diag, int n, int rhs, const T* a, T* b);                  \
  int gels(int m, int n, int rhs, T* a, T* b, int ldb);                                           \
  int gelsy(int m, int n, int rhs, T* a, T* b, int ldb, Real<T> rcond, int* rank);                \
  int gelsd(int m, int n, int rhs, T* a, T* b, int ldb, Real<T>* s, Real<T> rcond, int* rank);    \
  int gelss(int m, int n, int rhs, T* a, T* b, int ldb, Real<T>* s, Real<T> rcond, int* rank);    \
  int sytrf(bool hermitian, int n, T* a, int* pivots);                                            \
  int sytrs(bool hermitian, int n, int rhs, const T* a, const int* pivots, T* b);

TEMPER_LAPACK_COMMON(float)
TEMPER_LAPACK_COMMON(double)
TEMPER_LAPACK_COMMON(Complex64)
TEMPER_LAPACK_COMMON(Complex128)
#undef TEMPER_LAPACK_COMMON

}  // namespace temper::lapack
