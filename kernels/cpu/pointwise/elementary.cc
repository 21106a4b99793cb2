// Elementary functions in vectors, compiled once per instruction set; TEMPER_ISA names the
// namespace.
#include <cmath>
#include <cstring>
#include <type_traits>

#include "kernels/cpu/pointwise/loops.h"
#include "kernels/cpu/simd/math.h"
#include "kernels/cpu/simd/math_double.h"
#include "kernels/cpu/simd/math_float.h"

namespace temper::TEMPER_ISA {
namespace {

template <class Fn, class T>
[[gnu::flatten]] void loop(void* out, const void* a, const void* b, const void*, int64_t n) {
  T* to = static_cast<T*>(out);
  const T* x = static_cast<const T*>(a);
  const T* y = static_cast<const T*>(Fn::kArity > 1 ? b : a);
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) to[i] = Fn::vector(x[i], y[i]);
}

// For functions whose vector form covers most arguments: the others go to the C library.
template <class Fn, class T>
[[gnu::flatten]] void guarded_loop(void* out, const void* a, const void* b, const void*,
                                   int64_t n) {
  constexpr int64_t kPiece = 256;
  T* to = static_cast<T*>(out);
  const T* x = static_cast<const T*>(a);
  const T* y = static_cast<const T*>(Fn::kArity > 1 ? b : a);
  T results[kPiece];
  for (int64_t at = 0; at < n; at += kPiece, to += kPiece, x += kPiece, y += kPiece) {
    const int64_t count = n - at < kPiece ? n - at : kPiece;
    int odd = 0;
    for (int64_t i = 0; i < count; ++i) {
      results[i] = Fn::vector(x[i], y[i]);
      odd |= Fn::covers(x[i], y[i]) ? 0 : 1;
    }
    for (int64_t i = 0; odd && i < count; ++i) {
      if (!Fn::covers(x[i], y[i])) results[i] = Fn::scalar(x[i], y[i]);
    }
    std::memcpy(to, results, static_cast<size_t>(count) * sizeof(T));
  }
}

#define TEMPER_ELEMENTARY(name, expression)      \
  struct Fn_##name {                             \
    static constexpr int kArity = 1;             \
    template <class T>                           \
    static T vector(T a, [[maybe_unused]] T b) { \
      return expression;                         \
    }                                            \
  };
TEMPER_ELEMENTARY(exp, simd::exp(a))
TEMPER_ELEMENTARY(log, simd::log(a))
TEMPER_ELEMENTARY(tanh, simd::tanh(a))
TEMPER_ELEMENTARY(sigmoid, simd::sigmoid(a))
TEMPER_ELEMENTARY(exp2, simd::exp2(a))
TEMPER_ELEMENTARY(expm1, simd::expm1(a))
TEMPER_ELEMENTARY(log2, simd::log2(a))
TEMPER_ELEMENTARY(log10, simd::log10(a))
TEMPER_ELEMENTARY(log1p, simd::log1p(a))
TEMPER_ELEMENTARY(sinh, simd::sinh(a))
TEMPER_ELEMENTARY(cosh, simd::cosh(a))
TEMPER_ELEMENTARY(asin, simd::asin(a))
TEMPER_ELEMENTARY(acos, simd::acos(a))
TEMPER_ELEMENTARY(atan, simd::atan(a))
#undef TEMPER_ELEMENTARY

struct Fn_atan2 {
  static constexpr int kArity = 2;
  static float vector(float a, float b) { return simd::atan2(a, b); }
};
struct Fn_hypot {
  static constexpr int kArity = 2;
  static float vector(float a, float b) { return simd::hypot(a, b); }
};

template <class T>
bool is_small_angle(T a) {
  return std::fabs(static_cast<double>(a)) < simd::kLargestAngle;
}

struct Fn_sin {
  static constexpr int kArity = 1;
  // Zeros keep their sign.
  static float vector(float a, float) { return a == 0.0f ? a : simd::sine(a, 0); }
  static double vector(double a, double) { return a == 0.0 ? a : simd::sine(a, 0.0); }
  template <class T>
  static bool covers(T a, T) {
    return is_small_angle(a);
  }
  static float scalar(float a, float) { return ::sinf(a); }
  static double scalar(double a, double) { return ::sin(a); }
};
struct Fn_cos {
  static constexpr int kArity = 1;
  static float vector(float a, float) { return simd::sine(a, 1); }
  static double vector(double a, double) { return simd::sine(a, 1.0); }
  template <class T>
  static bool covers(T a, T) {
    return is_small_angle(a);
  }
  static float scalar(float a, float) { return ::cosf(a); }
  static double scalar(double a, double) { return ::cos(a); }
};
struct Fn_tan {
  static constexpr int kArity = 1;
  static float vector(float a, float) { return a == 0.0f ? a : simd::tangent(a); }
  static bool covers(float a, float) { return is_small_angle(a); }
  static float scalar(float a, float) { return ::tanf(a); }
};

struct Fn_pow {
  static constexpr int kArity = 2;
  static float vector(float a, float b) { return simd::power(a, b); }
  static bool covers(float a, float b) {
    return a > 0.0f && a < __builtin_inff() && std::fabs(b) < __builtin_inff();
  }
  static float scalar(float a, float b) { return ::powf(a, b); }
};

// Quotients that a float times a float in double cannot say exactly go to the C library.
bool is_small_quotient(float a, float b) {
  return b != 0.0f && std::fabs(b) < __builtin_inff() &&
         std::fabs(static_cast<double>(a)) <
             std::fabs(static_cast<double>(b)) * simd::kLargestQuotient;
}

float remainder_from(float mod, float b) {
  return mod != 0.0f && (mod < 0.0f) != (b < 0.0f) ? mod + b : mod;
}

float floor_quotient(float a, float b, float mod) {
  const float whole = (a - mod) / b;
  const float div = mod != 0.0f && (b < 0.0f) != (mod < 0.0f) ? whole - 1.0f : whole;
  const float floored = std::floor(div);
  const float near = div - floored > 0.5f ? floored + 1.0f : floored;
  return div == 0.0f ? std::copysign(0.0f, a / b) : near;
}

struct Fn_fmod {
  static constexpr int kArity = 2;
  static float vector(float a, float b) { return simd::fmod(a, b); }
  static bool covers(float a, float b) { return is_small_quotient(a, b); }
  static float scalar(float a, float b) { return ::fmodf(a, b); }
};
struct Fn_remainder {
  static constexpr int kArity = 2;
  static float vector(float a, float b) { return remainder_from(simd::fmod(a, b), b); }
  static bool covers(float a, float b) { return is_small_quotient(a, b); }
  static float scalar(float a, float b) { return remainder_from(::fmodf(a, b), b); }
};
struct Fn_floor_div {
  static constexpr int kArity = 2;
  static float vector(float a, float b) { return floor_quotient(a, b, simd::fmod(a, b)); }
  static bool covers(float a, float b) { return is_small_quotient(a, b); }
  static float scalar(float a, float b) {
    return b == 0.0f ? a / b : floor_quotient(a, b, ::fmodf(a, b));
  }
};

// One exponent for all elements, as programs write most of them, is exact and much cheaper.
template <class T>
[[gnu::flatten]] bool uniform_power(T* to, const T* x, T exponent, int64_t n) {
  const auto each = [&](const auto& function) {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) to[i] = function(x[i]);
    return true;
  };
  if (exponent == T(2)) return each([](T v) { return v * v; });
  if (exponent == T(3)) return each([](T v) { return v * v * v; });
  if (exponent == T(0.5)) return each([](T v) { return std::sqrt(v); });
  if (exponent == T(-1)) return each([](T v) { return T(1) / v; });
  if (exponent == T(-2)) return each([](T v) { return T(1) / (v * v); });
  return false;
}

template <class T>
[[gnu::flatten]] void pow_loop(void* out, const void* a, const void* b, const void* c, int64_t n) {
  const T* y = static_cast<const T*>(b);
  int other = 0;
  for (int64_t i = 0; i < n; ++i) other |= y[i] == y[0] ? 0 : 1;
  if (!other && uniform_power(static_cast<T*>(out), static_cast<const T*>(a), y[0], n)) return;
  if constexpr (std::is_same_v<T, float>) {
    guarded_loop<Fn_pow, float>(out, a, b, c, n);
  } else {
    const T* x = static_cast<const T*>(a);
    for (int64_t i = 0; i < n; ++i) static_cast<T*>(out)[i] = ::pow(x[i], y[i]);
  }
}

template <class Fn, class T>
constexpr Loop pick() {
  if constexpr (requires(T v) { Fn::covers(v, v); }) {
    return guarded_loop<Fn, T>;
  } else {
    return loop<Fn, T>;
  }
}

}  // namespace

void fill_elementary(LoopTable& table) {
  Loop* floats = table.loops[static_cast<int>(ComputeType::kFloat)];
  Loop* doubles = table.loops[static_cast<int>(ComputeType::kDouble)];
#define TEMPER_FLOAT(name) floats[static_cast<int>(ScalarFn::k_##name)] = pick<Fn_##name, float>();
#define TEMPER_BOTH(name) \
  TEMPER_FLOAT(name)      \
  doubles[static_cast<int>(ScalarFn::k_##name)] = pick<Fn_##name, double>();
  TEMPER_BOTH(exp)
  TEMPER_BOTH(log)
  TEMPER_BOTH(tanh)
  TEMPER_BOTH(sigmoid)
  TEMPER_BOTH(exp2)
  TEMPER_BOTH(expm1)
  TEMPER_BOTH(log2)
  TEMPER_BOTH(log10)
  TEMPER_BOTH(log1p)
  TEMPER_BOTH(sinh)
  TEMPER_BOTH(cosh)
  TEMPER_BOTH(sin)
  TEMPER_BOTH(cos)
  TEMPER_FLOAT(tan)
  TEMPER_FLOAT(asin)
  TEMPER_FLOAT(acos)
  TEMPER_FLOAT(atan)
  TEMPER_FLOAT(atan2)
  TEMPER_FLOAT(hypot)
  TEMPER_FLOAT(fmod)
  TEMPER_FLOAT(remainder)
  TEMPER_FLOAT(floor_div)
#undef TEMPER_BOTH
#undef TEMPER_FLOAT
  floats[static_cast<int>(ScalarFn::k_pow)] = pow_loop<float>;
  doubles[static_cast<int>(ScalarFn::k_pow)] = pow_loop<double>;
}

}  // namespace temper::TEMPER_ISA
