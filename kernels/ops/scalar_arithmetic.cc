// Arithmetic, comparison and bit operators on int, float, complex, bool, str and Device.
#include <cmath>
#include <concepts>
#include <cstdio>

#include "core/base/error.h"
#include "core/base/truncate.h"
#include "kernels/cpu/limits.h"
#include "kernels/ops/complex_math.h"
#include "kernels/ops/families.h"
#include "kernels/ops/overloads.h"

namespace temper {
namespace {

using Complex = std::complex<double>;

struct Named {
  const char* name;
  Kernel kernel;
};

int64_t wrap(uint64_t v) { return static_cast<int64_t>(v); }

// Integers wrap around; one body for every mix of int, float and complex.
struct Add {
  static int64_t of(int64_t a, int64_t b) { return wrap(uint64_t(a) + uint64_t(b)); }
  template <class T>
  static T of(T a, T b) {
    return a + b;
  }
  // Mixed operands keep the real one real: infinities do not spread into the other part.
  static Complex of(Complex a, double b) { return a + b; }
  static Complex of(double a, Complex b) { return a + b; }
};
struct Sub {
  static int64_t of(int64_t a, int64_t b) { return wrap(uint64_t(a) - uint64_t(b)); }
  template <class T>
  static T of(T a, T b) {
    return a - b;
  }
  static Complex of(Complex a, double b) { return a - b; }
  static Complex of(double a, Complex b) { return a - b; }
};
struct Mul {
  static int64_t of(int64_t a, int64_t b) { return wrap(uint64_t(a) * uint64_t(b)); }
  template <class T>
  static T of(T a, T b) {
    return a * b;
  }
  static Complex of(Complex a, double b) { return a * b; }
  static Complex of(double a, Complex b) { return a * b; }
};
struct Div {
  static double of(int64_t a, int64_t b) { return static_cast<double>(a) / static_cast<double>(b); }
  static double of(double a, double b) { return a / b; }
  static Complex of(Complex a, Complex b) { return divide(a, b); }
};
struct FloorDiv {
  static int64_t of(int64_t a, int64_t b) {
    if (b == 0) fail("division by 0");
    if (b == -1) return wrap(0 - uint64_t(a));
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
  }
  static double of(double a, double b) { return std::floor(a / b); }
};
struct Remainder {
  static int64_t of(int64_t a, int64_t b) {
    if (b == 0) fail("integer division or modulo by zero");
    if (b == -1) return 0;
    const int64_t rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
  static double of(double a, double b) { return std::fmod(b + std::fmod(a, b), b); }
};
struct Pow {
  static double of(int64_t a, int64_t b) { return of(double(a), double(b)); }
  static double of(double a, double b) {
    if (a == 0 && b < 0) fail("0.0 cannot be raised to a negative power");
    return std::pow(a, b);
  }
  static Complex of(Complex a, Complex b) { return std::pow(a, b); }
  static Complex of(Complex a, double b) { return std::pow(a, b); }
  static Complex of(double a, Complex b) { return std::pow(a, b); }
};
struct Min {
  template <class T>
  requires std::totally_ordered<T>
  static T of(T a, T b) { return a < b ? a : b; }
};
struct Max {
  template <class T>
  requires std::totally_ordered<T>
  static T of(T a, T b) { return a > b ? a : b; }
};
struct Eq {
  template <class T>
  static bool of(const T& a, const T& b) {
    return a == b;
  }
};
struct Ne {
  template <class T>
  static bool of(const T& a, const T& b) {
    return a != b;
  }
};
struct Lt {
  template <class T>
  requires std::totally_ordered<T>
  static bool of(const T& a, const T& b) { return a < b; }
};
struct Le {
  template <class T>
  requires std::totally_ordered<T>
  static bool of(const T& a, const T& b) { return a <= b; }
};
struct Gt {
  template <class T>
  requires std::totally_ordered<T>
  static bool of(const T& a, const T& b) { return a > b; }
};
struct Ge {
  template <class T>
  requires std::totally_ordered<T>
  static bool of(const T& a, const T& b) { return a >= b; }
};

template <class Op>
IValue of_complex(const IValue& a, const IValue& b) {
  if constexpr (requires(Complex z) { Op::of(z, 1.0); }) {
    if (!b.is_complex()) return Op::of(a.to_complex(), b.scalar_as_double());
    if (!a.is_complex()) return Op::of(a.scalar_as_double(), b.to_complex());
  }
  if constexpr (requires(Complex z) { Op::of(z, z); }) {
    return Op::of(a.scalar_as_complex(), b.scalar_as_complex());
  } else {
    fail("the operator is not defined for complex numbers");
  }
}

template <class Op>
IValue of_numbers(const IValue& a, const IValue& b) {
  if (a.is_complex() || b.is_complex()) return of_complex<Op>(a, b);
  if (a.is_double() || b.is_double()) return Op::of(a.scalar_as_double(), b.scalar_as_double());
  return Op::of(a.scalar_as_int(), b.scalar_as_int());
}

template <class Op>
void numbers(OpCall& call) {
  call.ret(of_numbers<Op>(call.in(0), call.in(1)));
}

template <class Op>
void strings(OpCall& call) {
  call.ret(Op::of(call.string(0), call.string(1)));
}

template <class Op>
void booleans(OpCall& call) {
  call.ret(Op::of(call.boolean(0), call.boolean(1)));
}

template <class Op>
void devices(OpCall& call) {
  call.ret(Op::of(call.in(0).to_device(), call.in(1).to_device()));
}

template <bool kEqual>
void enums(OpCall& call) {
  call.ret(equal(call.in(0), call.in(1)) == kEqual);
}

struct Negate {
  static int64_t of(int64_t a) { return wrap(0 - uint64_t(a)); }
  template <class T>
  static T of(T a) {
    return -a;
  }
};
struct Absolute {
  static int64_t of(int64_t a) { return a < 0 ? wrap(0 - uint64_t(a)) : a; }
  static double of(double a) { return std::fabs(a); }
  static double of(Complex a) { return std::abs(a); }
};

template <class Op>
void unary(OpCall& call) {
  const IValue& a = call.in(0);
  if (a.is_int()) return call.ret(Op::of(a.to_int()));
  if (a.is_double()) return call.ret(Op::of(a.to_double()));
  call.ret(Op::of(a.to_complex()));
}

// The overloads on number compute in 32 bits in the reference, which programs can observe.
template <class Op>
void unary_number(OpCall& call) {
  const IValue& a = call.in(0);
  if (a.is_bool()) fail(call.op().name(), " expected a number but got a bool");
  if (a.is_int()) return call.ret(static_cast<int64_t>(static_cast<int32_t>(Op::of(a.to_int()))));
  if (a.is_double())
    return call.ret(static_cast<double>(static_cast<float>(Op::of(a.to_double()))));
  const auto value = Op::of(a.to_complex());
  if constexpr (std::is_same_v<decltype(value), const double>) {
    call.ret(static_cast<double>(static_cast<float>(value)));
  } else {
    call.ret(value);
  }
}

struct And {
  static int64_t of(int64_t a, int64_t b) { return a & b; }
  static bool of(bool a, bool b) { return a && b; }
};
struct Or {
  static int64_t of(int64_t a, int64_t b) { return a | b; }
  static bool of(bool a, bool b) { return a || b; }
};
struct Xor {
  static int64_t of(int64_t a, int64_t b) { return a ^ b; }
  static bool of(bool a, bool b) { return a != b; }
};
struct ShiftLeft {
  static int64_t of(int64_t a, int64_t b) { return wrap(uint64_t(a) << (b & 63)); }
};
struct ShiftRight {
  static int64_t of(int64_t a, int64_t b) { return a >> (b & 63); }
};

template <class Op>
void integers(OpCall& call) {
  call.ret(Op::of(call.integer(0), call.integer(1)));
}

void whole_power(OpCall& call) {
  call.ret(truncate_to_int64(Pow::of(call.integer(0), call.integer(1))));
}

void not_bool(OpCall& call) { call.ret(!call.boolean(0)); }
void concat_strings(OpCall& call) {
  check_text_size(call.string(0).size() + call.string(1).size());
  call.ret(call.string(0) + call.string(1));
}
void truncated_division(OpCall& call) {
  const int64_t a = call.integer(0), b = call.integer(1);
  if (b == 0) fail("division by 0");
  call.ret(b == -1 ? wrap(0 - uint64_t(a)) : a / b);
}

template <class T, class Quotient>
void ret_both(OpCall& call, T quotient, Quotient rest) {
  call.ret(0, quotient);
  call.ret(1, rest);
}

void divmod_integers(OpCall& call) {
  const int64_t a = call.integer(0), b = call.integer(1);
  if (b == 0) fail("ZeroDivisionError: integer division or modulo by zero");
  ret_both(call, FloorDiv::of(a, b), Remainder::of(a, b));
}

void divmod_floats(OpCall& call) {
  const double a = call.number(0), b = call.number(1);
  if (b == 0) fail("ZeroDivisionError: float divmod()");
  double rest = std::fmod(a, b);
  if (rest != 0 && (b < 0) != (rest < 0)) rest += b;
  ret_both(call, (a - rest) / b, rest);
}

// PyTorch divides the mixed kinds in single precision.
void divmod_mixed(OpCall& call) {
  const float a = static_cast<float>(call.number(0)), b = static_cast<float>(call.number(1));
  if (b == 0) fail("ZeroDivisionError: float divmod()");
  const double ratio = static_cast<double>(a / b), quotient = std::floor(ratio);
  if (!(std::abs(quotient) < 0x1p63)) {
    char text[400];
    std::snprintf(text, sizeof text, "%f", ratio);
    fail("Cannot convert float ", text, " to integer");
  }
  ret_both(call, quotient, static_cast<double>(a) - quotient * static_cast<double>(b));
}

void range_length(OpCall& call) {
  const int64_t lo = call.integer(0), hi = call.integer(1), step = call.integer(2);
  if (step == 0) fail("range() arg 3 must not be zero");
  const uint64_t distance = step > 0 ? uint64_t(hi) - uint64_t(lo) : uint64_t(lo) - uint64_t(hi);
  const uint64_t stride = step > 0 ? uint64_t(step) : 0 - uint64_t(step);
  const bool none = step > 0 ? lo >= hi : lo <= hi;
  call.ret(none ? int64_t{0} : wrap((distance - 1) / stride + 1));
}

void derive_index(OpCall& call) {
  call.ret(Add::of(call.integer(1), Mul::of(call.integer(0), call.integer(2))));
}

void add_native(OpRegistry& registry) {
  using S = ScalarCode;
  static constexpr OpRow kRows[] = {
      {"aten::add.int", numbers<Add>, kCheap, S::kAddI},
      {"aten::add.float", numbers<Add>, kCheap, S::kAddF},
      {"aten::sub.int", numbers<Sub>, kCheap, S::kSubI},
      {"aten::sub.float", numbers<Sub>, kCheap, S::kSubF},
      {"aten::mul.int", numbers<Mul>, kCheap, S::kMulI},
      {"aten::mul.float", numbers<Mul>, kCheap, S::kMulF},
      {"aten::div.int", numbers<Div>, kCheap, S::kDivI},
      {"aten::div.float", numbers<Div>, kCheap, S::kDivF},
      {"aten::floordiv.int", numbers<FloorDiv>, kCheap, S::kFloorDivI},
      {"aten::remainder.int", numbers<Remainder>, kCheap, S::kRemainderI},
      {"aten::neg.int", unary<Negate>, kCheap, S::kNegI},
      {"aten::neg.float", unary<Negate>, kCheap, S::kNegF},
      {"aten::eq.int", numbers<Eq>, kCheap, S::kEqI},
      {"aten::ne.int", numbers<Ne>, kCheap, S::kNeI},
      {"aten::lt.int", numbers<Lt>, kCheap, S::kLtI},
      {"aten::le.int", numbers<Le>, kCheap, S::kLeI},
      {"aten::gt.int", numbers<Gt>, kCheap, S::kGtI},
      {"aten::ge.int", numbers<Ge>, kCheap, S::kGeI},
      {"aten::eq.float", numbers<Eq>, kCheap, S::kEqF},
      {"aten::ne.float", numbers<Ne>, kCheap, S::kNeF},
      {"aten::lt.float", numbers<Lt>, kCheap, S::kLtF},
      {"aten::le.float", numbers<Le>, kCheap, S::kLeF},
      {"aten::gt.float", numbers<Gt>, kCheap, S::kGtF},
      {"aten::ge.float", numbers<Ge>, kCheap, S::kGeF},
      {"aten::eq.bool", booleans<Eq>, kCheap, S::kEqB},
      {"aten::ne.bool", booleans<Ne>, kCheap, S::kNeB},
      {"aten::__and__.bool", booleans<And>, kCheap, S::kAndB},
      {"aten::__or__.bool", booleans<Or>, kCheap, S::kOrB},
      {"aten::__xor__.bool", booleans<Xor>, kCheap, S::kNeB},
      {"aten::__and__.int", integers<And>, kCheap, S::kAndI},
      {"aten::__or__.int", integers<Or>, kCheap, S::kOrI},
      {"aten::__xor__.int", integers<Xor>, kCheap, S::kXorI},
      {"aten::__lshift__.int", integers<ShiftLeft>, kCheap, S::kShlI},
      {"aten::__rshift__.int", integers<ShiftRight>, kCheap, S::kShrI},
      {"aten::__not__", not_bool, kCheap, S::kNotB},
      {"prim::min.int", numbers<Min>, kCheap, S::kMinI},
      {"prim::max.int", numbers<Max>, kCheap, S::kMaxI},
      {"prim::abs.int", unary<Absolute>, kCheap, S::kAbsI},
      {"aten::__round_to_zero_floordiv.int", truncated_division, kCheap},
      {"aten::pow.int_to_int", whole_power, kCheap},
      {"aten::divmod.int", divmod_integers, kCheap},
      {"aten::divmod.float", divmod_floats, kCheap},
      {"aten::divmod.int_float", divmod_mixed, kCheap},
      {"aten::divmod.float_int", divmod_mixed, kCheap},
      {"aten::__range_length", range_length, kCheap},
      {"aten::__derive_index", derive_index, kCheap},
      {"aten::add.str", concat_strings, kCheap},
      {"aten::eq.device", devices<Eq>, kCheap},
      {"aten::ne.device", devices<Ne>, kCheap},
      {"aten::eq.enum", enums<true>, kCheap},
      {"aten::ne.enum", enums<false>, kCheap},
  };
  registry.add(kRows);
}

}  // namespace

void add_scalar_arithmetic(OpRegistry& registry) {
  add_native(registry);
  for (const auto& [name, kernel] : {Named{"aten::add", numbers<Add>},
                                     {"aten::sub", numbers<Sub>},
                                     {"aten::mul", numbers<Mul>}}) {
    add_overloads(registry, name,
                  {"complex", "int_complex", "complex_int", "float_complex", "complex_float",
                   "int_float", "float_int", ""},
                  kernel);
  }
  add_overloads(registry, "aten::div", {"complex", ""}, numbers<Div>);
  for (const auto& [name, kernel] :
       {Named{"aten::floordiv", numbers<FloorDiv>}, {"aten::remainder", numbers<Remainder>}}) {
    add_overloads(registry, name, {"float", "int_float", "float_int", ""}, kernel);
  }
  add_overloads(registry, "aten::pow",
                {"int", "complex", "float", "int_float", "float_int", "float_complex",
                 "complex_float", "Scalar_Scalar"},
                numbers<Pow>);
  for (const auto& [name, kernel] : {Named{"aten::eq", numbers<Eq>}, {"aten::ne", numbers<Ne>}}) {
    add_overloads(registry, name,
                  {"complex", "int_float", "float_int", "float_complex", "complex_float", ""},
                  kernel);
  }
  for (const auto& [name, kernel] : {Named{"aten::lt", numbers<Lt>},
                                     {"aten::le", numbers<Le>},
                                     {"aten::gt", numbers<Gt>},
                                     {"aten::ge", numbers<Ge>}}) {
    add_overloads(registry, name, {"int_float", "float_int", ""}, kernel);
  }
  for (const auto& [name, kernel] : {Named{"aten::eq", strings<Eq>},
                                     {"aten::ne", strings<Ne>},
                                     {"aten::lt", strings<Lt>},
                                     {"aten::le", strings<Le>},
                                     {"aten::gt", strings<Gt>},
                                     {"aten::ge", strings<Ge>}}) {
    add_overloads(registry, name, {"str"}, kernel);
  }
  for (const auto& [name, kernel] :
       {Named{"prim::min", numbers<Min>}, {"prim::max", numbers<Max>}}) {
    add_overloads(registry, name, {"float", "int_float", "float_int", ""}, kernel);
  }
  add_overloads(registry, "aten::neg", {"complex"}, unary<Negate>);
  add_overloads(registry, "aten::neg", {"Scalar"}, unary_number<Negate>);
  add_overloads(registry, "prim::abs", {"float", "complex"}, unary<Absolute>);
  add_overloads(registry, "prim::abs", {"Scalar"}, unary_number<Absolute>);
}

}  // namespace temper
