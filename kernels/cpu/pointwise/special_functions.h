#pragma once
// Special functions of float and double that the C++ library lacks. Arguments outside the domain
// give NaN or the limit, as scipy.special does. Sources: Cephes (Moshier); Numerical Recipes for
// the incomplete gamma functions; std::cyl_* of the C++17 special functions.

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
