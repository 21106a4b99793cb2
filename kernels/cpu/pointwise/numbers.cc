#include "kernels/cpu/pointwise/numbers.h"

#include "core/tensor/dispatch.h"
#include "kernels/cpu/fill.h"

namespace temper {
namespace {

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
      if (must_fit(rule, i)) scalar_tensor(number, dtype);  // refuses those that do not
      number = IValue(static_cast<int64_t>(static_cast<T>(number.scalar_as_int())));
    }
  });
}

}  // namespace temper
