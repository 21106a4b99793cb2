#include "kernels/cpu/pointwise/promote.h"

namespace temper {
namespace {

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
  // Numbers become complex in the precision that they have.
  if (is_complex(*low) && !is_integral_or_bool(*high)) {
    return *high == DType::kFloat64 ? DType::kComplex128 : DType::kComplex64;
  }
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

}  // namespace temper
