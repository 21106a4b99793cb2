#pragma once
// Elementary functions of double that compilers turn into vector code: no branches, no calls.
// Errors are about one unit in the last place. Sources: range reduction and polynomials in the
// style of Cephes (Moshier) and fdlibm (Sun Microsystems); exp by its Taylor series.

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace temper::simd {

inline constexpr double kRoundMagic = 6755399441055744.0;  // 1.5 * 2^52

// Round to nearest integer for |x| < 2^51.
static inline double round_small(double x) { return (x + kRoundMagic) - kRoundMagic; }

// For whole n in [-1022, 1023].
static inline double power_of_two(double n) {
  const int64_t bits = std::bit_cast<int64_t>(n + kRoundMagic);
  return std::bit_cast<double>((bits - std::bit_cast<int64_t>(kRoundMagic) + 1023) << 52);
}

// exp(r) - 1 - r for |r| <= ln(2) / 2.
static inline double exp_tail(double r) {
  double p = 1.6059043836821613e-10;  // 1 / 13!
  p = p * r + 2.08767569878681e-09;
  p = p * r + 2.505210838544172e-08;
  p = p * r + 2.755731922398589e-07;
  p = p * r + 2.7557319223985893e-06;
  p = p * r + 2.48015873015873e-05;
  p = p * r + 1.984126984126984e-04;
  p = p * r + 1.388888888888889e-03;
  p = p * r + 8.333333333333333e-03;
  p = p * r + 4.1666666666666664e-02;
  p = p * r + 1.6666666666666666e-01;
  p = p * r + 0.5;
  return p * r * r;
}

// x - n * ln(2)
static inline double reduce_exp(double x, double n) {
  return (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
}

static inline double exp(double x) {
  const double clamped = x < -746.0 ? -746.0 : (x > 710.0 ? 710.0 : x);
  const double n = round_small(clamped * 1.44269504088896338700);
  const double r = reduce_exp(clamped, n);
  const double p = exp_tail(r) + r + 1.0;
  // In two steps, so that results below the smallest normal number come out right.
  const double half = round_small(n * 0.5);
  const double result = p * power_of_two(half) * power_of_two(n - half);
  return x != x ? x : result;
}

static inline double expm1(double x) {
  const double clamped = x < -40.0 ? -40.0 : (x > 710.0 ? 710.0 : x);
  const double n = round_small(clamped * 1.44269504088896338700);
  const double r = reduce_exp(clamped, n);
  const double scale = power_of_two(n - 1.0);
  const double result = 2.0 * (scale * (exp_tail(r) + r) + (scale - 0.5));
  return x != x || x == 0.0 ? x : result;
}

static inline double log(double x) {
  const bool tiny = x < 2.2250738585072014e-308;
  const double scaled = tiny ? x * 18014398509481984.0 : x;  // 2^54
  const uint64_t bits = std::bit_cast<uint64_t>(scaled);
  // Mantissa in [sqrt(1/2), sqrt(2)).
  constexpr uint64_t kRootHalf = 0x3fe6a09e667f3bcdu, kOne = 0x3ff0000000000000u;
  const uint64_t shifted = bits + (kOne - kRootHalf);
  const double biased =
      std::bit_cast<double>((shifted >> 52) | 0x4330000000000000u) - 4503599627370496.0;
  const double f = std::bit_cast<double>((shifted & 0x000fffffffffffffu) + kRootHalf) - 1.0;
  const double e = biased - (tiny ? 1077.0 : 1023.0);
  const double s = f / (2.0 + f), z = s * s, w = z * z;
  const double even = w * (3.999999999940941908e-01 +
                           w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const double odd = z * (6.666666666666735130e-01 +
                          w * (2.857142874366239149e-01 +
                               w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const double half = 0.5 * f * f;
  double y = e * 6.93147180369123816490e-01 -
             ((half - (s * (half + (even + odd)) + e * 1.90821492927058770002e-10)) - f);
  const double inf = std::numeric_limits<double>::infinity();
  y = x == 0.0 ? -inf : y;
  y = x == inf ? inf : y;
  return x < 0.0 || x != x ? std::numeric_limits<double>::quiet_NaN() : y;
}

static inline double log2(double x) { return log(x) * 1.44269504088896338700; }
static inline double log10(double x) { return log(x) * 4.34294481903251827651e-01; }

// The logarithm of the rounded sum, and what rounding lost.
static inline double log1p(double x) {
  const double u = 1.0 + x;
  const double lost = (x - (u - 1.0)) / u;
  const double y = log(u) + lost;
  const bool exact = u == 0.0 || u == std::numeric_limits<double>::infinity() || x == 0.0;
  return exact ? (x == 0.0 ? x : log(u)) : y;
}

static inline double exp2(double x) {
  const double clamped = x < -1080.0 ? -1080.0 : (x > 1025.0 ? 1025.0 : x);
  const double n = round_small(clamped);
  const double r = (clamped - n) * 6.93147180559945286227e-01;
  const double p = exp_tail(r) + r + 1.0;
  const double half = round_small(n * 0.5);
  const double result = p * power_of_two(half) * power_of_two(n - half);
  return x != x ? x : result;
}

static inline double tanh(double x) {
  const double a = x < 0 ? -x : x;
  const double t = expm1(2.0 * (a > 20.0 ? 20.0 : a));
  const double y = t / (t + 2.0);
  return x != x || x == 0.0 ? x : (x < 0 ? -y : y);
}

static inline double sigmoid(double x) { return 1.0 / (1.0 + exp(-x)); }

static inline double sinh(double x) {
  const double a = x < 0 ? -x : x;
  // Halves of the argument, because exp(a) may be beyond the largest number.
  const double h = exp(a * 0.5), t = expm1(a > 30.0 ? 30.0 : a);
  const double small = 0.5 * (t + t / (t + 1.0)), large = 0.5 * h * h;
  const double y = a > 30.0 ? large : small;
  return x != x || x == 0.0 ? x : (x < 0 ? -y : y);
}

static inline double cosh(double x) {
  const double a = x < 0 ? -x : x;
  const double h = exp(a * 0.5);
  return 0.5 * h * h + 0.5 / (h * h);
}

// What is left of an angle of less than a million after quarter turns.
struct Turned {
  double rest;
  double quarters;
};
inline constexpr double kLargestAngle = 1e6;

static inline Turned quarter_turns(double x) {
  const double n = round_small(x * 6.36619772367581382433e-01);
  // Pieces of pi / 2 with 33 bits each: the products are exact.
  double rest = x - n * 1.57079632673412561417e+00;
  rest = rest - n * 6.07710050630396597660e-11;
  rest = rest - n * 2.02226624871116645580e-21;
  return {rest, n};
}

static inline double sine_near_zero(double r) {
  const double z = r * r;
  double p = 1.58969099521155010221e-10;
  p = p * z + -2.50507602534068634195e-08;
  p = p * z + 2.75573137070700676789e-06;
  p = p * z + -1.98412698298579493134e-04;
  p = p * z + 8.33333333332248946124e-03;
  p = p * z + -1.66666666666666324348e-01;
  return r + r * z * p;
}

static inline double cosine_near_zero(double r) {
  const double z = r * r;
  double p = -1.13596475577881948265e-11;
  p = p * z + 2.08757232129817482790e-09;
  p = p * z + -2.75573143513906633035e-07;
  p = p * z + 2.48015872894767294178e-05;
  p = p * z + -1.38888888888741095749e-03;
  p = p * z + 4.16666666666666019037e-02;
  const double half = 0.5 * z, w = 1.0 - half;
  return w + (((1.0 - w) - half) + z * z * p);
}

// sin(x + quarters * pi / 2) for |x| < kLargestAngle.
static inline double sine(double x, double quarters) {
  const Turned turned = quarter_turns(x);
  const double k = turned.quarters + quarters;
  const double two = k - 4.0 * std::floor(k * 0.25);  // 0 to 3
  const bool odd = two == 1.0 || two == 3.0;
  const double y = odd ? cosine_near_zero(turned.rest) : sine_near_zero(turned.rest);
  return two >= 2.0 ? -y : y;
}

}  // namespace temper::simd
