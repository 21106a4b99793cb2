// Compiled once per instruction set; TEMPER_ISA names the namespace.
#include "kernels/cpu/pointwise/loops.h"

#include <cmath>
#include <complex>
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

template <class T>
T exp_of(T a) {
  if constexpr (std::is_same_v<T, float>)
    return simd::exp(a);
  else
    return std::exp(a);
}
template <class T>
T log_of(T a) {
  if constexpr (std::is_same_v<T, float>)
    return simd::log(a);
  else
    return std::log(a);
}
template <class T>
T tanh_of(T a) {
  if constexpr (std::is_same_v<T, float>)
    return simd::tanh(a);
  else
    return std::tanh(a);
}
template <class T>
T sigmoid_of(T a) {
  if constexpr (std::is_same_v<T, float>)
    return simd::sigmoid(a);
  else
    return T(1) / (T(1) + std::exp(-a));
}
template <class T>
T erf_of(T a) {
  if constexpr (std::is_same_v<T, float>)
    return simd::erf(a);
  else
    return std::erf(a);
}
template <class T>
bool is_nan(T a) {
  if constexpr (kComplex<T>)
    return a != a;
  else
    return a != a;
}
template <class T>
T negate(T a) {
  if constexpr (kInteger<T>)
    return static_cast<T>(-static_cast<uint64_t>(a));
  else
    return -a;
}
template <class T>
T add_of(T a, T b) {
  if constexpr (kInteger<T>)
    return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  else
    return a + b;
}
template <class T>
T sub_of(T a, T b) {
  if constexpr (kInteger<T>)
    return static_cast<T>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
  else
    return a - b;
}
template <class T>
T mul_of(T a, T b) {
  if constexpr (kInteger<T>)
    return static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
  else
    return a * b;
}
template <class T>
T abs_of(T a) {
  if constexpr (kFloating<T>)
    return std::fabs(a);
  else if constexpr (kInteger<T>)
    return a < 0 ? negate(a) : a;
  else
    return T(std::abs(a));
}
template <class T>
T sign_of(T a) {
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

// TEMPER_FN(name, kinds, expression over a, b, c of type T)
#define TEMPER_LOOP_FUNCTIONS(FN)                                             \
  FN(add, F | I | C, add_of(a, b))                                            \
  FN(sub, F | I | C, sub_of(a, b))                                            \
  FN(mul, F | I | C, mul_of(a, b))                                            \
  FN(div, F | C, a / b)                                                       \
  FN(neg, F | I | C, negate(a))                                               \
  FN(muladd, F | I | C, add_of(a, mul_of(b, c)))                              \
  FN(mulsub, F | I | C, sub_of(a, mul_of(b, c)))                              \
  FN(eq, F | I | C, truth<T>(a == b))                                         \
  FN(ne, F | I | C, truth<T>(a != b))                                         \
  FN(lt, F | I, truth<T>(a < b))                                              \
  FN(le, F | I, truth<T>(a <= b))                                             \
  FN(gt, F | I, truth<T>(a > b))                                              \
  FN(ge, F | I, truth<T>(a >= b))                                             \
  FN(select, F | I | C, nonzero(a) ? b : c)                                   \
  FN(min, F | I, is_nan(a) ? a : is_nan(b) ? b : (b < a ? b : a))             \
  FN(max, F | I, is_nan(a) ? a : is_nan(b) ? b : (a < b ? b : a))             \
  FN(fmin, F | I, is_nan(a) ? b : is_nan(b) ? a : (b < a ? b : a))            \
  FN(fmax, F | I, is_nan(a) ? b : is_nan(b) ? a : (a < b ? b : a))            \
  FN(clamp, F | I, is_nan(a) ? a : (a < b ? b : a) > c ? c : (a < b ? b : a)) \
  FN(and, F | I | C, truth<T>(nonzero(a) && nonzero(b)))                      \
  FN(or, F | I | C, truth<T>(nonzero(a) || nonzero(b)))                       \
  FN(xor, F | I | C, truth<T>(nonzero(a) != nonzero(b)))                      \
  FN(not, F | I | C, truth<T>(!nonzero(a)))                                   \
  FN(bit_and, I, a& b)                                                        \
  FN(bit_or, I, a | b)                                                        \
  FN(bit_xor, I, a ^ b)                                                       \
  FN(bit_not, I, ~a)                                                          \
  FN(abs, F | I | C, abs_of(a))                                               \
  FN(sign, F | I, sign_of(a))                                                 \
  FN(floor, F | I, floor_of(a))                                               \
  FN(ceil, F | I, ceil_of(a))                                                 \
  FN(round, F | I, round_of(a))                                               \
  FN(trunc, F | I, trunc_of(a))                                               \
  FN(frac, F, a - std::trunc(a))                                              \
  FN(sqrt, F | C, std::sqrt(a))                                               \
  FN(rsqrt, F | C, T(1) / std::sqrt(a))                                       \
  FN(reciprocal, F | C, reciprocal_of(a))                                     \
  FN(square, F | I | C, mul_of(a, a))                                         \
  FN(exp, F | C, exp_of(a))                                                   \
  FN(log, F | C, log_of(a))                                                   \
  FN(tanh, F | C, tanh_of(a))                                                 \
  FN(sigmoid, F | C, sigmoid_of(a))                                           \
  FN(erf, F, erf_of(a))                                                       \
  FN(isnan, F | I | C, truth<T>(is_nan(a)))                                   \
  FN(conj, F | I, a)                                                          \
  FN(real, F | I, a)

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

template <class Fn, class T, int kArity>
void loop(void* out, const void* a, const void* b, const void* c, int64_t n) {
  T* to = static_cast<T*>(out);
  const T* x = static_cast<const T*>(a);
  const T* y = static_cast<const T*>(kArity > 1 ? b : a);
  const T* z = static_cast<const T*>(kArity > 2 ? c : a);
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) to[i] = Fn::template apply<T>(x[i], y[i], z[i]);
}

template <class Fn, class T>
Loop pick(int arity) {
  // Complex functions are library templates, which must not be emitted for a newer processor.
  if constexpr ((Fn::kKinds & kind_of<T>()) == 0 || (kComplex<T> && !TEMPER_ISA_COMPLEX)) {
    return nullptr;
  } else {
    return arity == 1 ? loop<Fn, T, 1> : arity == 2 ? loop<Fn, T, 2> : loop<Fn, T, 3>;
  }
}

template <class Fn>
void add(LoopTable& table, ScalarFn fn) {
  const int arity = scalar_fn_arity(fn);
  const auto put = [&](ComputeType type, Loop loop) {
    if (loop) table.loops[static_cast<int>(type)][static_cast<int>(fn)] = loop;
  };
  put(ComputeType::kFloat, pick<Fn, float>(arity));
  put(ComputeType::kDouble, pick<Fn, double>(arity));
  put(ComputeType::kInt, pick<Fn, int64_t>(arity));
  put(ComputeType::kComplex64, pick<Fn, Complex64>(arity));
  put(ComputeType::kComplex128, pick<Fn, Complex128>(arity));
}

}  // namespace

void fill(LoopTable& table) {
#define TEMPER_LOOP_ADD(name, kinds, expression) add<Fn_##name>(table, ScalarFn::k_##name);
  TEMPER_LOOP_FUNCTIONS(TEMPER_LOOP_ADD)
#undef TEMPER_LOOP_ADD
}

}  // namespace temper::TEMPER_ISA
