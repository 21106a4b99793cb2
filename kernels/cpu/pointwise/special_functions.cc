#include "kernels/cpu/pointwise/special_functions.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace temper::special {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kSqrt2 = 1.41421356237309504880;
constexpr double kSqrtPi = 1.77245385090551602730;

// Lower incomplete gamma by its power series, upper by a continued fraction (Lentz).
double gamma_series(double a, double x) {
  double term = 1 / a, sum = term;
  for (int n = 1; n < 10000 && std::fabs(term) > std::fabs(sum) * kEpsilon * 0.1; ++n) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * std::exp(-x + a * std::log(x) - std::lgamma(a));
}

double gamma_fraction(double a, double x) {
  constexpr double kTiny = 1e-300;
  double b = x + 1 - a, c = 1 / kTiny, d = 1 / b, h = d;
  for (int i = 1; i < 10000; ++i) {
    const double an = -i * (i - a);
    b += 2;
    d = an * d + b;
    if (std::fabs(d) < kTiny) d = kTiny;
    c = b + an / c;
    if (std::fabs(c) < kTiny) c = kTiny;
    d = 1 / d;
    const double delta = d * c;
    h *= delta;
    if (std::fabs(delta - 1) < kEpsilon) break;
  }
  return std::exp(-x + a * std::log(x) - std::lgamma(a)) * h;
}

bool gamma_limits(double a, double x, bool lower, double* out) {
  if (std::isnan(a) || std::isnan(x) || x < 0 || a < 0) return *out = kNan, true;
  if (a == 0) return *out = x > 0 ? (lower ? 1 : 0) : kNan, true;
  if (x == 0) return *out = lower ? 0 : 1, true;
  if (std::isinf(a)) return *out = std::isinf(x) ? kNan : (lower ? 0 : 1), true;
  if (std::isinf(x)) return *out = lower ? 1 : 0, true;
  return false;
}

}  // namespace

double ndtri(double p) {
  if (p == 0) return -kInf;
  if (p == 1) return kInf;
  if (!(p > 0 && p < 1)) return kNan;
  // Acklam's rational approximation, then two steps of Halley's method on erfc.
  static constexpr double kA[] = {-3.969683028665376e+01, 2.209460984245205e+02,
                                  -2.759285104469687e+02, 1.383577518672690e+02,
                                  -3.066479806614716e+01, 2.506628277459239e+00};
  static constexpr double kB[] = {-5.447609879822406e+01, 1.615858368580409e+02,
                                  -1.556989798598866e+02, 6.680131188771972e+01,
                                  -1.328068155288572e+01};
  static constexpr double kC[] = {-7.784894002430293e-03, -3.223964580411365e-01,
                                  -2.400758277161838e+00, -2.549732539343734e+00,
                                  4.374664141464968e+00,  2.938163982698783e+00};
  static constexpr double kD[] = {7.784695709041462e-03, 3.224671290700398e-01,
                                  2.445134137142996e+00, 3.754408661907416e+00};
  double x = 0;
  const double tail = std::min(p, 1 - p);
  if (tail < 0.02425) {
    const double q = std::sqrt(-2 * std::log(tail));
    x = (((((kC[0] * q + kC[1]) * q + kC[2]) * q + kC[3]) * q + kC[4]) * q + kC[5]) /
        ((((kD[0] * q + kD[1]) * q + kD[2]) * q + kD[3]) * q + 1);
    if (p > 0.5) x = -x;
  } else {
    const double q = p - 0.5, r = q * q;
    x = (((((kA[0] * r + kA[1]) * r + kA[2]) * r + kA[3]) * r + kA[4]) * r + kA[5]) * q /
        (((((kB[0] * r + kB[1]) * r + kB[2]) * r + kB[3]) * r + kB[4]) * r + 1);
  }
  for (int step = 0; step < 2; ++step) {
    const double error = 0.5 * std::erfc(-x / kSqrt2) - p;
    const double u = error * 2.50662827463100050242 * std::exp(x * x / 2);
    x -= u / (1 + x * u / 2);
  }
  return x;
}

double erfinv(double x) {
  if (x == 1) return kInf;
  if (x == -1) return -kInf;
  if (!(x > -1 && x < 1)) return kNan;
  if (x == 0) return x;
  // Near 0 the quantile loses digits of x: start there from the series instead.
  double y =
      std::fabs(x) < 0.1 ? x * kSqrtPi / 2 * (1 + M_PI / 12 * x * x) : ndtri((x + 1) / 2) / kSqrt2;
  for (int step = 0; step < 2; ++step) {
    y -= (std::erf(y) - x) / (2 / kSqrtPi * std::exp(-y * y));
  }
  return y;
}

double digamma(double x) {
  if (x == 0) return std::copysign(kInf, -x);
  if (x < 0) {
    if (x == std::trunc(x)) return kNan;
    return digamma(1 - x) - M_PI / std::tan(M_PI * std::fmod(x, 1.0));
  }
  double result = 0;
  for (; x < 10; x += 1) result -= 1 / x;
  const double z = 1 / (x * x);
  const double tail =
      z * (1.0 / 12 - z * (1.0 / 120 -
                           z * (1.0 / 252 -
                                z * (1.0 / 240 - z * (1.0 / 132 - z * (691.0 / 32760 - z / 12))))));
  return result + std::log(x) - 0.5 / x - tail;
}

// Power series below 20; asymptotic expansion with exp(-x) taken out above.
namespace {
double bessel_i_scaled(int order, double x) {
  const double a = std::fabs(x);
  double value = 0;
  if (a < 20) {
    double term = order == 0 ? 1 : a / 2;
    const double q = a * a / 4;
    value = term;
    for (int k = 1; k < 200 && term > value * kEpsilon * 0.1; ++k) {
      term *= q / (static_cast<double>(k) * (k + order));
      value += term;
    }
    value *= std::exp(-a);
  } else {
    const double mu = 4.0 * order * order;
    double term = 1;
    value = 1;
    for (int k = 1; k < 30; ++k) {
      const double next = -term * (mu - (2 * k - 1) * (2 * k - 1)) / (k * 8 * a);
      if (std::fabs(next) >= std::fabs(term)) break;
      term = next;
      value += term;
    }
    value /= std::sqrt(2 * M_PI * a);
  }
  return order == 1 && x < 0 ? -value : value;
}
}  // namespace

double i0e(double x) { return std::isinf(x) ? 0 : bessel_i_scaled(0, x); }
double i1e(double x) { return std::isinf(x) ? 0 : bessel_i_scaled(1, x); }
double i0(double x) { return std::isinf(x) ? kInf : i0e(x) * std::exp(std::fabs(x)); }
double i1(double x) { return std::isinf(x) ? x : i1e(x) * std::exp(std::fabs(x)); }

double erfcx(double x) {
  if (x < 25) return std::exp(x * x) * std::erfc(x);
  const double z = 1 / (x * x);
  return (1 / (x * kSqrtPi)) * (1 - z / 2 * (1 - z * 1.5 * (1 - z * 2.5)));
}

double log_ndtr(double x) {
  if (x < -1) return std::log(erfcx(-x / kSqrt2) / 2) - x * x / 2;
  return std::log1p(-std::erfc(x / kSqrt2) / 2);
}

// Hurwitz zeta by Euler-Maclaurin summation.
double zeta(double x, double q) {
  static constexpr double kBernoulli[] = {12.0,
                                          -720.0,
                                          30240.0,
                                          -1209600.0,
                                          47900160.0,
                                          -1.8924375803183791606e9,
                                          7.47242496e10,
                                          -2.950130727918164224e12,
                                          1.1646782814350067249e14,
                                          -4.5979787224074726105e15,
                                          1.8152105401943546773e17,
                                          -7.1661652561756670113e18};
  if (x == 1) return kInf;
  if (!(x > 1)) return kNan;
  if (q <= 0) {
    if (q == std::floor(q)) return kInf;
    if (x != std::floor(x)) return kNan;
  }
  double sum = std::pow(q, -x), a = q, b = 0;
  for (int i = 0; i < 9 || a <= 9; ++i) {
    a += 1;
    b = std::pow(a, -x);
    sum += b;
    if (std::fabs(b / sum) < kEpsilon * 0.5) return sum;
  }
  sum += b * a / (x - 1) - 0.5 * b;
  double factor = 1, k = 0;
  for (double coefficient : kBernoulli) {
    factor *= x + k;
    b /= a;
    const double term = factor * b / coefficient;
    sum += term;
    if (std::fabs(term / sum) < kEpsilon * 0.5) return sum;
    k += 1;
    factor *= x + k;
    b /= a;
    k += 1;
  }
  return sum;
}

double polygamma(double n, double x) {
  if (n == 0) return digamma(x);
  const double sign = std::fmod(n, 2) != 0 ? 1 : -1;
  return sign * std::exp(std::lgamma(n + 1)) * zeta(n + 1, x);
}

double igamma(double a, double x) {
  double limit = 0;
  if (gamma_limits(a, x, true, &limit)) return limit;
  return x < a + 1 ? gamma_series(a, x) : 1 - gamma_fraction(a, x);
}

double igammac(double a, double x) {
  double limit = 0;
  if (gamma_limits(a, x, false, &limit)) return limit;
  return x < a + 1 ? 1 - gamma_series(a, x) : gamma_fraction(a, x);
}

double bessel_j(int order, double x) { return order == 0 ? ::j0(x) : ::j1(x); }
double bessel_y(int order, double x) { return order == 0 ? ::y0(x) : ::y1(x); }

double bessel_k(int order, double x) {
  if (x == 0) return kInf;
  if (!(x > 0)) return kNan;
  return x > 700 ? 0 : std::cyl_bessel_k(static_cast<double>(order), x);
}

double scaled_bessel_k(int order, double x) {
  if (x < 500) return bessel_k(order, x) * std::exp(x);
  const double mu = 4.0 * order * order;
  return std::sqrt(M_PI / (2 * x)) * (1 + (mu - 1) / (8 * x));
}

double spherical_j0(double x) {
  if (std::isinf(x)) return 0;
  return std::fabs(x) < 1e-4 ? 1 - x * x / 6 : std::sin(x) / x;
}

// Through Bessel functions of order 1/3.
double airy_ai(double x) {
  if (!std::isfinite(x)) return kNan;
  if (x == 0) return 0.35502805388781723926;
  if (x > 103.892) return 0;
  const double magnitude = std::fabs(x), zeta = 2.0 / 3 * magnitude * std::sqrt(magnitude);
  if (x > 0) return std::sqrt(x / 3) / M_PI * std::cyl_bessel_k(1.0 / 3, zeta);
  return std::sqrt(magnitude) / 2 *
         (std::cyl_bessel_j(1.0 / 3, zeta) - std::cyl_neumann(1.0 / 3, zeta) / std::sqrt(3.0));
}

}  // namespace temper::special
