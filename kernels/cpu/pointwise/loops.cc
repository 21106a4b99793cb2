// Compiled once per instruction set; TEMPER_ISA names the namespace.
#include "kernels/cpu/pointwise/loops.h"

#include <cmath>
#include <complex>
#include <limits>
#include <type_traits>

#include "core/tensor/half.h"
#include "kernels/cpu/simd/math.h"

namespace temper::TEMPER_ISA {
namespace {

template <class T>
inline constexpr bool kFloating = std::is_floating_point_v<T>;
template <class T>
inline constexpr bool kComplex = !std::is_arithmetic_v<T>;
template <class T>
inline constexpr bool kInteger = std::is_integral_v<T>;

// Which compute types a function is defined for.
enum : unsigned { F = 1, I = 2, C = 4 };
template <class T>
constexpr unsigned kind_of() {
  return kFloating<T> ? F : kInteger<T> ? I : C;
}

// Unsigned and wide enough that no promotion to int is signed.
template <class T>
using Wrapping = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;

template <class T>
T erf_of(T a) {
  if constexpr (std::is_same_v<T, float>)
    return simd::erf(a);
  else
    return std::erf(a);
}
template <class T>
bool is_nan(T a) {
  return a != a;
}
template <class T>
T negate(T a) {
  if constexpr (kInteger<T>)
    return static_cast<T>(-static_cast<Wrapping<T>>(a));
  else
    return -a;
}
template <class T>
T add_of(T a, T b) {
  if constexpr (kInteger<T>)
    return static_cast<T>(static_cast<Wrapping<T>>(a) + static_cast<Wrapping<T>>(b));
  else
    return a + b;
}
template <class T>
T sub_of(T a, T b) {
  if constexpr (kInteger<T>)
    return static_cast<T>(static_cast<Wrapping<T>>(a) - static_cast<Wrapping<T>>(b));
  else
    return a - b;
}
template <class T>
T mul_of(T a, T b) {
  if constexpr (kInteger<T>)
    return static_cast<T>(static_cast<Wrapping<T>>(a) * static_cast<Wrapping<T>>(b));
  else
    return a * b;
}
template <class T>
T abs_of(T a) {
  if constexpr (kFloating<T>)
    return std::fabs(a);
  else if constexpr (std::is_unsigned_v<T>)
    return a;
  else if constexpr (kInteger<T>)
    return a < 0 ? negate(a) : a;
  else
    return T(std::abs(a));
}
template <class T>
T sign_of(T a) {
  if constexpr (std::is_unsigned_v<T>)
    return T(a != 0);
  else
    return T(int(T(0) < a) - int(a < T(0)));
}
template <class T>
T reciprocal_of(T a) {
  return T(1) / a;
}
template <class T>
bool nonzero(T a) {
  return a != T(0);
}
template <class T>
T truth(bool v) {
  return T(v ? 1 : 0);
}
// Half to even; the processor's rounding mode is never changed.
template <class T>
T round_of(T a) {
  if constexpr (kInteger<T>)
    return a;
  else
    return std::nearbyint(a);
}
template <class T>
T floor_of(T a) {
  if constexpr (kInteger<T>)
    return a;
  else
    return std::floor(a);
}
template <class T>
T ceil_of(T a) {
  if constexpr (kInteger<T>)
    return a;
  else
    return std::ceil(a);
}
template <class T>
T trunc_of(T a) {
  if constexpr (kInteger<T>)
    return a;
  else
    return std::trunc(a);
}

// TEMPER_FN(name, kinds, expression over a, b, c of type T). Comparisons with what is no number are
// false, and so choose it where it spreads.
#define TEMPER_LOOP_FUNCTIONS(FN)                                              \
  FN(add, F | I | C, add_of(a, b))                                             \
  FN(sub, F | I | C, sub_of(a, b))                                             \
  FN(mul, F | I | C, mul_of(a, b))                                             \
  FN(div, F | C, a / b)                                                        \
  FN(neg, F | I | C, negate(a))                                                \
  FN(muladd, F | I | C, add_of(a, mul_of(b, c)))                               \
  FN(mulsub, F | I | C, sub_of(a, mul_of(b, c)))                               \
  FN(eq, F | I | C, truth<T>(a == b))                                          \
  FN(ne, F | I | C, truth<T>(a != b))                                          \
  FN(lt, F | I, truth<T>(a < b))                                               \
  FN(le, F | I, truth<T>(a <= b))                                              \
  FN(gt, F | I, truth<T>(a > b))                                               \
  FN(ge, F | I, truth<T>(a >= b))                                              \
  FN(select, F | I | C, nonzero(a) ? b : c)                                    \
  FN(min, F | I, b < a || is_nan(b) ? b : a)                                   \
  FN(max, F | I, a < b || is_nan(b) ? b : a)                                   \
  FN(fmin, F | I, is_nan(a) ? b : is_nan(b) ? a : (b < a ? b : a))             \
  FN(fmax, F | I, is_nan(a) ? b : is_nan(b) ? a : (a < b ? b : a))             \
  FN(clamp, F | I, (a < b ? b : a) > c ? c : (a < b ? b : a))                  \
  FN(and, F | I | C, truth<T>(nonzero(a) && nonzero(b)))                       \
  FN(or, F | I | C, truth<T>(nonzero(a) || nonzero(b)))                        \
  FN(xor, F | I | C, truth<T>(nonzero(a) != nonzero(b)))                       \
  FN(not, F | I | C, truth<T>(!nonzero(a)))                                    \
  FN(bit_and, I, T(a& b))                                                      \
  FN(bit_or, I, T(a | b))                                                      \
  FN(bit_xor, I, T(a ^ b))                                                     \
  FN(bit_not, I, T(~a))                                                        \
  FN(abs, F | I | C, abs_of(a))                                                \
  FN(sign, F | I, sign_of(a))                                                  \
  FN(floor, F | I, floor_of(a))                                                \
  FN(ceil, F | I, ceil_of(a))                                                  \
  FN(round, F | I, round_of(a))                                                \
  FN(trunc, F | I, trunc_of(a))                                                \
  FN(frac, F, a - std::trunc(a))                                               \
  FN(sqrt, F | C, std::sqrt(a))                                                \
  FN(rsqrt, F | C, T(1) / std::sqrt(a))                                        \
  FN(reciprocal, F | C, reciprocal_of(a))                                      \
  FN(square, F | I | C, mul_of(a, a))                                          \
  FN(erf, F, erf_of(a))                                                        \
  FN(isnan, F | I | C, truth<T>(is_nan(a)))                                    \
  FN(conj, F | I, a)                                                           \
  FN(real, F | I, a)                                                           \
  FN(isinf, F, truth<T>(std::fabs(a) == std::numeric_limits<T>::infinity()))   \
  FN(isfinite, F, truth<T>(std::fabs(a) < std::numeric_limits<T>::infinity())) \
  FN(signbit, F, truth<T>(std::signbit(a)))                                    \
  FN(copysign, F, std::copysign(a, b))

#define TEMPER_LOOP_STRUCT(name, kinds, expression)                                    \
  struct Fn_##name {                                                                   \
    static constexpr unsigned kKinds = kinds;                                          \
    template <class T>                                                                 \
    static T apply([[maybe_unused]] T a, [[maybe_unused]] T b, [[maybe_unused]] T c) { \
      return expression;                                                               \
    }                                                                                  \
  };
TEMPER_LOOP_FUNCTIONS(TEMPER_LOOP_STRUCT)
#undef TEMPER_LOOP_STRUCT

// Functions whose results are 0 and 1.
constexpr bool gives_truth(ScalarFn fn) {
  switch (fn) {
    case ScalarFn::k_eq:
    case ScalarFn::k_ne:
    case ScalarFn::k_lt:
    case ScalarFn::k_le:
    case ScalarFn::k_gt:
    case ScalarFn::k_ge:
    case ScalarFn::k_and:
    case ScalarFn::k_or:
    case ScalarFn::k_xor:
    case ScalarFn::k_not:
    case ScalarFn::k_isnan:
    case ScalarFn::k_isinf:
    case ScalarFn::k_isfinite:
    case ScalarFn::k_signbit: return true;
    default: return false;
  }
}

template <class Fn, class T, class Out, int kArity>
[[gnu::flatten]] void loop(void* out, const void* a, const void* b, const void* c, int64_t n) {
  Out* to = static_cast<Out*>(out);
  const T* x = static_cast<const T*>(a);
  const T* y = static_cast<const T*>(kArity > 1 ? b : a);
  const T* z = static_cast<const T*>(kArity > 2 ? c : a);
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) {
    if constexpr (std::is_same_v<T, Out>) {
      to[i] = Fn::template apply<T>(x[i], y[i], z[i]);
    } else {
      to[i] = Fn::template apply<T>(x[i], y[i], z[i]) != T(0);
    }
  }
}

template <class Fn, class T, ScalarFn kFn>
void add(LoopTable& table, ComputeType type) {
  // Complex functions are library templates, which must not be emitted for a newer processor.
  if constexpr ((Fn::kKinds & kind_of<T>()) != 0 && (!kComplex<T> || TEMPER_ISA_COMPLEX)) {
    const int arity = scalar_fn_arity(kFn), row = static_cast<int>(type);
    const int column = static_cast<int>(kFn);
    table.loops[row][column] = arity == 1   ? loop<Fn, T, T, 1>
                               : arity == 2 ? loop<Fn, T, T, 2>
                                            : loop<Fn, T, T, 3>;
    if constexpr (gives_truth(kFn)) {
      table.truths[row][column] = arity == 1 ? loop<Fn, T, uint8_t, 1> : loop<Fn, T, uint8_t, 2>;
    }
  }
}

template <class Fn, ScalarFn kFn>
void add_types(LoopTable& table) {
  add<Fn, float, kFn>(table, ComputeType::kFloat);
  add<Fn, double, kFn>(table, ComputeType::kDouble);
  add<Fn, int64_t, kFn>(table, ComputeType::kInt);
  add<Fn, Complex64, kFn>(table, ComputeType::kComplex64);
  add<Fn, Complex128, kFn>(table, ComputeType::kComplex128);
  add<Fn, int32_t, kFn>(table, ComputeType::kInt32);
  add<Fn, uint8_t, kFn>(table, ComputeType::kByte);
}

}  // namespace

void fill(LoopTable& table) {
#define TEMPER_LOOP_ADD(name, kinds, expression) add_types<Fn_##name, ScalarFn::k_##name>(table);
  TEMPER_LOOP_FUNCTIONS(TEMPER_LOOP_ADD)
#undef TEMPER_LOOP_ADD
}

}  // namespace temper::TEMPER_ISA
