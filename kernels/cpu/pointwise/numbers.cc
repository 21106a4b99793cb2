#include "kernels/cpu/pointwise/numbers.h"

#include <limits>

#include "core/base/error.h"
#include "core/tensor/dispatch.h"

namespace temper {
namespace {

const char* c_name(DType dtype) {
  switch (dtype) {
    case DType::kUInt8: return "uint8_t";
    case DType::kInt8: return "int8_t";
    case DType::kInt16: return "int16_t";
    case DType::kInt32: return "int";
    default: return "int64_t";
  }
}

bool must_fit(const PointwiseRule& rule, size_t input) {
  if (!rule.inputs[input].promotes) return true;
  const ScalarNode& root = rule.expression.nodes.back();
  switch (root.fn) {
    case ScalarFn::k_clamp:
    case ScalarFn::k_min:
    case ScalarFn::k_max:
    case ScalarFn::k_select: return true;
    case ScalarFn::k_pow:
      return rule.expression.nodes[static_cast<size_t>(root.args[1])].input ==
             static_cast<int>(input);
    default: return false;
  }
}

template <class T>
bool fits(const IValue& number) {
  using Limits = std::numeric_limits<T>;
  if (number.is_double()) {
    const double value = number.to_double();
    return value >= static_cast<double>(Limits::lowest()) &&
           value <= static_cast<double>(Limits::max());
  }
  const int64_t value = number.scalar_as_int();
  // Negative numbers may stand for what they are in unsigned ones.
  const int64_t lowest = Limits::is_signed ? static_cast<int64_t>(Limits::lowest())
                                           : -static_cast<int64_t>(Limits::max());
  return value >= lowest && value <= static_cast<int64_t>(Limits::max());
}

}  // namespace

void fit_numbers(const PointwiseRule& rule, DType dtype, absl::Span<PointwiseInput> inputs,
                 absl::Span<Tensor> tensors) {
  visit(dtype, "numbers", IntTypes{}, [&]<class T>() {
    for (size_t i = 0; i < inputs.size(); ++i) {
      IValue& number = inputs[i].number;
      if (inputs[i].operand > 0) {
        Tensor& tensor = tensors[static_cast<size_t>(inputs[i].operand) - 1];
        const bool other = tensor.dtype() != dtype && is_integral(tensor.dtype());
        if (other && tensor.dim() == 0) tensor = to_dtype(tensor, dtype);
        continue;
      }
      if (!number.is_int() && !number.is_double()) continue;
      if (must_fit(rule, i) && !fits<T>(number)) {
        fail("value cannot be converted to type ", c_name(dtype), " without overflow");
      }
      number = IValue(static_cast<int64_t>(static_cast<T>(number.scalar_as_int())));
    }
  });
}

}  // namespace temper
