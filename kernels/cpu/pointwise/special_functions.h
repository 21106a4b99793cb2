#pragma once
// Special functions of float and double that the C++ library lacks. Arguments outside the domain
// give NaN or the limit, as scipy.special does. Sources: Cephes (Moshier); Numerical Recipes for
// the incomplete gamma functions; std::cyl_* of the C++17 special functions.

#include <cmath>
#include <complex>

namespace temper::special {

double erfinv(double x);
double digamma(double x);
double i0(double x);
double i0e(double x);
double i1(double x);
double i1e(double x);
double ndtri(double p);
double log_ndtr(double x);
double erfcx(double x);
double zeta(double x, double q);
double polygamma(double n, double x);
double igamma(double a, double x);
double igammac(double a, double x);
double bessel_j(int order, double x);
double bessel_y(int order, double x);
double bessel_k(int order, double x);
double scaled_bessel_k(int order, double x);
double spherical_j0(double x);
double airy_ai(double x);

// In the precision of T: at the poles the oracle's answers are its rounding of pi.
template <class T>
T trigamma(T x) {
  T sign = 1, result = 0;
  if (x < T(0.5)) {
    const T sine = std::sin(T(M_PI) * x);
    sign = -1;
    result -= T(M_PI) * T(M_PI) / (sine * sine);
    x = 1 - x;
  }
  for (int i = 0; i < 6; ++i, x += 1) result += 1 / (x * x);
  const T z = 1 / (x * x);
  result += (1 + 1 / (2 * x) + z * (T(1) / 6 - z * (T(1) / 30 - z * (T(1) / 42)))) / x;
  return sign * result;
}

template <class T>
bool is_infinite(T v) {
  return std::isinf(static_cast<double>(v));
}
template <class T>
bool is_infinite(std::complex<T> v) {
  return std::isinf(v.real()) || std::isinf(v.imag());
}
template <class T>
bool is_finite(T v) {
  return std::isfinite(static_cast<double>(v));
}
template <class T>
bool is_finite(std::complex<T> v) {
  return std::isfinite(v.real()) && std::isfinite(v.imag());
}

}  // namespace temper::special
