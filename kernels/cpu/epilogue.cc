#include "kernels/cpu/epilogue.h"

#include <array>
#include <string_view>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "kernels/cpu/pointwise/pointwise.h"

namespace temper {
namespace {

struct ActivationForm {
  std::string_view name;
  const char* expression;
  DTypeRule dtypes;
};

// By number of Activation.
constexpr ActivationForm kForms[] = {
    {"", "self", DTypeRule::kFirst},
    {"relu", "max(self, 0)", DTypeRule::kFirst},
    {"clip", "clamp(self, alpha, beta)", DTypeRule::kFirst},
    {"leaky_relu", "select(self > 0, self, self * alpha)", DTypeRule::kPromoteFloat},
    {"elu", "select(self > 0, self, alpha * expm1(self))", DTypeRule::kPromoteFloat},
    {"sigmoid", "sigmoid(self)", DTypeRule::kPromoteFloat},
    {"tanh", "tanh(self)", DTypeRule::kPromoteFloat},
    {"silu", "self * sigmoid(self)", DTypeRule::kPromoteFloat},
    {"hardswish", "self * clamp(self + 3, 0, 6) / 6", DTypeRule::kPromoteFloat},
    {"gelu", "0.5 * self * (1 + erf(self * 0.70710678118654752))", DTypeRule::kPromoteFloat},
    {"gelu_tanh",
     "0.5 * self * (1 + tanh(0.79788456080286536 * (self + 0.044715 * self * self * self)))",
     DTypeRule::kPromoteFloat},
    {"mish", "self * tanh(log1p(exp(self)))", DTypeRule::kPromoteFloat},
};

struct Rules {
  Schema add_schema = parse_schema("temper::sum(Tensor self, Tensor other) -> Tensor");
  Schema activation_schema =
      parse_schema("temper::activate(Tensor self, Scalar alpha, Scalar beta) -> Tensor");
  PointwiseRule add{add_schema, "self + other", DTypeRule::kPromote};
  std::vector<PointwiseRule> activations;
  Rules() {
    for (const ActivationForm& form : kForms) {
      activations.emplace_back(activation_schema, form.expression, form.dtypes);
    }
  }
};

const Rules& rules() {
  static const Rules rules;  // immutable
  return rules;
}

Activation activation_of(const std::string& name) {
  for (size_t i = 0; i < std::size(kForms); ++i) {
    if (kForms[i].name == name) return static_cast<Activation>(i);
  }
  fail("no activation is called '", name, "'");
}

Tensor evaluate(OpCall& call, const PointwiseRule& rule, std::array<IValue, 3> arguments) {
  static constexpr Register kInputs[] = {0, 1, 2};
  OpCall inner(call.op(), call.context(), arguments.data(), kInputs, 3, kInputs, 0);
  return evaluate_pointwise(inner, rule);
}

}  // namespace

Epilogue epilogue_of(OpCall& call, size_t first) {
  Epilogue epilogue;
  epilogue.residual = call.opt_tensor(first);
  epilogue.in_place = call.boolean(first + 1);
  epilogue.activation = activation_of(call.string(first + 2));
  epilogue.alpha = static_cast<float>(call.number(first + 3));
  epilogue.beta = static_cast<float>(call.number(first + 4));
  return epilogue;
}

bool fuses(const Epilogue& epilogue, DimsView sizes) {
  const Tensor& residual = epilogue.residual;
  return !residual.defined() || (residual.dtype() == DType::kFloat32 && residual.sizes() == sizes);
}

Tensor finish(OpCall& call, const Tensor& product, const Epilogue& epilogue) {
  Tensor value = product;
  if (epilogue.residual.defined()) {
    value = evaluate(call, rules().add, {value, epilogue.residual, IValue()});
    if (epilogue.in_place) {
      if (value.sizes() != product.sizes()) {
        fail("output with shape ", to_string(product.sizes()),
             " doesn't match the broadcast shape ", to_string(value.sizes()));
      }
      if (!can_cast(value.dtype(), product.dtype())) {
        fail("result type ", dtype_name(value.dtype()),
             " can't be cast to the desired output type ", dtype_name(product.dtype()));
      }
      value = to_dtype(value, product.dtype());
    }
  }
  if (epilogue.activation == Activation::kNone) return value;
  if (!is_floating(value.dtype()) && epilogue.activation != Activation::kRelu) {
    unimplemented("activations of convolutions and products of ", dtype_name(value.dtype()),
                  " tensors");
  }
  return evaluate(call, rules().activations[static_cast<size_t>(epilogue.activation)],
                  {value, static_cast<double>(epilogue.alpha), static_cast<double>(epilogue.beta)});
}

}  // namespace temper
