// The functions of the math and cmath modules on scalars.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <utility>

#include "core/base/error.h"
#include "kernels/ops/complex_math.h"
#include "kernels/ops/families.h"
#include "kernels/ops/overloads.h"

namespace temper {
namespace {

using Complex = std::complex<double>;
using Real = double (*)(double);
using Real2 = double (*)(double, double);
using OfComplex = Complex (*)(const Complex&);

constexpr double kDegree = std::numbers::pi / 180.0;

double to_degrees(double x) { return x * (180.0 / std::numbers::pi); }
double to_radians(double x) { return x * kDegree; }
double angle_of(double x) { return std::signbit(x) ? std::numbers::pi : 0.0; }

template <Real kFunction>
void real(OpCall& call) {
  call.ret(kFunction(call.number(0)));
}

template <OfComplex kFunction>
void complex(OpCall& call) {
  call.ret(kFunction(call.in(0).to_complex()));
}

// On number the reference rounds real results to 32 bits.
double as_float(double v) { return static_cast<double>(static_cast<float>(v)); }
template <Real kFunction>
void number(OpCall& call) {
  call.ret(as_float(kFunction(call.number(0))));
}

template <Real kReal, OfComplex kComplex>
void real_or_complex(OpCall& call) {
  if (call.in(0).is_complex()) return complex<kComplex>(call);
  number<kReal>(call);
}

template <Real2 kFunction>
void real2(OpCall& call) {
  call.ret(kFunction(call.number(0), call.number(1)));
}

template <Real kFunction>
void add_real(OpRegistry& registry, std::string_view name) {
  add_overloads(registry, name, {"int", "float"}, real<kFunction>);
  add_overloads(registry, name, {"Scalar"}, number<kFunction>);
}

template <Real kReal, OfComplex kComplex>
void add_with_complex(OpRegistry& registry, std::string_view name) {
  add_overloads(registry, name, {"int", "float"}, real<kReal>);
  add_overloads(registry, name, {"complex"}, complex<kComplex>);
  add_overloads(registry, name, {"Scalar"}, real_or_complex<kReal, kComplex>);
}

template <Real2 kFunction>
void add_real2(OpRegistry& registry, std::string_view name, std::string_view number_overload) {
  add_overloads(registry, name, {"int", "float", "int_float", "float_int", number_overload},
                real2<kFunction>);
}

int64_t to_integer(double v) {
  if (!(v >= -0x1p63 && v < 0x1p63)) {
    char text[400];
    std::snprintf(text, sizeof text, "%f", v);
    fail("Cannot convert float ", text, " to integer");
  }
  return static_cast<int64_t>(v);
}

template <Real kFunction>
void to_whole(OpCall& call) {
  const IValue& a = call.in(0);
  call.ret(a.is_int() ? a.to_int() : to_integer(kFunction(call.number(0))));
}

void factorial(OpCall& call) {
  const int64_t n = call.integer(0);
  if (n < 0) fail("factorial() not defined for negative values");
  uint64_t product = 1;
  // Products of 66 and more factors contain 2^64 and stay 0.
  for (int64_t i = 2; i <= n && product != 0; ++i) product *= static_cast<uint64_t>(i);
  call.ret(static_cast<int64_t>(product));
}

void gcd(OpCall& call) {
  uint64_t a = static_cast<uint64_t>(call.integer(0)), b = static_cast<uint64_t>(call.integer(1));
  if (static_cast<int64_t>(a) < 0) a = 0 - a;
  if (static_cast<int64_t>(b) < 0) b = 0 - b;
  while (b != 0) a = std::exchange(b, a % b);
  call.ret(static_cast<int64_t>(a));
}

void frexp(OpCall& call) {
  int exponent = 0;
  const double mantissa = std::frexp(call.number(0), &exponent);
  call.ret(0, mantissa);
  call.ret(1, exponent);
}

void modf(OpCall& call) {
  double whole = 0;
  const double fraction = std::modf(call.number(0), &whole);
  call.ret(0, fraction);
  call.ret(1, whole);
}

void ldexp(OpCall& call) {
  const int64_t exponent = std::clamp<int64_t>(call.integer(1), INT32_MIN, INT32_MAX);
  call.ret(std::ldexp(call.number(0), static_cast<int>(exponent)));
}

double log_base(double x, double base) { return std::log(x) / std::log(base); }
void log_base_complex(OpCall& call) {
  const IValue &x = call.in(0), &base = call.in(1);
  if (!base.is_complex()) return call.ret(std::log(x.to_complex()) / std::log(call.number(1)));
  const Complex top = x.is_complex() ? std::log(x.to_complex()) : std::log(call.number(0));
  call.ret(divide(top, std::log(base.to_complex())));
}

void polar(OpCall& call) { call.ret(std::polar(call.number(0), call.number(1))); }
void angle_complex(OpCall& call) { call.ret(std::arg(call.in(0).to_complex())); }
void angle_number(OpCall& call) {
  if (call.in(0).is_complex()) return call.ret(as_float(std::arg(call.in(0).to_complex())));
  number<angle_of>(call);
}

template <bool (*kTest)(double), bool kBoth>
void classify(OpCall& call) {
  if (call.in(0).is_double()) return call.ret(kTest(call.in(0).to_double()));
  const Complex z = call.in(0).to_complex();
  const bool re = kTest(z.real()), im = kTest(z.imag());
  call.ret(kBoth ? re && im : re || im);
}
bool is_nan(double v) { return std::isnan(v); }
bool is_inf(double v) { return std::isinf(v); }
bool is_finite(double v) { return std::isfinite(v); }

void add_complex_functions(OpRegistry& registry) {
  add_with_complex<std::acos, std::acos<double>>(registry, "aten::acos");
  add_with_complex<std::acosh, std::acosh<double>>(registry, "aten::acosh");
  add_with_complex<std::asin, std::asin<double>>(registry, "aten::asin");
  add_with_complex<std::asinh, std::asinh<double>>(registry, "aten::asinh");
  add_with_complex<std::atan, std::atan<double>>(registry, "aten::atan");
  add_with_complex<std::atanh, std::atanh<double>>(registry, "aten::atanh");
  add_with_complex<std::cos, std::cos<double>>(registry, "aten::cos");
  add_with_complex<std::cosh, std::cosh<double>>(registry, "aten::cosh");
  add_with_complex<std::exp, std::exp<double>>(registry, "aten::exp");
  add_with_complex<std::log, std::log<double>>(registry, "aten::log");
  add_with_complex<std::log10, std::log10<double>>(registry, "aten::log10");
  add_with_complex<std::sin, std::sin<double>>(registry, "aten::sin");
  add_with_complex<std::sinh, std::sinh<double>>(registry, "aten::sinh");
  add_with_complex<std::sqrt, std::sqrt<double>>(registry, "aten::sqrt");
  add_with_complex<std::tan, std::tan<double>>(registry, "aten::tan");
  add_with_complex<std::tanh, std::tanh<double>>(registry, "aten::tanh");
}

void add_real_functions(OpRegistry& registry) {
  add_real<to_degrees>(registry, "aten::degrees");
  add_real<to_radians>(registry, "aten::radians");
  add_real<std::erf>(registry, "aten::erf");
  add_real<std::erfc>(registry, "aten::erfc");
  add_real<std::expm1>(registry, "aten::expm1");
  add_real<std::fabs>(registry, "aten::fabs");
  add_real<std::tgamma>(registry, "aten::gamma");
  add_real<std::lgamma>(registry, "aten::lgamma");
  add_real<std::log1p>(registry, "aten::log1p");
  add_real<std::nearbyint>(registry, "aten::round");
  add_real2<std::atan2>(registry, "aten::atan2", "Scalar_Scalar");
  add_real2<std::copysign>(registry, "aten::copysign", "");
  add_real2<std::fmod>(registry, "aten::fmod", "");
  add_real2<std::remainder>(registry, "aten::mathremainder", "");
}

}  // namespace

void add_scalar_math(OpRegistry& registry) {
  add_complex_functions(registry);
  add_real_functions(registry);
  add_overloads(registry, "aten::floor", {"int", "float", "Scalar"}, to_whole<std::floor>);
  add_overloads(registry, "aten::ceil", {"int", "float", "Scalar"}, to_whole<std::ceil>);
  add_overloads(registry, "aten::log",
                {"int_int", "float_float", "int_float", "float_int", "Scalar_Scalar"},
                real2<log_base>);
  add_overloads(registry, "aten::log",
                {"complex_complex", "int_complex", "complex_int", "float_complex", "complex_float"},
                log_base_complex);
  add_overloads(registry, "aten::polar",
                {"int", "float", "int_float", "float_int", "Scalar_Scalar"}, polar);
  add_overloads(registry, "aten::angle", {"int", "float"}, real<angle_of>);
  add_overloads(registry, "aten::angle", {"complex"}, angle_complex);
  add_overloads(registry, "aten::angle", {"Scalar"}, angle_number);
  add_overloads(registry, "aten::isnan", {"float", "complex"}, classify<is_nan, false>);
  add_overloads(registry, "aten::isinf", {"float", "complex"}, classify<is_inf, false>);
  add_overloads(registry, "aten::isfinite", {"float", "complex"}, classify<is_finite, true>);
  static constexpr OpRow kRows[] = {
      {"aten::factorial.int", factorial, kCheap},
      {"aten::gcd.int", gcd, kCheap},
      {"aten::frexp", frexp, kCheap},
      {"aten::modf", modf, kCheap},
      {"aten::ldexp", ldexp, kCheap},
  };
  registry.add(kRows);
}

}  // namespace temper
