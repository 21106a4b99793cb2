// Point-wise elementary and special functions, and activations.
#include "kernels/cpu/pointwise/pointwise.h"
#include "kernels/cpu/pointwise/variants.h"
#include "kernels/ops/families.h"

namespace temper {
namespace {

constexpr DTypeRule kFloat = DTypeRule::kPromoteFloat;
constexpr DTypeRule kBool = DTypeRule::kBool;
constexpr DTypeRule kReal = DTypeRule::kPromoteReal;
constexpr DTypeRule kFirst = DTypeRule::kFirst;

constexpr PointwiseRow kElementary[] = {
    {"aten::abs", "abs(self)", kReal},
    {"prim::abs", "abs(x)", kReal},
    {"aten::sign", "sign(self)"},
    {"aten::sgn", "complex_sign(self)"},
    {"aten::signbit", "self < 0", kBool},
    {"aten::floor", "floor(self)"},
    {"aten::ceil", "ceil(self)"},
    {"aten::round", "round(self)"},
    {"aten::trunc", "trunc(self)"},
    {"aten::frac", "frac(self)"},
    {"aten::sqrt", "sqrt(self)", kFloat},
    {"aten::rsqrt", "rsqrt(self)", kFloat},
    {"aten::exp", "exp(self)", kFloat},
    {"aten::exp2", "exp2(self)", kFloat},
    {"aten::expm1", "expm1(self)", kFloat},
    {"aten::log", "log(self)", kFloat},
    {"aten::log2", "log2(self)", kFloat},
    {"aten::log10", "log10(self)", kFloat},
    {"aten::log1p", "log1p(self)", kFloat},
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
    {"aten::erf", "erf(self)", kFloat},
    {"aten::erfc", "erfc(self)", kFloat},
    {"aten::erfinv", "erfinv(self)", kFloat},
    {"aten::lgamma", "lgamma(self)", kFloat},
    {"aten::digamma", "digamma(self)", kFloat},
    {"aten::polygamma", "polygamma(n, self)", kFloat},
    {"aten::igamma", "igamma(self, other)", kFloat},
    {"aten::igammac", "igammac(self, other)", kFloat},
    {"aten::i0", "i0(self)", kFloat},
    {"aten::sinc", "sinc(self)", kFloat},
    {"aten::deg2rad", "self * 0.017453292519943295", kFloat},
    {"aten::rad2deg", "self * 57.29577951308232", kFloat},
    {"aten::xlogy.Tensor", "select(isnan(other), nan, select(self == 0, 0, self * log(other)))",
     kFloat},
    {"aten::xlogy.Scalar_Other",
     "select(isnan(other), nan, select(self == 0, 0, self * log(other)))", kFloat},
    {"aten::xlogy.Scalar_Self",
     "select(isnan(other), nan, select(self == 0, 0, self * log(other)))", kFloat},
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
    {"aten::special_ndtr", "0.5 * erfc(-self * 0.70710678118654752)", kFloat},
    {"aten::special_ndtri", "ndtri(self)", kFloat},
    {"aten::special_log_ndtr", "log_ndtr(self)", kFloat},
    {"aten::special_erfcx", "erfcx(self)", kFloat},
    {"aten::special_zeta", "zeta(self, other)", kFloat},
    {"aten::special_zeta.other_scalar", "zeta(self, other)", kFloat},
    {"aten::special_zeta.self_scalar", "zeta(self, other)", kFloat},
    {"aten::special_xlog1py",
     "select(isnan(other), nan, select(self == 0, 0, self * log1p(other)))", kFloat},
    {"aten::special_xlog1py.other_scalar",
     "select(isnan(other), nan, select(self == 0, 0, self * log1p(other)))", kFloat},
    {"aten::special_xlog1py.self_scalar",
     "select(isnan(other), nan, select(self == 0, 0, self * log1p(other)))", kFloat},
    {"aten::special_bessel_j0", "bessel_j0(self)", kFloat},
    {"aten::special_bessel_j1", "bessel_j1(self)", kFloat},
    {"aten::special_bessel_y0", "bessel_y0(self)", kFloat},
    {"aten::special_bessel_y1", "bessel_y1(self)", kFloat},
    {"aten::special_modified_bessel_i0", "i0(self)", kFloat},
    {"aten::special_modified_bessel_i1", "i1(self)", kFloat},
    {"aten::special_modified_bessel_k0", "modified_bessel_k0(self)", kFloat},
    {"aten::special_modified_bessel_k1", "modified_bessel_k1(self)", kFloat},
    {"aten::special_scaled_modified_bessel_k0", "scaled_modified_bessel_k0(x)", kFloat},
    {"aten::special_scaled_modified_bessel_k1", "scaled_modified_bessel_k1(x)", kFloat},
    {"aten::special_spherical_bessel_j0", "spherical_bessel_j0(x)", kFloat},
    {"aten::special_airy_ai", "airy_ai(x)", kFloat},
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
    {"aten::relu", "max(self, 0)"},
    {"aten::relu6", "clamp(self, 0, 6)"},
    {"aten::hardtanh", "clamp(self, min_val, max_val)", kFirst},
    {"aten::leaky_relu", "select(self > 0, self, self * negative_slope)", kFirst},
    {"aten::elu", "select(self > 0, self * scale, expm1(self * input_scale) * alpha * scale)",
     kFirst},
    {"aten::celu", "select(self > 0, self, alpha * expm1(self / alpha))", kFirst},
    {"aten::selu",
     "select(self > 0, self * 1.0507009873554804934193349852946, "
     "expm1(self) * 1.7580993408473768599402175208123)",
     kFirst},
    {"aten::silu", "self * sigmoid(self)", kFirst},
    {"temper::gelu", kGeluByErf, kFirst},
    {"temper::gelu_tanh", kGeluByTanh, kFirst},
    {"aten::mish", "self * tanh(log1p(exp(self)))", kFirst},
    {"aten::softplus", "select(self * beta > threshold, self, log1p(exp(self * beta)) / beta)",
     kFirst},
    {"aten::hardswish", "self * (clamp(self + 3, 0, 6) * 0.16666666666666666)", kFirst},
    {"aten::hardsigmoid", "clamp(self + 3, 0, 6) * 0.16666666666666666", kFirst},
    {"aten::hardshrink", "select(and(self >= -lambd, self <= lambd), 0, self)", kFirst},
    {"aten::softshrink",
     "select(self > lambd, self - lambd, select(self < -lambd, self + lambd, 0 * self))", kFirst},
    {"aten::threshold", "select(self <= threshold, value, self)", kFirst},
    {"aten::log_sigmoid", "min(self, 0) - log1p(exp(-abs(self)))", kFirst},
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
