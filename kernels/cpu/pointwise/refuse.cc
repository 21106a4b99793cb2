#include "kernels/cpu/pointwise/refuse.h"

#include <algorithm>
#include <cstring>

#include "core/base/error.h"

namespace temper {
namespace {

ElementKind kind_of(DType dtype) {
  if (dtype == DType::kBool) return kBooleans;
  if (is_integral(dtype)) return kIntegers;
  return is_complex(dtype) ? kComplexes : kReals;
}

bool any_boolean(absl::Span<const Tensor> tensors, absl::Span<const PointwiseInput> inputs) {
  return std::any_of(tensors.begin(), tensors.end(),
                     [](const Tensor& t) { return t.dtype() == DType::kBool; }) ||
         std::any_of(inputs.begin(), inputs.end(),
                     [](const PointwiseInput& input) { return input.number.is_bool(); });
}

// The first argument chooses among the others.
bool is_choice(const PointwiseRule& rule) {
  return rule.dtypes == DTypeRule::kPromote &&
         rule.expression.nodes.back().fn == ScalarFn::k_select && !rule.inputs.empty() &&
         !rule.inputs[0].promotes;
}

bool is_condition(DType dtype) { return dtype == DType::kBool || dtype == DType::kUInt8; }

bool is_power(const PointwiseRule& rule) {
  return rule.expression.nodes.back().fn == ScalarFn::k_pow;
}

void check_exponent(const PointwiseRule& rule, absl::Span<const PointwiseInput> inputs) {
  const ScalarNode& root = rule.expression.nodes.back();
  const ScalarNode& exponent = rule.expression.nodes[static_cast<size_t>(root.args[1])];
  if (exponent.kind != ScalarNode::Kind::kInput) return;
  const IValue& number = inputs[static_cast<size_t>(exponent.input)].number;
  if (number.is_int() && number.to_int() < 0) {
    fail("Integers to negative integer powers are not allowed.");
  }
}

void check_alpha(const PointwiseRule& rule, absl::Span<const PointwiseInput> inputs,
                 DType promoted) {
  const ScalarNode& root = rule.expression.nodes.back();
  if (root.fn != ScalarFn::k_muladd && root.fn != ScalarFn::k_mulsub) return;
  const ScalarNode& factor = rule.expression.nodes[static_cast<size_t>(root.args[2])];
  if (factor.kind != ScalarNode::Kind::kInput) return;
  const IValue& alpha = inputs[static_cast<size_t>(factor.input)].number;
  if (alpha.is_bool() && promoted != DType::kBool) {
    fail("Boolean alpha only supported for Boolean results.");
  }
  if (is_integral_or_bool(promoted) && !alpha.is_int() && !alpha.is_bool()) {
    fail("For integral input tensors, argument alpha must not be a floating point number.");
  }
  if (alpha.is_complex() && !is_complex(promoted)) {
    fail("For non-complex input tensors, argument alpha must not be a complex number.");
  }
}

// Among operators, only addcdiv divides without making floating point of integers; groups of them
// hold none.
bool divides_as_is(const PointwiseRule& rule) {
  const auto& nodes = rule.expression.nodes;
  return rule.dtypes == DTypeRule::kPromote &&
         std::any_of(nodes.begin(), nodes.end(),
                     [](const ScalarNode& node) { return node.fn == ScalarFn::k_div; });
}

void check_division(absl::Span<const Tensor> tensors) {
  if (tensors.size() < 3 || std::any_of(tensors.begin() + 1, tensors.end(), [](const Tensor& t) {
        return !is_integral_or_bool(t.dtype());
      })) {
    return;
  }
  fail(
      "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will "
      "perform a true division of tensor1 and tensor2. The historic addcdiv behavior can be "
      "implemented as (input + value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer "
      "inputs and as (input + value * tensor1 / tensor2) for float inputs. The future addcdiv "
      "behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all "
      "dtypes.");
}

}  // namespace

bool may_refuse(const PointwiseRule& rule, DType dtype) {
  const uint8_t kinds = rule.refusals[0].kinds | rule.refusals[1].kinds;
  if (kinds != 0 && (kinds & kind_of(dtype)) != 0) return true;
  if (is_floating(dtype)) return is_choice(rule);
  return is_power(rule) || divides_as_is(rule) || (is_choice(rule) && !is_condition(dtype));
}

void check_refusals(const PointwiseRule& rule, std::string_view op,
                    absl::Span<const Tensor> tensors, absl::Span<const PointwiseInput> inputs,
                    DType promoted) {
  for (const Refusal& refusal : rule.refusals) {
    const bool hit =
        refusal.any ? any_boolean(tensors, inputs) : (refusal.kinds & kind_of(promoted)) != 0;
    if (hit) refuse(op, refusal.words, dtype_name(promoted));
  }
  check_alpha(rule, inputs, promoted);
  if (divides_as_is(rule)) check_division(tensors);
  if (is_power(rule) && is_integral(promoted)) check_exponent(rule, inputs);
  if (is_choice(rule) && inputs[0].operand > 0 && !is_condition(tensors[0].dtype())) {
    fail("where expected condition to be a boolean tensor, but got a tensor with dtype ",
         dtype_name(tensors[0].dtype()));
  }
}

void refuse(std::string_view op, const char* words, std::string_view dtype) {
  if (words && std::strchr(words, ' ')) fail(words);
  if (words) fail("\"", words, "\" not implemented for '", dtype, "'");
  for (std::string_view prefix : {"aten::", "prim::", "special_"}) {
    if (op.substr(0, prefix.size()) == prefix) op.remove_prefix(prefix.size());
  }
  if (op.back() == '_') op.remove_suffix(1);
  fail("\"", op, "_cpu\" not implemented for '", dtype, "'");
}

}  // namespace temper
