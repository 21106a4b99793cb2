// Scalar functions without a vector form: one loop each, for the baseline processor.
#include <cmath>
#include <complex>
#include <numeric>
#include <type_traits>

#include "core/base/error.h"
#include "core/tensor/half.h"
#include "kernels/cpu/pointwise/loops.h"
#include "kernels/cpu/pointwise/polynomials.h"
#include "kernels/cpu/pointwise/special_functions.h"

namespace temper {
namespace {

template <class T>
inline constexpr bool kFloating = std::is_floating_point_v<T>;
template <class T>
inline constexpr bool kInteger = std::is_integral_v<T>;
template <class T>
inline constexpr bool kComplex = !std::is_arithmetic_v<T>;
enum : unsigned { F = 1, I = 2, C = 4 };
template <class T>
constexpr unsigned kind_of() {
  return kFloating<T> ? F : kInteger<T> ? I : C;
}

int64_t checked_divisor(int64_t b) {
  if (b == 0) fail("ZeroDivisionError");
  return b;
}

template <class T>
T floor_div_of(T a, T b) {
  if constexpr (kInteger<T>) {
    checked_divisor(b);
    if (b == -1) return static_cast<T>(-static_cast<uint64_t>(a));
    const T q = a / b;
    return q - ((a % b != 0) && ((a < 0) != (b < 0)));
  } else {
    if (b == 0) return a / b;
    const T mod = std::fmod(a, b);
    T div = (a - mod) / b;
    if (mod != 0 && (b < 0) != (mod < 0)) div -= T(1);
    if (div == 0) return std::copysign(T(0), a / b);
    T floored = std::floor(div);
    return div - floored > T(0.5) ? floored + T(1) : floored;
  }
}

template <class T>
T trunc_div_of(T a, T b) {
  if constexpr (kInteger<T>) {
    checked_divisor(b);
    return b == -1 ? static_cast<T>(-static_cast<uint64_t>(a)) : a / b;
  } else {
    return std::trunc(a / b);
  }
}

template <class T>
T fmod_of(T a, T b) {
  if constexpr (kInteger<T>) {
    checked_divisor(b);
    return b == -1 ? 0 : a % b;
  } else {
    return std::fmod(a, b);
  }
}

template <class T>
T remainder_of(T a, T b) {
  const T mod = fmod_of(a, b);
  return mod != 0 && ((mod < 0) != (b < 0)) ? mod + b : mod;
}

int64_t integer_pow(int64_t base, int64_t exponent) {
  if (exponent < 0) {
    if (base == 1) return 1;
    if (base == -1) return exponent % 2 == 0 ? 1 : -1;
    return 0;
  }
  uint64_t result = 1, square = static_cast<uint64_t>(base);
  for (uint64_t e = static_cast<uint64_t>(exponent); e != 0; e >>= 1) {
    if (e & 1) result *= square;
    square *= square;
  }
  return static_cast<int64_t>(result);
}

template <class T>
T pow_of(T a, T b) {
  if constexpr (kInteger<T>) {
    return integer_pow(a, b);
  } else if constexpr (kFloating<T>) {
    // Common exponents are exact and much cheaper.
    if (b == T(2)) return a * a;
    if (b == T(0.5)) return std::sqrt(a);
    if (b == T(3)) return a * a * a;
    return std::pow(a, b);
  } else {
    return std::pow(a, b);
  }
}

template <class T>
T angle_of(T a) {
  if constexpr (kComplex<T>)
    return T(std::arg(a));
  else
    return a != a ? a : (a < 0 ? T(M_PI) : T(0));
}

template <class T>
T complex_sign_of(T a) {
  if constexpr (kComplex<T>) {
    const auto magnitude = std::abs(a);
    return magnitude == 0 ? T(0) : a / T(magnitude);
  } else {
    return T(int(T(0) < a) - int(a < T(0)));
  }
}

template <class T>
T log10_of(T a) {
  if constexpr (kComplex<T>)
    return std::log10(a);
  else
    return std::log10(a);
}
template <class T>
T log2_of(T a) {
  if constexpr (kComplex<T>)
    return std::log(a) / T(M_LN2);
  else
    return std::log2(a);
}
template <class T>
T exp2_of(T a) {
  if constexpr (kComplex<T>)
    return std::pow(T(2), a);
  else
    return std::exp2(a);
}
template <class T>
T log1p_of(T a) {
  if constexpr (kComplex<T>)
    return std::log(T(1) + a);
  else
    return std::log1p(a);
}
template <class T>
T expm1_of(T a) {
  if constexpr (kComplex<T>)
    return std::exp(a) - T(1);
  else
    return std::expm1(a);
}
template <class T>
T sinc_of(T a) {
  if (a == T(0)) return T(1);
  const T product = T(M_PI) * a;
  return std::sin(product) / product;
}

template <class T>
T logaddexp_of(T a, T b) {
  if (std::isinf(a) && a == b) return a;
  const T m = std::max(a, b);
  return m + std::log1p(std::exp(-std::abs(a - b)));
}
template <class T>
T logaddexp2_of(T a, T b) {
  if (std::isinf(a) && a == b) return a;
  const T m = std::max(a, b);
  return m + std::log1p(std::exp2(-std::abs(a - b))) * T(1.4426950408889634);
}
// The smallest integer has no absolute value: it stays as it is.
template <class T>
uint64_t magnitude_of(T v) {
  const auto bits = static_cast<uint64_t>(v);
  return v < 0 ? 0 - bits : bits;
}
template <class T>
T gcd_of(T a, T b) {
  return static_cast<T>(std::gcd(magnitude_of(a), magnitude_of(b)));
}
template <class T>
T lcm_of(T a, T b) {
  const auto g = static_cast<int64_t>(gcd_of<int64_t>(a, b));
  if (g == 0) return 0;
  const uint64_t product = static_cast<uint64_t>(a / g) * static_cast<uint64_t>(b);
  return static_cast<T>(magnitude_of(static_cast<int64_t>(product)));
}

template <class T>
bool is_below_zero(T a) {
  if constexpr (std::is_floating_point_v<T>)
    return std::signbit(a);
  else
    return a < 0;
}
// Of a count, processors look at the bits that number those of a word: 32 of them or 64.
template <class T>
constexpr T kCountBits = sizeof(T) == 8 ? 63 : 31;
template <class T>
T shift_left_of(T a, T b) {
  using Word = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
  return static_cast<T>(static_cast<Word>(a) << (b & kCountBits<T>));
}
template <class T>
T shift_right_of(T a, T b) {
  return static_cast<T>(a >> (b & kCountBits<T>));
}

#define TEMPER_SPECIAL_FUNCTIONS(FN)                                               \
  FN(floor_div, F | I, floor_div_of(a, b))                                         \
  FN(trunc_div, F | I, trunc_div_of(a, b))                                         \
  FN(remainder, F | I, remainder_of(a, b))                                         \
  FN(fmod, F | I, fmod_of(a, b))                                                   \
  FN(pow, F | I | C, pow_of(a, b))                                                 \
  FN(shift_left, I, shift_left_of(a, b))                                           \
  FN(shift_right, I, shift_right_of(a, b))                                         \
  FN(exp, C, std::exp(a))                                                          \
  FN(log, C, std::log(a))                                                          \
  FN(tanh, C, std::tanh(a))                                                        \
  FN(sigmoid, C, T(1) / (T(1) + std::exp(-a)))                                     \
  FN(exp2, F | C, exp2_of(a))                                                      \
  FN(expm1, F | C, expm1_of(a))                                                    \
  FN(log2, F | C, log2_of(a))                                                      \
  FN(log10, F | C, log10_of(a))                                                    \
  FN(log1p, F | C, log1p_of(a))                                                    \
  FN(sin, F | C, std::sin(a))                                                      \
  FN(cos, F | C, std::cos(a))                                                      \
  FN(tan, F | C, std::tan(a))                                                      \
  FN(asin, F | C, std::asin(a))                                                    \
  FN(acos, F | C, std::acos(a))                                                    \
  FN(atan, F | C, std::atan(a))                                                    \
  FN(atan2, F, std::atan2(a, b))                                                   \
  FN(sinh, F | C, std::sinh(a))                                                    \
  FN(cosh, F | C, std::cosh(a))                                                    \
  FN(asinh, F | C, std::asinh(a))                                                  \
  FN(acosh, F | C, std::acosh(a))                                                  \
  FN(atanh, F | C, std::atanh(a))                                                  \
  FN(erfc, F, std::erfc(a))                                                        \
  FN(erfinv, F, special::erfinv(a))                                                \
  FN(lgamma, F, std::lgamma(a))                                                    \
  FN(digamma, F, special::digamma(a))                                              \
  FN(isinf, F | I | C, T(special::is_infinite(a) ? 1 : 0))                         \
  FN(isfinite, F | I | C, T(special::is_finite(a) ? 1 : 0))                        \
  FN(signbit, F | I, T(is_below_zero(a) ? 1 : 0))                                  \
  FN(copysign, F, std::copysign(a, b))                                             \
  FN(nextafter, F, std::nextafter(a, b))                                           \
  FN(hypot, F, std::hypot(a, b))                                                   \
  FN(gcd, I, gcd_of(a, b))                                                         \
  FN(lcm, I, lcm_of(a, b))                                                         \
  FN(conj, C, std::conj(a))                                                        \
  FN(real, C, T(std::real(a)))                                                     \
  FN(imag, C, T(std::imag(a)))                                                     \
  FN(angle, F | C, angle_of(a))                                                    \
  FN(complex_sign, F | I | C, complex_sign_of(a))                                  \
  FN(sinc, F | C, sinc_of(a))                                                      \
  FN(logaddexp, F, logaddexp_of(a, b))                                             \
  FN(logaddexp2, F, logaddexp2_of(a, b))                                           \
  FN(i0, F, special::i0(a))                                                        \
  FN(i0e, F, special::i0e(a))                                                      \
  FN(i1, F, special::i1(a))                                                        \
  FN(i1e, F, special::i1e(a))                                                      \
  FN(ndtri, F, special::ndtri(a))                                                  \
  FN(log_ndtr, F, special::log_ndtr(a))                                            \
  FN(erfcx, F, special::erfcx(a))                                                  \
  FN(zeta, F, special::zeta(a, b))                                                 \
  FN(polygamma, F, a == T(1) ? special::trigamma(b) : T(special::polygamma(a, b))) \
  FN(igamma, F, special::igamma(a, b))                                             \
  FN(igammac, F, special::igammac(a, b))                                           \
  FN(bessel_j0, F, special::bessel_j(0, a))                                        \
  FN(bessel_j1, F, special::bessel_j(1, a))                                        \
  FN(bessel_y0, F, special::bessel_y(0, a))                                        \
  FN(bessel_y1, F, special::bessel_y(1, a))                                        \
  FN(modified_bessel_k0, F, special::bessel_k(0, a))                               \
  FN(modified_bessel_k1, F, special::bessel_k(1, a))                               \
  FN(scaled_modified_bessel_k0, F, special::scaled_bessel_k(0, a))                 \
  FN(scaled_modified_bessel_k1, F, special::scaled_bessel_k(1, a))                 \
  FN(spherical_bessel_j0, F, special::spherical_j0(a))                             \
  FN(airy_ai, F, special::airy_ai(a))                                              \
  FN(chebyshev_polynomial_t, F, polynomials::chebyshev_t(a, b))                    \
  FN(chebyshev_polynomial_u, F, polynomials::chebyshev_u(a, b))                    \
  FN(chebyshev_polynomial_v, F, polynomials::chebyshev_v(a, b))                    \
  FN(chebyshev_polynomial_w, F, polynomials::chebyshev_w(a, b))                    \
  FN(shifted_chebyshev_polynomial_t, F, polynomials::shifted_chebyshev_t(a, b))    \
  FN(shifted_chebyshev_polynomial_u, F, polynomials::shifted_chebyshev_u(a, b))    \
  FN(shifted_chebyshev_polynomial_v, F, polynomials::shifted_chebyshev_v(a, b))    \
  FN(shifted_chebyshev_polynomial_w, F, polynomials::shifted_chebyshev_w(a, b))    \
  FN(hermite_polynomial_h, F, polynomials::hermite_h(a, b))                        \
  FN(hermite_polynomial_he, F, polynomials::hermite_he(a, b))                      \
  FN(laguerre_polynomial_l, F, polynomials::laguerre_l(a, b))                      \
  FN(legendre_polynomial_p, F, polynomials::legendre_p(a, b))

#define TEMPER_SPECIAL_STRUCT(name, kinds, expression)           \
  struct Fn_##name {                                             \
    static constexpr unsigned kKinds = kinds;                    \
    template <class T>                                           \
    static T apply([[maybe_unused]] T a, [[maybe_unused]] T b) { \
      return expression;                                         \
    }                                                            \
  };
TEMPER_SPECIAL_FUNCTIONS(TEMPER_SPECIAL_STRUCT)
#undef TEMPER_SPECIAL_STRUCT

template <class Fn, class T>
void loop(void* out, const void* a, const void* b, const void*, int64_t n) {
  T* to = static_cast<T*>(out);
  const T* x = static_cast<const T*>(a);
  const T* y = static_cast<const T*>(b ? b : a);
  for (int64_t i = 0; i < n; ++i) to[i] = Fn::template apply<T>(x[i], y[i]);
}

template <class Fn>
void add(LoopTable& table, ScalarFn fn) {
  const auto put = [&]<class T>(ComputeType type) {
    if constexpr ((Fn::kKinds & kind_of<T>()) != 0) {
      Loop& slot = table.loops[static_cast<int>(type)][static_cast<int>(fn)];
      if (!slot) slot = loop<Fn, T>;
    }
  };
  put.template operator()<float>(ComputeType::kFloat);
  put.template operator()<double>(ComputeType::kDouble);
  put.template operator()<int64_t>(ComputeType::kInt);
  put.template operator()<Complex64>(ComputeType::kComplex64);
  put.template operator()<Complex128>(ComputeType::kComplex128);
}

// Where the answer hangs on the width of the integers.
template <class Fn>
void add_narrow(LoopTable& table, ScalarFn fn) {
  const auto column = static_cast<int>(fn);
  table.loops[static_cast<int>(ComputeType::kInt32)][column] = loop<Fn, int32_t>;
  table.loops[static_cast<int>(ComputeType::kByte)][column] = loop<Fn, uint8_t>;
}

}  // namespace

void add_special_loops(LoopTable& table) {
#define TEMPER_SPECIAL_ADD(name, kinds, expression) add<Fn_##name>(table, ScalarFn::k_##name);
  TEMPER_SPECIAL_FUNCTIONS(TEMPER_SPECIAL_ADD)
#undef TEMPER_SPECIAL_ADD
  add_narrow<Fn_shift_left>(table, ScalarFn::k_shift_left);
  add_narrow<Fn_shift_right>(table, ScalarFn::k_shift_right);
}

}  // namespace temper
