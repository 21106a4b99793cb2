#pragma once
// PyTorch's result type of an operation over tensors and numbers.

#include <optional>

#include "core/op/op_def.h"
#include "core/value/ivalue.h"

namespace temper {

// Accumulates operands; dimensioned tensors outrank 0-dim tensors, which outrank numbers, unless a
// lower rank has a higher category.
class ResultType {
 public:
  void add(const IValue& operand);
  DType get() const;

 private:
  void merge(std::optional<DType>& into, DType dtype);
  std::optional<DType> dimensioned_, zero_dim_, number_;
};

struct ResultDTypes {
  DType compute;  // the operands are converted to this
  DType output;
};
inline constexpr DType kDefaultFloat = DType::kFloat32;

// Inline: operations on a few elements take as long as a call.
inline ResultDTypes apply_rule(DTypeRule rule, DType promoted, DType first) {
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
