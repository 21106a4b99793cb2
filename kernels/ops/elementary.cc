// Point-wise elementary and special functions, and activations.
#include "kernels/cpu/pointwise/pointwise.h"
#include "kernels/cpu/pointwise/variants.h"
#include "kernels/ops/families.h"

namespace temper {
namespace {

constexpr DTypeRule kSame = DTypeRule::kPromote;
constexpr DTypeRule kFloat = DTypeRule::kPromoteFloat;
constexpr DTypeRule kBool = DTypeRule::kBool;
constexpr DTypeRule kReal = DTypeRule::kPromoteReal;
constexpr DTypeRule kFirst = DTypeRule::kFirst;

constexpr const char* kComplexClamp = "clamp is not supported for complex types";
constexpr Refusals kNoBooleanClamp{
    {{kBooleans, "Bool inputs not supported for hardtanh"}, {kComplexes, kComplexClamp}}};
constexpr Refusals kNoElu = refuses(kBooleans | kIntegers | kComplexes, "elu_cpu");
constexpr Refusals kNoGelu = refuses(kBooleans | kIntegers | kComplexes, "GeluKernelImpl");
constexpr Refusals kOnlyReals = refuses(kBooleans | kIntegers | kComplexes);

constexpr PointwiseRow kElementary[] = {
    {"aten::abs", "abs(self)", kReal, refuses(kBooleans)},
    {"prim::abs", "abs(x)", kReal, refuses(kBooleans)},
    {"aten::sign", "sign(self)", kSame,
     refuses(kComplexes,
             "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use "
             "torch.sgn instead.")},
    {"aten::sgn", "complex_sign(self)"},
    {"aten::signbit", "signbit(self)", kBool,
     refuses(kComplexes, "signbit is not implemented for complex tensors.")},
    {"aten::floor",
     "floor(self)",
     kSame,
     {{{kBooleans, "floor_vml_cpu"}, {kComplexes, "floor is not supported for complex inputs"}}}},
    {"aten::ceil",
     "ceil(self)",
     kSame,
     {{{kBooleans, "ceil_vml_cpu"}, {kComplexes, "ceil is not supported for complex inputs"}}}},
    {"aten::round", "round(self)", kSame, refuses(kBooleans | kComplexes, "round_vml_cpu")},
    {"aten::trunc",
     "trunc(self)",
     kSame,
     {{{kBooleans, "trunc_vml_cpu"}, {kComplexes, "trunc is not supported for complex inputs"}}}},
    {"aten::frac", "frac(self)", kSame, refuses(kBooleans | kIntegers | kComplexes)},
    {"aten::sqrt", "sqrt(self)", kFloat},
    {"aten::rsqrt", "rsqrt(self)", kFloat},
    {"aten::exp", "exp(self)", kFloat},
    {"aten::exp2", "exp2(self)", kFloat, refuses(kComplexes, "exp2")},
    {"aten::expm1", "expm1(self)", kFloat, refuses(kComplexes, "expm1_vml_cpu")},
    {"aten::log", "log(self)", kFloat},
    {"aten::log2", "log2(self)", kFloat},
    {"aten::log10", "log10(self)", kFloat},
    {"aten::log1p", "log1p(self)", kFloat, refuses(kComplexes, "log1p_vml_cpu")},
    {"aten::sin", "sin(self)", kFloat},
    {"aten::cos", "cos(self)", kFloat},
    {"aten::tan", "tan(self)", kFloat},
    {"aten::asin", "asin(self)", kFloat},
    {"aten::acos", "acos(self)", kFloat},
    {"aten::atan", "atan(self)", kFloat},
    {"aten::sinh", "sinh(self)", kFloat},
    {"aten::cosh", "cosh(self)", kFloat},
    {"aten::tanh", "tanh(self)", kFloat},
    {"aten::asinh", "asinh(self)", kFloat},
    {"aten::acosh", "acosh(self)", kFloat},
    {"aten::atanh", "atanh(self)", kFloat},
    {"aten::sigmoid", "sigmoid(self)", kFloat},
    {"aten::erf", "erf(self)", kFloat, refuses(kComplexes, "erf_vml_cpu")},
    {"aten::erfc", "erfc(self)", kFloat, refuses(kComplexes, "erfc_vml_cpu")},
    {"aten::erfinv", "erfinv(self)", kFloat, refuses(kComplexes, "erfinv_vml_cpu")},
    {"aten::lgamma", "lgamma(self)", kFloat, refuses(kComplexes, "lgamma_vml_cpu")},
    {"aten::digamma", "digamma(self)", kFloat, refuses(kComplexes, "digamma")},
    {"aten::polygamma", "polygamma(n, self)", kFloat, refuses(kComplexes, "trigamma")},
    {"aten::igamma", "igamma(self, other)", kFloat, refuses(kBooleans | kIntegers)},
    {"aten::igammac", "igammac(self, other)", kFloat, refuses(kBooleans | kIntegers)},
    {"aten::i0", "i0(self)", kFloat, refuses(kComplexes, "i0_vml_cpu")},
    {"aten::sinc", "sinc(self)", kFloat},
    {"aten::deg2rad", "self * 0.017453292519943295", kFloat,
     refuses(kComplexes, "deg2rad is not supported for complex tensors.")},
    {"aten::rad2deg", "self * 57.29577951308232", kFloat,
     refuses(kComplexes, "rad2deg is not supported for complex tensors.")},
    {"aten::xlogy.Tensor", "select(isnan(other), nan, select(self == 0, 0, self * log(other)))",
     kFloat, refuses(kComplexes)},
    {"aten::xlogy.Scalar_Other",
     "select(isnan(other), nan, select(self == 0, 0, self * log(other)))", kFloat,
     refuses(kComplexes)},
    {"aten::xlogy.Scalar_Self",
     "select(isnan(other), nan, select(self == 0, 0, self * log(other)))", kFloat,
     refuses(kComplexes)},
    {"aten::angle", "angle(self)", DTypeRule::kPromoteRealFloat},
    {"aten::conj_physical", "conj(self)"},
};

constexpr PointwiseRow kSpecial[] = {
    {"aten::special_entr",
     "select(isnan(self), self, select(self > 0, -self * log(self), select(self == 0, 0, -inf)))",
     kFloat},
    {"aten::special_i0e", "i0e(self)", kFloat},
    {"aten::special_i1", "i1(self)", kFloat},
    {"aten::special_i1e", "i1e(self)", kFloat},
    {"aten::special_ndtr", "0.5 * erfc(-self * 0.70710678118654752)", kFloat,
     refuses(kComplexes, "erf_vml_cpu")},
    {"aten::special_ndtri", "ndtri(self)", kFloat, refuses(kComplexes)},
    {"aten::special_log_ndtr", "log_ndtr(self)", kFloat, refuses(kComplexes)},
    {"aten::special_erfcx", "erfcx(self)", kFloat, refuses(kComplexes)},
    {"aten::special_zeta", "zeta(self, other)", kFloat},
    {"aten::special_zeta.other_scalar", "zeta(self, other)", kFloat},
    {"aten::special_zeta.self_scalar", "zeta(self, other)", kFloat},
    {"aten::special_xlog1py",
     "select(isnan(other), nan, select(self == 0, 0, self * log1p(other)))", kFloat,
     refuses(kComplexes)},
    {"aten::special_xlog1py.other_scalar",
     "select(isnan(other), nan, select(self == 0, 0, self * log1p(other)))", kFloat,
     refuses(kComplexes)},
    {"aten::special_xlog1py.self_scalar",
     "select(isnan(other), nan, select(self == 0, 0, self * log1p(other)))", kFloat,
     refuses(kComplexes)},
    {"aten::special_bessel_j0", "bessel_j0(self)", kFloat, refuses(kComplexes)},
    {"aten::special_bessel_j1", "bessel_j1(self)", kFloat, refuses(kComplexes)},
    {"aten::special_bessel_y0", "bessel_y0(self)", kFloat, refuses(kComplexes)},
    {"aten::special_bessel_y1", "bessel_y1(self)", kFloat, refuses(kComplexes)},
    {"aten::special_modified_bessel_i0", "i0(self)", kFloat, refuses(kComplexes)},
    {"aten::special_modified_bessel_i1", "i1(self)", kFloat, refuses(kComplexes)},
    {"aten::special_modified_bessel_k0", "modified_bessel_k0(self)", kFloat, refuses(kComplexes)},
    {"aten::special_modified_bessel_k1", "modified_bessel_k1(self)", kFloat, refuses(kComplexes)},
    {"aten::special_scaled_modified_bessel_k0", "scaled_modified_bessel_k0(x)", kFloat,
     refuses(kComplexes)},
    {"aten::special_scaled_modified_bessel_k1", "scaled_modified_bessel_k1(x)", kFloat,
     refuses(kComplexes)},
    {"aten::special_spherical_bessel_j0", "spherical_bessel_j0(x)", kFloat, refuses(kComplexes)},
    {"aten::special_airy_ai", "airy_ai(x)", kFloat, refuses(kComplexes)},
};

constexpr PointwiseRow kPolynomials[] = {
    {"aten::special_chebyshev_polynomial_t", "chebyshev_polynomial_t(x, n)", kFloat},
    {"aten::special_chebyshev_polynomial_t.x_scalar", "chebyshev_polynomial_t(x, n)", kFloat},
    {"aten::special_chebyshev_polynomial_t.n_scalar", "chebyshev_polynomial_t(x, n)", kFloat},
    {"aten::special_chebyshev_polynomial_u", "chebyshev_polynomial_u(x, n)", kFloat},
    {"aten::special_chebyshev_polynomial_u.x_scalar", "chebyshev_polynomial_u(x, n)", kFloat},
    {"aten::special_chebyshev_polynomial_u.n_scalar", "chebyshev_polynomial_u(x, n)", kFloat},
    {"aten::special_chebyshev_polynomial_v", "chebyshev_polynomial_v(x, n)", kFloat},
    {"aten::special_chebyshev_polynomial_v.x_scalar", "chebyshev_polynomial_v(x, n)", kFloat},
    {"aten::special_chebyshev_polynomial_v.n_scalar", "chebyshev_polynomial_v(x, n)", kFloat},
    {"aten::special_chebyshev_polynomial_w", "chebyshev_polynomial_w(x, n)", kFloat},
    {"aten::special_chebyshev_polynomial_w.x_scalar", "chebyshev_polynomial_w(x, n)", kFloat},
    {"aten::special_chebyshev_polynomial_w.n_scalar", "chebyshev_polynomial_w(x, n)", kFloat},
    {"aten::special_shifted_chebyshev_polynomial_t", "shifted_chebyshev_polynomial_t(x, n)",
     kFloat},
    {"aten::special_shifted_chebyshev_polynomial_t.x_scalar",
     "shifted_chebyshev_polynomial_t(x, n)", kFloat},
    {"aten::special_shifted_chebyshev_polynomial_t.n_scalar",
     "shifted_chebyshev_polynomial_t(x, n)", kFloat},
    {"aten::special_shifted_chebyshev_polynomial_u", "shifted_chebyshev_polynomial_u(x, n)",
     kFloat},
    {"aten::special_shifted_chebyshev_polynomial_u.x_scalar",
     "shifted_chebyshev_polynomial_u(x, n)", kFloat},
    {"aten::special_shifted_chebyshev_polynomial_u.n_scalar",
     "shifted_chebyshev_polynomial_u(x, n)", kFloat},
    {"aten::special_shifted_chebyshev_polynomial_v", "shifted_chebyshev_polynomial_v(x, n)",
     kFloat},
    {"aten::special_shifted_chebyshev_polynomial_v.x_scalar",
     "shifted_chebyshev_polynomial_v(x, n)", kFloat},
    {"aten::special_shifted_chebyshev_polynomial_v.n_scalar",
     "shifted_chebyshev_polynomial_v(x, n)", kFloat},
    {"aten::special_shifted_chebyshev_polynomial_w", "shifted_chebyshev_polynomial_w(x, n)",
     kFloat},
    {"aten::special_shifted_chebyshev_polynomial_w.x_scalar",
     "shifted_chebyshev_polynomial_w(x, n)", kFloat},
    {"aten::special_shifted_chebyshev_polynomial_w.n_scalar",
     "shifted_chebyshev_polynomial_w(x, n)", kFloat},
    {"aten::special_hermite_polynomial_h", "hermite_polynomial_h(x, n)", kFloat},
    {"aten::special_hermite_polynomial_h.x_scalar", "hermite_polynomial_h(x, n)", kFloat},
    {"aten::special_hermite_polynomial_h.n_scalar", "hermite_polynomial_h(x, n)", kFloat},
    {"aten::special_hermite_polynomial_he", "hermite_polynomial_he(x, n)", kFloat},
    {"aten::special_hermite_polynomial_he.x_scalar", "hermite_polynomial_he(x, n)", kFloat},
    {"aten::special_hermite_polynomial_he.n_scalar", "hermite_polynomial_he(x, n)", kFloat},
    {"aten::special_laguerre_polynomial_l", "laguerre_polynomial_l(x, n)", kFloat},
    {"aten::special_laguerre_polynomial_l.x_scalar", "laguerre_polynomial_l(x, n)", kFloat},
    {"aten::special_laguerre_polynomial_l.n_scalar", "laguerre_polynomial_l(x, n)", kFloat},
    {"aten::special_legendre_polynomial_p", "legendre_polynomial_p(x, n)", kFloat},
    {"aten::special_legendre_polynomial_p.x_scalar", "legendre_polynomial_p(x, n)", kFloat},
    {"aten::special_legendre_polynomial_p.n_scalar", "legendre_polynomial_p(x, n)", kFloat},
};

constexpr PointwiseRow kActivations[] = {
    {"aten::relu",
     "max(self, 0)",
     kSame,
     {{{kBooleans, "Boolean inputs not supported for relu"}, {kComplexes, kComplexClamp}}}},
    {"aten::relu6", "clamp(self, 0, 6)", kSame, kNoBooleanClamp},
    {"aten::hardtanh", "clamp(self, min_val, max_val)", kFirst, kNoBooleanClamp},
    {"aten::leaky_relu", "select(self > 0, self, self * negative_slope)", kFirst, kOnlyReals},
    {"aten::elu", "select(self > 0, self * scale, expm1(self * input_scale) * alpha * scale)",
     kFirst, kNoElu},
    {"temper::celu", "select(self > 0, self, alpha * expm1(self / alpha))", kFirst, kNoElu},
    {"aten::selu",
     "select(self > 0, self * 1.0507009873554804934193349852946, "
     "expm1(self) * 1.7580993408473768599402175208123)",
     kFirst, kNoElu},
    {"aten::silu", "self * sigmoid(self)", kFirst, refuses(kBooleans | kIntegers)},
    {"temper::gelu", kGeluByErf, kFirst, kNoGelu},
    {"temper::gelu_tanh", kGeluByTanh, kFirst, kNoGelu},
    {"aten::mish", "self * tanh(log1p(exp(self)))", kFirst, kOnlyReals},
    {"aten::softplus", "select(self * beta > threshold, self, log1p(exp(self * beta)) / beta)",
     kFirst, kOnlyReals},
    {"aten::hardswish", "self * (clamp(self + 3, 0, 6) * 0.16666666666666666)", kFirst, kOnlyReals},
    {"aten::hardsigmoid", "clamp(self + 3, 0, 6) * 0.16666666666666666", kFirst, kOnlyReals},
    {"aten::hardshrink", "select(and(self >= -lambd, self <= lambd), 0, self)", kFirst, kOnlyReals},
    {"temper::softshrink",
     "select(self > lambd, self - lambd, select(self < -lambd, self + lambd, 0))", kFirst,
     kOnlyReals},
    {"aten::threshold", "select(self <= threshold, value, self)", kFirst,
     refuses(kBooleans | kComplexes)},
    {"aten::log_sigmoid", "min(self, 0) - log1p(exp(-abs(self)))", kFirst, kOnlyReals},
};

constexpr OpRow kVariants[] = {
    {"aten::gelu", gelu_variant},
    {"aten::round.decimals", round_variant},
    {"aten::logit", logit_variant},
    {"aten::nan_to_num", nan_to_num_variant},
};

}  // namespace

void add_elementary(OpRegistry& registry) {
  registry.add_pointwise(kElementary, pointwise, pointwise_group);
  registry.add_pointwise(kSpecial, pointwise, pointwise_group);
  registry.add_pointwise(kPolynomials, pointwise, pointwise_group);
  registry.add_pointwise(kActivations, pointwise, pointwise_group);
  registry.add(kVariants);
}

}  // namespace temper
