// Point-wise arithmetic, comparisons, logic and bits.
#include "kernels/cpu/pointwise/pointwise.h"
#include "kernels/cpu/pointwise/variants.h"
#include "kernels/ops/families.h"

namespace temper {
namespace {

constexpr DTypeRule kSame = DTypeRule::kPromote;
constexpr DTypeRule kFloat = DTypeRule::kPromoteFloat;
constexpr DTypeRule kBool = DTypeRule::kBool;
constexpr DTypeRule kFirst = DTypeRule::kFirst;

constexpr const char* kBooleanSubtraction =
    "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to "
    "invert a mask, use the `~` or `logical_not()` operator instead.";
constexpr Refusals kScalarSubtraction{{{0, kBooleanSubtraction, true}}};
constexpr Refusals kSubtraction{
    {{kBooleans,
      "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or "
      "`logical_xor()` operator instead."},
     {0, kBooleanSubtraction, true}}};
constexpr Refusals kNegation =
    refuses(kBooleans,
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to "
            "invert a mask, use the `~` or `logical_not()` operator instead.");
constexpr Refusals kNoComplexClamp =
    refuses(kComplexes, "clamp is not supported for complex types");
constexpr Refusals kOnlyWhole = refuses(kReals | kComplexes);
constexpr Refusals kLeftShift = refuses(kBooleans | kReals | kComplexes, "lshift_cpu");
constexpr Refusals kRightShift = refuses(kBooleans | kReals | kComplexes, "rshift_cpu");

constexpr PointwiseRow kArithmetic[] = {
    {"aten::add.Tensor", "muladd(self, other, alpha)"},
    {"aten::add.Scalar", "muladd(self, other, alpha)"},
    {"aten::sub.Tensor", "mulsub(self, other, alpha)", kSame, kSubtraction},
    {"aten::sub.Scalar", "mulsub(self, other, alpha)", kSame, kScalarSubtraction},
    {"aten::rsub.Tensor", "mulsub(other, self, alpha)", kSame, kSubtraction},
    {"aten::rsub.Scalar", "mulsub(other, self, alpha)", kSame, kScalarSubtraction},
    {"aten::mul.Tensor", "self * other"},
    {"aten::mul.Scalar", "self * other"},
    {"aten::div.Tensor", "self / other", kFloat},
    {"aten::div.Scalar", "self / other", kFloat},
    {"aten::true_divide.Tensor", "self / other", kFloat},
    {"aten::true_divide.Scalar", "self / other", kFloat},
    {"aten::floor_divide", "floor_div(self, other)", kSame,
     refuses(kBooleans | kComplexes, "div_floor_cpu")},
    {"aten::floor_divide.Scalar", "floor_div(self, other)", kSame,
     refuses(kBooleans | kComplexes, "div_floor_cpu")},
    {"aten::remainder.Tensor", "remainder(self, other)", kSame, refuses(kBooleans)},
    {"aten::remainder.Scalar", "remainder(self, other)", kSame, refuses(kBooleans)},
    {"aten::remainder.Scalar_Tensor", "remainder(self, other)", kSame, refuses(kBooleans)},
    {"aten::fmod.Tensor", "fmod(self, other)", kSame, refuses(kBooleans)},
    {"aten::fmod.Scalar", "fmod(self, other)", kSame, refuses(kBooleans)},
    {"aten::pow.Tensor_Tensor", "pow(self, exponent)", kSame, refuses(kBooleans, "pow")},
    {"aten::pow.Tensor_Scalar", "pow(self, exponent)"},
    {"aten::pow.Scalar", "pow(self, exponent)"},
    {"aten::neg", "-self", kSame, kNegation},
    {"aten::reciprocal", "reciprocal(self)", kFloat},
    {"aten::square", "square(self)", DTypeRule::kPromoteNoBool},
    {"aten::gcd", "gcd(self, other)", kSame, refuses(kBooleans | kReals)},
    {"aten::lcm", "lcm(self, other)", kSame, refuses(kBooleans | kReals)},
    {"aten::maximum", "max(self, other)", kSame,
     refuses(kComplexes, "maximum not implemented for complex tensors.")},
    {"aten::minimum", "min(self, other)", kSame,
     refuses(kComplexes, "minimum not implemented for complex tensors.")},
    {"aten::max.other", "max(self, other)", kSame,
     refuses(kComplexes, "maximum not implemented for complex tensors.")},
    {"aten::min.other", "min(self, other)", kSame,
     refuses(kComplexes, "minimum not implemented for complex tensors.")},
    {"aten::fmax", "fmax(self, other)", kSame,
     refuses(kComplexes, "fmax not implemented for complex tensors.")},
    {"aten::fmin", "fmin(self, other)", kSame,
     refuses(kComplexes, "fmin not implemented for complex tensors.")},
    {"aten::addcmul", "self + value * tensor1 * tensor2", kSame,
     refuses(kBooleans, "addcmul_cpu_out")},
    {"aten::addcdiv", "self + value * (tensor1 / tensor2)"},
    {"aten::copysign.Tensor", "copysign(self, other)", kFloat},
    {"aten::copysign.Scalar", "copysign(self, other)", kFloat},
    {"aten::nextafter", "nextafter(self, other)", kSame, refuses(kBooleans | kIntegers)},
    {"aten::hypot", "hypot(self, other)", kSame, refuses(kBooleans | kIntegers)},
    {"aten::atan2", "atan2(self, other)", kFloat},
    {"aten::arctan2", "atan2(self, other)", kFloat, refuses(kComplexes, "atan2_cpu")},
    {"aten::heaviside", "select(self == 0, values, self > 0)", kSame,
     refuses(kComplexes, "heaviside is not yet implemented for complex tensors.")},
    {"aten::ldexp.Tensor", "self * exp2(other)", kFloat},
    {"aten::logaddexp", "logaddexp(self, other)", kSame, refuses(kBooleans | kIntegers)},
    {"aten::logaddexp2", "logaddexp2(self, other)", kSame, refuses(kBooleans | kIntegers)},
    {"aten::where.self", "select(condition, self, other)"},
    {"aten::where.ScalarOther", "select(condition, self, other)"},
    {"aten::where.ScalarSelf", "select(condition, self, other)"},
    {"temper::clamp", "clamp(self, min, max)", kSame, kNoComplexClamp},
    {"aten::clamp_min", "max(self, min)", kSame, kNoComplexClamp},
    {"aten::clamp_min.Tensor", "max(self, min)", kSame, refuses(kComplexes, "maximum_cpu")},
    {"aten::clamp_max", "min(self, max)", kSame, kNoComplexClamp},
    {"aten::clamp_max.Tensor", "min(self, max)", kSame, refuses(kComplexes, "minimum_cpu")},
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
    {"aten::isneginf", "and(isinf(self), self < 0)", kBool,
     refuses(kComplexes, "isneginf does not support complex inputs.")},
    {"aten::isposinf", "and(isinf(self), self > 0)", kBool,
     refuses(kComplexes, "isposinf does not support complex inputs.")},
};

constexpr PointwiseRow kBits[] = {
    {"aten::bitwise_and.Tensor", "bit_and(self, other)", kSame, kOnlyWhole},
    {"aten::bitwise_and.Scalar", "bit_and(self, other)", kSame, kOnlyWhole},
    {"aten::bitwise_and.Scalar_Tensor", "bit_and(self, other)", kSame, kOnlyWhole},
    {"aten::bitwise_or.Tensor", "bit_or(self, other)", kSame, kOnlyWhole},
    {"aten::bitwise_or.Scalar", "bit_or(self, other)", kSame, kOnlyWhole},
    {"aten::bitwise_or.Scalar_Tensor", "bit_or(self, other)", kSame, kOnlyWhole},
    {"aten::bitwise_xor.Tensor", "bit_xor(self, other)", kSame, kOnlyWhole},
    {"aten::bitwise_xor.Scalar", "bit_xor(self, other)", kSame, kOnlyWhole},
    {"aten::bitwise_xor.Scalar_Tensor", "bit_xor(self, other)", kSame, kOnlyWhole},
    {"aten::bitwise_left_shift.Tensor", "shift_left(self, other)", kSame, kLeftShift},
    {"aten::bitwise_left_shift.Tensor_Scalar", "shift_left(self, other)", kSame, kLeftShift},
    {"aten::bitwise_left_shift.Scalar_Tensor", "shift_left(self, other)", kSame, kLeftShift},
    {"aten::bitwise_right_shift.Tensor", "shift_right(self, other)", kSame, kRightShift},
    {"aten::bitwise_right_shift.Tensor_Scalar", "shift_right(self, other)", kSame, kRightShift},
    {"aten::bitwise_right_shift.Scalar_Tensor", "shift_right(self, other)", kSame, kRightShift},
    {"aten::__and__.Tensor", "bit_and(self, other)", kSame,
     refuses(kReals | kComplexes, "bitwise_and_cpu")},
    {"aten::__and__.Scalar", "bit_and(self, other)", kSame,
     refuses(kReals | kComplexes, "bitwise_and_cpu")},
    {"aten::__or__.Tensor", "bit_or(self, other)", kSame,
     refuses(kReals | kComplexes, "bitwise_or_cpu")},
    {"aten::__or__.Scalar", "bit_or(self, other)", kSame,
     refuses(kReals | kComplexes, "bitwise_or_cpu")},
    {"aten::__xor__.Tensor", "bit_xor(self, other)", kSame,
     refuses(kReals | kComplexes, "bitwise_xor_cpu")},
    {"aten::__xor__.Scalar", "bit_xor(self, other)", kSame,
     refuses(kReals | kComplexes, "bitwise_xor_cpu")},
    {"aten::__lshift__.Tensor", "shift_left(self, other)", kSame, kLeftShift},
    {"aten::__lshift__.Scalar", "shift_left(self, other)", kSame, kLeftShift},
    {"aten::__rshift__.Tensor", "shift_right(self, other)", kSame, kRightShift},
    {"aten::__rshift__.Scalar", "shift_right(self, other)", kSame, kRightShift},
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
