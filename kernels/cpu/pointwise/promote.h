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
ResultDTypes apply_rule(DTypeRule rule, DType promoted, DType first);

}  // namespace temper
