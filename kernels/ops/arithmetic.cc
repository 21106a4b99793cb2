// Point-wise arithmetic, comparisons, logic and bits.
#include "kernels/cpu/pointwise/pointwise.h"
#include "kernels/cpu/pointwise/variants.h"
#include "kernels/ops/families.h"

namespace temper {
namespace {

constexpr DTypeRule kFloat = DTypeRule::kPromoteFloat;
constexpr DTypeRule kBool = DTypeRule::kBool;
constexpr DTypeRule kFirst = DTypeRule::kFirst;

constexpr PointwiseRow kArithmetic[] = {
    {"aten::add.Tensor", "muladd(self, other, alpha)"},
    {"aten::add.Scalar", "muladd(self, other, alpha)"},
    {"aten::sub.Tensor", "mulsub(self, other, alpha)"},
    {"aten::sub.Scalar", "mulsub(self, other, alpha)"},
    {"aten::rsub.Tensor", "mulsub(other, self, alpha)"},
    {"aten::rsub.Scalar", "mulsub(other, self, alpha)"},
    {"aten::mul.Tensor", "self * other"},
    {"aten::mul.Scalar", "self * other"},
    {"aten::div.Tensor", "self / other", kFloat},
    {"aten::div.Scalar", "self / other", kFloat},
    {"aten::true_divide.Tensor", "self / other", kFloat},
    {"aten::true_divide.Scalar", "self / other", kFloat},
    {"aten::floor_divide", "floor_div(self, other)"},
    {"aten::floor_divide.Scalar", "floor_div(self, other)"},
    {"aten::remainder.Tensor", "remainder(self, other)"},
    {"aten::remainder.Scalar", "remainder(self, other)"},
    {"aten::remainder.Scalar_Tensor", "remainder(self, other)"},
    {"aten::fmod.Tensor", "fmod(self, other)"},
    {"aten::fmod.Scalar", "fmod(self, other)"},
    {"aten::pow.Tensor_Tensor", "pow(self, exponent)"},
    {"aten::pow.Tensor_Scalar", "pow(self, exponent)"},
    {"aten::pow.Scalar", "pow(self, exponent)"},
    {"aten::neg", "-self"},
    {"aten::positive", "self + 0"},
    {"aten::reciprocal", "reciprocal(self)", kFloat},
    {"aten::square", "square(self)", DTypeRule::kPromoteNoBool},
    {"aten::gcd", "gcd(self, other)"},
    {"aten::lcm", "lcm(self, other)"},
    {"aten::maximum", "max(self, other)"},
    {"aten::minimum", "min(self, other)"},
    {"aten::max.other", "max(self, other)"},
    {"aten::min.other", "min(self, other)"},
    {"aten::fmax", "fmax(self, other)"},
    {"aten::fmin", "fmin(self, other)"},
    {"aten::addcmul", "self + value * tensor1 * tensor2"},
    {"aten::addcdiv", "self + value * (tensor1 / tensor2)"},
    {"aten::copysign.Tensor", "copysign(self, other)", kFloat},
    {"aten::copysign.Scalar", "copysign(self, other)", kFloat},
    {"aten::nextafter", "nextafter(self, other)"},
    {"aten::hypot", "hypot(self, other)"},
    {"aten::atan2", "atan2(self, other)", kFloat},
    {"aten::arctan2", "atan2(self, other)", kFloat},
    {"aten::heaviside", "select(self == 0, values, 1 - (self < 0))"},
    {"aten::ldexp.Tensor", "self * exp2(other)", kFloat},
    {"aten::logaddexp", "logaddexp(self, other)"},
    {"aten::logaddexp2", "logaddexp2(self, other)"},
    {"aten::where.self", "select(condition, self, other)"},
    {"aten::where.ScalarOther", "select(condition, self, other)"},
    {"aten::where.ScalarSelf", "select(condition, self, other)"},
    {"temper::clamp", "clamp(self, min, max)"},
    {"aten::clamp_min", "max(self, min)"},
    {"aten::clamp_min.Tensor", "max(self, min)"},
    {"aten::clamp_max", "min(self, max)"},
    {"aten::clamp_max.Tensor", "min(self, max)"},
};

constexpr PointwiseRow kComparison[] = {
    {"aten::eq.Tensor", "self == other", kBool},
    {"aten::eq.Scalar", "self == other", kBool},
    {"aten::ne.Tensor", "self != other", kBool},
    {"aten::ne.Scalar", "self != other", kBool},
    {"aten::lt.Tensor", "self < other", kBool},
    {"aten::lt.Scalar", "self < other", kBool},
    {"aten::le.Tensor", "self <= other", kBool},
    {"aten::le.Scalar", "self <= other", kBool},
    {"aten::gt.Tensor", "self > other", kBool},
    {"aten::gt.Scalar", "self > other", kBool},
    {"aten::ge.Tensor", "self >= other", kBool},
    {"aten::ge.Scalar", "self >= other", kBool},
    {"aten::logical_and", "and(self, other)", kBool},
    {"aten::logical_or", "or(self, other)", kBool},
    {"aten::logical_xor", "xor(self, other)", kBool},
    {"aten::logical_not", "not(self)", kBool},
    {"aten::isnan", "isnan(self)", kBool},
    {"aten::isinf", "isinf(self)", kBool},
    {"aten::isfinite", "isfinite(self)", kBool},
    {"aten::isneginf", "and(isinf(self), self < 0)", kBool},
    {"aten::isposinf", "and(isinf(self), self > 0)", kBool},
};

constexpr PointwiseRow kBits[] = {
    {"aten::bitwise_and.Tensor", "bit_and(self, other)"},
    {"aten::bitwise_and.Scalar", "bit_and(self, other)"},
    {"aten::bitwise_and.Scalar_Tensor", "bit_and(self, other)"},
    {"aten::bitwise_or.Tensor", "bit_or(self, other)"},
    {"aten::bitwise_or.Scalar", "bit_or(self, other)"},
    {"aten::bitwise_or.Scalar_Tensor", "bit_or(self, other)"},
    {"aten::bitwise_xor.Tensor", "bit_xor(self, other)"},
    {"aten::bitwise_xor.Scalar", "bit_xor(self, other)"},
    {"aten::bitwise_xor.Scalar_Tensor", "bit_xor(self, other)"},
    {"aten::bitwise_left_shift.Tensor", "shift_left(self, other)"},
    {"aten::bitwise_left_shift.Tensor_Scalar", "shift_left(self, other)"},
    {"aten::bitwise_left_shift.Scalar_Tensor", "shift_left(self, other)"},
    {"aten::bitwise_right_shift.Tensor", "shift_right(self, other)"},
    {"aten::bitwise_right_shift.Tensor_Scalar", "shift_right(self, other)"},
    {"aten::bitwise_right_shift.Scalar_Tensor", "shift_right(self, other)"},
    {"aten::__and__.Tensor", "bit_and(self, other)"},
    {"aten::__and__.Scalar", "bit_and(self, other)"},
    {"aten::__or__.Tensor", "bit_or(self, other)"},
    {"aten::__or__.Scalar", "bit_or(self, other)"},
    {"aten::__xor__.Tensor", "bit_xor(self, other)"},
    {"aten::__xor__.Scalar", "bit_xor(self, other)"},
    {"aten::__lshift__.Tensor", "shift_left(self, other)"},
    {"aten::__lshift__.Scalar", "shift_left(self, other)"},
    {"aten::__rshift__.Tensor", "shift_right(self, other)"},
    {"aten::__rshift__.Scalar", "shift_right(self, other)"},
};

// The expression depends on an argument.
constexpr OpRow kVariants[] = {
    {"aten::clamp", clamp_variant},
    {"aten::clamp.Tensor", clamp_variant},
    {"aten::clip", clamp_variant},
    {"aten::clip.Tensor", clamp_variant},
    {"aten::div.Tensor_mode", div_mode_variant},
    {"aten::div.Scalar_mode", div_mode_variant},
    {"aten::bitwise_not", bitwise_not_variant},
    {"aten::lerp.Scalar", lerp_variant},
    {"aten::lerp.Tensor", lerp_variant},
    {"aten::where.Scalar", where_scalars},
    {"aten::frexp.Tensor", frexp_parts},
};

}  // namespace

void add_arithmetic(OpRegistry& registry) {
  registry.add_pointwise(kArithmetic, pointwise, pointwise_group);
  registry.add_pointwise(kComparison, pointwise, pointwise_group);
  registry.add_pointwise(kBits, pointwise, pointwise_group);
  registry.add(kVariants);
}

}  // namespace temper
