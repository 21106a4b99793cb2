#include "passes/patterns/formula.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "passes/constants.h"

namespace temper {

using ir::Node;
using ir::Value;

namespace {

constexpr size_t kMaxNodes = 24;  // of a formula
constexpr double kDigits = 1e-7;  // of a float

using Maybe = std::optional<Polynomial>;

Polynomial scaled_sum(const Polynomial& a, double factor, const Polynomial& b) {
  Polynomial sum = a;
  for (size_t i = 0; i < Polynomial::kPowers; ++i) {
    for (size_t j = 0; j < 2; ++j) sum.terms[i][j] += factor * b.terms[i][j];
  }
  return sum;
}

Maybe product(const Polynomial& a, const Polynomial& b) {
  Polynomial out;
  for (size_t i = 0; i < 2 * Polynomial::kPowers; ++i) {
    const double left = a.terms[i / 2][i % 2];
    if (left == 0) continue;
    for (size_t k = 0; k < 2 * Polynomial::kPowers; ++k) {
      const double right = b.terms[k / 2][k % 2];
      if (right == 0) continue;
      const size_t x = i / 2 + k / 2, t = i % 2 + k % 2;
      if (x >= Polynomial::kPowers || t > 1) return std::nullopt;
      out.terms[x][t] += left * right;
    }
  }
  return out;
}

Maybe power(const Polynomial& base, double exponent) {
  if (exponent != std::floor(exponent) || exponent < 1 || exponent > 3) return std::nullopt;
  Maybe out = base;
  for (int i = 1; i < exponent && out; ++i) out = product(*out, base);
  return out;
}

// A fixed number, or a fixed real tensor without dims.
std::optional<double> number_of(const IValue* value) {
  if (!value) return std::nullopt;
  if (value->is_int() || value->is_double()) return value->scalar_as_double();
  if (!value->is_tensor() || !value->to_tensor().defined()) return std::nullopt;
  const Tensor tensor = value->to_tensor();
  if (tensor.dim() != 0 || tensor.impl()->quant || is_complex(tensor.dtype())) return std::nullopt;
  return *to_dtype(tensor, DType::kFloat64).data<double>();
}

bool near(double a, double b) {
  return std::abs(a - b) <= kDigits * std::max(std::abs(a), std::abs(b));
}

bool is_number(const Value* value, double wanted) {
  const std::optional<double> number = number_of(constant_of(value));
  return number && *number == wanted;
}

}  // namespace

Polynomial Polynomial::constant(double value) {
  Polynomial p;
  p.terms[0][0] = value;
  return p;
}

std::optional<double> Polynomial::as_constant() const {
  for (size_t i = 1; i < 2 * kPowers; ++i) {
    if (terms[i / 2][i % 2] != 0) return std::nullopt;
  }
  return terms[0][0];
}

bool Polynomial::has_t() const {
  return std::any_of(terms.begin(), terms.end(), [](const auto& term) { return term[1] != 0; });
}

bool close(const Polynomial& a, const Polynomial& b) {
  for (size_t i = 0; i < 2 * Polynomial::kPowers; ++i) {
    if (!near(a.terms[i / 2][i % 2], b.terms[i / 2][i % 2])) return false;
  }
  return true;
}

// One attempt: the values that were read so far, and the formula that grows from them.
class FormulaReader::Reading {
 public:
  Reading(const FormulaReader& reader, const Value* x, const ir::Block* block)
      : reader_(reader), x_(x), block_(block) {}

  Maybe of(Value* value) {
    if (value == x_) return power_of_x();
    const IValue* constant = constant_of(value);
    if (const std::optional<double> number = number_of(constant)) {
      formula_.has_tensor_numbers |= constant->is_tensor();
      return Polynomial::constant(*number);
    }
    if (!value->node()->op()) return std::nullopt;
    const auto known = values_.find(value);
    if (known != values_.end()) return known->second;
    const Maybe polynomial = of_node(*value->node());
    if (polynomial) values_[value] = *polynomial;
    return polynomial;
  }

  // Users before what they use.
  Formula take() && {
    std::reverse(formula_.nodes.begin(), formula_.nodes.end());
    return std::move(formula_);
  }

 private:
  static Polynomial power_of_x() {
    Polynomial p;
    p.terms[1][0] = 1;
    return p;
  }

  Maybe of_node(Node& node) {
    if (node.block() != block_ || node.outputs().size() != 1 || values_.size() >= kMaxNodes) {
      return std::nullopt;
    }
    std::vector<Node*> inner;
    Maybe value;
    if (Value* argument = reader_.softplus_argument(node, &inner)) {
      value = of(argument);
      if (value) value = apply(Formula::kTanhSoftplus, *value);
    } else if (node.op() == reader_.clamp_) {
      value = of(node.input(0));
      if (value) value = clamp(*value, node.input(1), node.input(2));
    } else if (node.op()->pointwise()) {
      value = of_pointwise(node, *node.op()->pointwise());
    }
    if (!value) return value;
    formula_.nodes.insert(formula_.nodes.end(), inner.begin(), inner.end());
    formula_.nodes.push_back(&node);
    return value;
  }

  Maybe of_pointwise(Node& node, const PointwiseRule& rule) {
    if (rule.dtypes == DTypeRule::kBool) return std::nullopt;
    std::vector<Polynomial> inputs;
    for (const PointwiseRule::Input& input : rule.inputs) {
      const Maybe value = of(node.input(static_cast<size_t>(input.argument)));
      if (!value) return std::nullopt;
      inputs.push_back(*value);
    }
    return evaluate(rule.expression, inputs);
  }

  Maybe evaluate(const ScalarExpr& expression, const std::vector<Polynomial>& inputs) {
    std::vector<Polynomial> values;
    for (const ScalarNode& node : expression.nodes) {
      Maybe value;
      switch (node.kind) {
        case ScalarNode::Kind::kInput: value = inputs[static_cast<size_t>(node.input)]; break;
        case ScalarNode::Kind::kConstant: value = Polynomial::constant(node.constant); break;
        case ScalarNode::Kind::kCall: value = call(node, values); break;
      }
      if (!value) return std::nullopt;
      values.push_back(*value);
    }
    return values.back();
  }

  Maybe call(const ScalarNode& node, const std::vector<Polynomial>& values) {
    const auto arg = [&](size_t i) { return values[static_cast<size_t>(node.args[i])]; };
    const auto number = [&](size_t i) { return arg(i).as_constant(); };
    switch (node.fn) {
      case ScalarFn::k_add: return scaled_sum(arg(0), 1, arg(1));
      case ScalarFn::k_sub: return scaled_sum(arg(0), -1, arg(1));
      case ScalarFn::k_neg: return scaled_sum({}, -1, arg(0));
      case ScalarFn::k_mul: return product(arg(0), arg(1));
      case ScalarFn::k_square: return power(arg(0), 2);
      case ScalarFn::k_muladd:
        return number(2) ? Maybe(scaled_sum(arg(0), *number(2), arg(1))) : std::nullopt;
      case ScalarFn::k_mulsub:
        return number(2) ? Maybe(scaled_sum(arg(0), -*number(2), arg(1))) : std::nullopt;
      case ScalarFn::k_div:
        if (!number(1) || *number(1) == 0) return std::nullopt;
        return scaled_sum({}, 1 / *number(1), arg(0));
      case ScalarFn::k_pow: return number(1) ? power(arg(0), *number(1)) : std::nullopt;
      case ScalarFn::k_erf: return apply(Formula::kErf, arg(0));
      case ScalarFn::k_erfc: {
        const Maybe t = apply(Formula::kErf, arg(0));
        return t ? Maybe(scaled_sum(Polynomial::constant(1), -1, *t)) : std::nullopt;
      }
      case ScalarFn::k_tanh: return apply(Formula::kTanh, arg(0));
      case ScalarFn::k_sigmoid: return apply(Formula::kSigmoid, arg(0));
      case ScalarFn::k_clamp:
        return number(1) && number(2) ? clamp(arg(0), *number(1), *number(2)) : std::nullopt;
      default: return std::nullopt;
    }
  }

  Maybe clamp(const Polynomial& argument, const Value* low, const Value* high) {
    const auto a = number_of(constant_of(low)), b = number_of(constant_of(high));
    return a && b ? clamp(argument, *a, *b) : std::nullopt;
  }

  // Between 0 and h: what clamping between 0 and 6 gives, on another scale.
  Maybe clamp(const Polynomial& argument, double low, double high) {
    if (low != 0 || !(high > 0) || std::isinf(high)) return std::nullopt;
    const Maybe t = apply(Formula::kClamp6, scaled_sum({}, 6 / high, argument));
    return t ? Maybe(scaled_sum({}, high / 6, *t)) : std::nullopt;
  }

  Maybe apply(Formula::Function function, const Polynomial& argument) {
    if (argument.has_t() || argument.as_constant()) return std::nullopt;
    if (formula_.function == Formula::kNone) {
      formula_.function = function;
      formula_.argument = argument;
    }
    if (formula_.function != function || !close(formula_.argument, argument)) return std::nullopt;
    Polynomial t;
    t.terms[0][1] = 1;
    return t;
  }

  const FormulaReader& reader_;
  const Value* x_;
  const ir::Block* block_;
  Formula formula_;
  std::unordered_map<const Value*, Polynomial> values_;
};

FormulaReader::FormulaReader(const OpRegistry& ops)
    : tanh_(ops.find("aten::tanh")),
      softplus_(ops.find("aten::softplus")),
      log1p_(ops.find("aten::log1p")),
      exp_(ops.find("aten::exp")),
      clamp_(ops.find("aten::clamp")) {}

// v of tanh(log(1 + exp(v))), and the nodes between, users last.
Value* FormulaReader::softplus_argument(const Node& node, std::vector<Node*>* inner) const {
  if (node.op() != tanh_) return nullptr;
  Node* log = node.input(0)->node();
  if (log->block() != node.block()) return nullptr;
  if (log->op() == softplus_ && is_number(log->input(1), 1) && is_number(log->input(2), 20)) {
    *inner = {log};
    return log->input(0);
  }
  if (log->op() != log1p_) return nullptr;
  Node* exponential = log->input(0)->node();
  if (exponential->op() != exp_ || exponential->block() != node.block()) return nullptr;
  *inner = {exponential, log};
  return exponential->input(0);
}

bool FormulaReader::has_function(const Node& node) const {
  if (node.op() == clamp_) return true;
  if (!node.op()->pointwise()) return false;
  const std::vector<ScalarNode>& nodes = node.op()->pointwise()->expression.nodes;
  return std::any_of(nodes.begin(), nodes.end(), [](const ScalarNode& n) {
    return n.kind == ScalarNode::Kind::kCall &&
           (n.fn == ScalarFn::k_erf || n.fn == ScalarFn::k_erfc || n.fn == ScalarFn::k_tanh ||
            n.fn == ScalarFn::k_sigmoid || n.fn == ScalarFn::k_clamp);
  });
}

std::vector<Value*> FormulaReader::candidates(const Node& root) const {
  std::vector<const Node*> tree = {&root};
  std::vector<Value*> once, again;
  bool function = false;
  for (size_t at = 0; at < tree.size() && tree.size() < kMaxNodes; ++at) {
    function |= has_function(*tree[at]);
    for (Value* input : tree[at]->inputs()) {
      if (input->type()->kind() != TypeKind::kTensor || constant_of(input)) continue;
      if (std::find(once.begin(), once.end(), input) != once.end()) {
        again.push_back(input);
        continue;
      }
      once.push_back(input);
      const Node* maker = input->node();
      const bool inside = maker->op() && maker->block() == root.block() &&
                          (maker->op()->pointwise() || maker->op() == clamp_);
      if (inside) tree.push_back(maker);
    }
  }
  if (!function) return {};
  // A chain reads x once.
  again.insert(again.end(), once.begin(), once.end());
  return again;
}

std::optional<Formula> FormulaReader::read(Node& root, const Value* x) const {
  Reading reading(*this, x, root.block());
  const Maybe value = reading.of(root.output());
  if (!value) return std::nullopt;
  Formula formula = std::move(reading).take();
  formula.value = *value;
  const std::unordered_set<const Node*> inside(formula.nodes.begin(), formula.nodes.end());
  for (const Node* node : formula.nodes) {
    if (node == &root) continue;
    for (const ir::Use& use : node->output()->uses()) {
      if (inside.count(use.node) == 0) return std::nullopt;
    }
  }
  return formula;
}

}  // namespace temper
