#include "kernels/cpu/pointwise/promote.h"

namespace temper {
namespace {

constexpr DType kDefaultFloat = DType::kFloat32;

DType number_dtype(const IValue& value) {
  switch (value.tag()) {
    case Tag::kBool: return DType::kBool;
    case Tag::kInt: return DType::kInt64;
    case Tag::kComplex: return DType::kComplex64;
    default: return kDefaultFloat;
  }
}

int category(DType dtype) {
  if (dtype == DType::kBool) return 0;
  if (is_integral(dtype)) return 1;
  return is_complex(dtype) ? 3 : 2;
}

// A lower-ranked dtype only counts when its category is higher.
std::optional<DType> combine(std::optional<DType> high, std::optional<DType> low) {
  if (!high) return low;
  if (!low || category(*high) >= category(*low)) return high;
  return promote(*high, *low);
}

}  // namespace

void ResultType::merge(std::optional<DType>& into, DType dtype) {
  into = into ? promote(*into, dtype) : dtype;
}

void ResultType::add(const IValue& operand) {
  if (operand.is_tensor()) {
    const TensorImpl& tensor = *operand.raw_tensor();
    merge(tensor.sizes.empty() ? zero_dim_ : dimensioned_, tensor.dtype);
  } else if (operand.is_scalar()) {
    merge(number_, number_dtype(operand));
  }
}

DType ResultType::get() const {
  const auto result = combine(combine(dimensioned_, zero_dim_), number_);
  TEMPER_CHECK(result);
  return *result;
}

ResultDTypes apply_rule(DTypeRule rule, DType promoted, DType first) {
  switch (rule) {
    case DTypeRule::kPromote: return {promoted, promoted};
    case DTypeRule::kPromoteFloat: {
      const DType dtype = is_integral_or_bool(promoted) ? kDefaultFloat : promoted;
      return {dtype, dtype};
    }
    case DTypeRule::kBool: return {promoted, DType::kBool};
    case DTypeRule::kFirst: return {promoted, first};
    case DTypeRule::kPromoteReal: return {promoted, to_real(promoted)};
    case DTypeRule::kPromoteRealFloat: {
      const DType dtype = is_integral_or_bool(promoted) ? kDefaultFloat : promoted;
      return {dtype, to_real(dtype)};
    }
    case DTypeRule::kPromoteNoBool: {
      const DType dtype = promoted == DType::kBool ? DType::kInt64 : promoted;
      return {dtype, dtype};
    }
  }
  return {promoted, promoted};
}

}  // namespace temper
