#pragma once
// Scalar expressions of point-wise operators: text -> a small DAG in evaluation order, which the
// CPU evaluator interprets block by block and code generators translate.
//
//   expr   := ternary-free infix: + - * /, comparisons (0 or 1), unary -, calls, names, numbers
//   call   := function(expr, ...), see kScalarFunctions
//   names  := the arguments of the operator's schema
//
// Every node has the compute type of the operation (float, double, int64 or complex); truth values
// are 0 and 1 of that type.

#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

namespace temper {

// X(name, arity). Spelled in expressions as the lower-case name with underscores.
// clang-format off
#define TEMPER_SCALAR_FUNCTIONS(X)                                                                 \
  X(add, 2)                                                                                        \
  X(sub, 2)                                                                                        \
  X(mul, 2) X(div, 2) X(neg, 1) X(muladd, 3) X(mulsub, 3) X(eq, 2) X(ne, 2) X(lt, 2) X(le, 2) X(   \
      gt, 2) X(ge, 2) X(select, 3) X(min, 2) X(max, 2) X(fmin, 2) X(fmax, 2) X(clamp, 3) X(and, 2) \
      X(or, 2) X(xor, 2) X(not, 1) X(bit_and, 2) X(bit_or, 2) X(bit_xor, 2) X(bit_not, 1) X(       \
          shift_left, 2) X(shift_right, 2) X(floor_div, 2) X(trunc_div, 2) X(remainder, 2)         \
          X(fmod, 2) X(pow, 2) X(abs, 1) X(sign, 1) X(floor, 1) X(ceil, 1) X(round, 1) X(trunc, 1) \
              X(frac, 1) X(sqrt, 1) X(rsqrt, 1) X(reciprocal, 1) X(square, 1) X(exp, 1)            \
                  X(exp2, 1) X(expm1, 1) X(log, 1) X(log2, 1) X(log10, 1) X(log1p, 1) X(sin, 1) X( \
                      cos, 1) X(tan, 1) X(asin, 1) X(acos, 1) X(atan, 1) X(atan2, 2) X(sinh, 1)    \
                      X(cosh, 1) X(tanh, 1) X(asinh, 1) X(acosh, 1) X(atanh, 1) X(sigmoid, 1)      \
                          X(erf, 1) X(erfc, 1) X(erfinv, 1) X(lgamma, 1) X(                        \
                              digamma, 1) X(isnan, 1) X(isinf, 1) X(isfinite, 1) X(signbit, 1)     \
                              X(copysign, 2) X(nextafter, 2) X(hypot, 2) X(gcd, 2) X(              \
                                  lcm, 2) X(real, 1)                                               \
                                  X(imag, 1) X(conj, 1) X(angle, 1) X(complex_sign, 1) X(i0, 1)    \
                                      X(i0e, 1) X(i1, 1) X(i1e, 1) X(ndtri, 1) X(log_ndtr, 1) X(   \
                                          erfcx, 1) X(zeta, 2)                                     \
                                          X(igamma, 2) X(igammac, 2) X(polygamma, 2) X(sinc, 1) X( \
                                              logaddexp, 2)                                        \
                                              X(logaddexp2, 2) X(bessel_j0, 1) X(bessel_j1, 1) X(  \
                                                  bessel_y0, 1) X(bessel_y1, 1)                    \
                                                  X(modified_bessel_k0, 1)                         \
                                                      X(modified_bessel_k1, 1)                     \
                                                          X(scaled_modified_bessel_k0, 1)          \
                                                              X(scaled_modified_bessel_k1, 1)      \
                                                                  X(spherical_bessel_j0, 1)        \
  X(airy_ai, 1) X(chebyshev_polynomial_t, 2)                                                       \
  X(chebyshev_polynomial_u, 2) X(chebyshev_polynomial_v, 2)                                        \
  X(chebyshev_polynomial_w, 2) X(shifted_chebyshev_polynomial_t, 2)                                \
  X(shifted_chebyshev_polynomial_u, 2) X(shifted_chebyshev_polynomial_v, 2)                        \
  X(shifted_chebyshev_polynomial_w, 2) X(hermite_polynomial_h, 2)                                  \
  X(hermite_polynomial_he, 2) X(laguerre_polynomial_l, 2)                                          \
  X(legendre_polynomial_p, 2)
// clang-format on

enum class ScalarFn : unsigned char {
#define TEMPER_SCALAR_ENUM(name, arity) k_##name,
  TEMPER_SCALAR_FUNCTIONS(TEMPER_SCALAR_ENUM)
#undef TEMPER_SCALAR_ENUM
      kCount
};
int scalar_fn_arity(ScalarFn fn);
std::string_view scalar_fn_name(ScalarFn fn);

struct ScalarNode {
  enum class Kind : unsigned char { kInput, kConstant, kCall } kind;
  ScalarFn fn = ScalarFn::kCount;
  int input = -1;              // kInput: index into ScalarExpr::inputs
  double constant = 0;         // kConstant
  int args[3] = {-1, -1, -1};  // kCall: earlier nodes
};

struct ScalarExpr {
  std::vector<std::string> inputs;  // argument names in order of first use
  std::vector<ScalarNode> nodes;    // the last one is the result
};

// Throws kInternal: expressions are ours. `names` are the names that may stand in it.
ScalarExpr parse_scalar_expr(std::string_view text, absl::Span<const std::string> names);

}  // namespace temper
