// Activations that programs spell out: gelu by erf or tanh, silu, mish, hardswish and hardsigmoid,
// in whatever order their sums and products stand. Layers then take them as epilogues, and
// everybody else computes them in one pass over memory. The spelling stays for tensors of other
// dtypes: integers wrap around in it, and half precision is rounded at each of its steps.

#include <vector>

#include "passes/analysis/alias.h"
#include "passes/pass.h"
#include "passes/patterns/formula.h"
#include "passes/patterns/known_tensors.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

constexpr double kErfScale = 0.70710678118654752;   // 1 / sqrt(2)
constexpr double kTanhScale = 0.79788456080286536;  // sqrt(2 / pi)
constexpr double kCubic = 0.044715 * kTanhScale;

struct Spelling {
  Formula::Function function;
  std::array<double, Polynomial::kPowers> argument;  // factors of 1, x, x^2, x^3
  double x, xt, t;                                   // the value's factors of x, x t and t
  const char* op;
  const char* approximate = nullptr;  // its second argument
};

constexpr Spelling kSpellings[] = {
    {Formula::kErf, {0, kErfScale}, 0.5, 0.5, 0, "aten::gelu", "none"},
    {Formula::kTanh, {0, kTanhScale, 0, kCubic}, 0.5, 0.5, 0, "aten::gelu", "tanh"},
    {Formula::kSigmoid, {0, 2 * kTanhScale, 0, 2 * kCubic}, 0, 1, 0, "aten::gelu", "tanh"},
    {Formula::kSigmoid, {0, 1}, 0, 1, 0, "aten::silu"},
    {Formula::kTanh, {0, 0.5}, 0.5, 0.5, 0, "aten::silu"},
    {Formula::kTanhSoftplus, {0, 1}, 0, 1, 0, "aten::mish"},
    {Formula::kClamp6, {3, 1}, 0, 1.0 / 6, 0, "aten::hardswish"},
    {Formula::kClamp6, {3, 1}, 0, 0, 1.0 / 6, "aten::hardsigmoid"},
};

bool says(const Formula& formula, const Spelling& spelling) {
  Polynomial argument, value;
  for (size_t i = 0; i < Polynomial::kPowers; ++i) argument.terms[i][0] = spelling.argument[i];
  value.terms[1] = {spelling.x, spelling.xt};
  value.terms[0][1] = spelling.t;
  return formula.function == spelling.function && close(formula.argument, argument) &&
         close(formula.value, value);
}

const Spelling* find_spelling(const Formula& formula) {
  for (const Spelling& spelling : kSpellings) {
    if (says(formula, spelling)) return &spelling;
  }
  return nullptr;
}

class ActivationSpellings {
 public:
  ActivationSpellings(const OpRegistry& ops, Graph& graph)
      : ops_(ops),
        is_plain_(ops.find("temper::is_plain")),
        reader_(ops),
        graph_(graph),
        known_(ops, graph),
        alias_(graph) {}

  // From the end: the whole of an activation comes before its parts.
  bool visit(Block& block) {
    std::vector<Node*> nodes;
    for (Node* node : block) nodes.push_back(node);
    bool changed = false;
    for (auto it = nodes.rbegin(); it != nodes.rend(); ++it) {
      Node& node = **it;
      if (node.block() != &block) continue;  // it was part of another one
      if (!keeps_spelling(node)) {
        for (Block* inner : node.blocks()) changed |= visit(*inner);
      }
      if (node.op() && node.op()->pointwise()) changed |= visit_root(node);
    }
    return changed;
  }

 private:
  bool keeps_spelling(const Node& node) const {
    return node.is(Kind::kIf) && node.input(0)->node()->op() == is_plain_;
  }

  bool visit_root(Node& root) {
    for (Value* x : reader_.candidates(root)) {
      const std::optional<Formula> formula = reader_.read(root, x);
      if (!formula || formula->nodes.size() < 2) continue;
      const Spelling* spelling = find_spelling(*formula);
      if (spelling && replace(*formula, *spelling, x)) return true;
    }
    return false;
  }

  bool replace(const Formula& formula, const Spelling& spelling, Value* x) {
    const KnownTensor known = known_.of(x);
    const bool other_dtype =
        known.dtype && known.dtype != DType::kFloat32 && known.dtype != DType::kFloat64;
    if (other_dtype || alias_->has_writers(x)) return false;
    Node& root = *formula.nodes.front();
    ir::InsertScope scope(&graph_, &root);
    // Numbers that are tensors promote tensors without dims.
    if (known.dtype && (known.has_dims || !formula.has_tensor_numbers)) {
      root.output()->replace_all_uses_with(insert(spelling, x, root));
      for (Node* node : formula.nodes) node->destroy();
    } else {
      keep_for_others(formula, spelling, x, root);
    }
    return true;
  }

  Value* insert(const Spelling& spelling, Value* x, const Node& root) {
    std::vector<Value*> inputs = {x};
    if (spelling.approximate) {
      inputs.push_back(graph_.insert_constant(IValue(spelling.approximate), Type::string()));
    }
    const TypePtr type = root.output()->type();
    Node* node = graph_.insert(graph_.create_op(ops_.find(spelling.op), inputs, {type}));
    node->set_range(root.range());
    return node->output();
  }

  // The operator for plain tensors, the spelling for all others.
  void keep_for_others(const Formula& formula, const Spelling& spelling, Value* x, Node& root) {
    Node* plain = graph_.insert(graph_.create_op(is_plain_, {x}, {Type::boolean()}));
    Node* choice = graph_.insert(graph_.create(Kind::kIf, {plain->output()}));
    for (Node* made : {plain, choice}) made->set_range(root.range());
    Value* chosen = choice->add_output(root.output()->type());
    root.output()->replace_all_uses_with(chosen);
    Block* known = choice->add_block();
    Block* spelled = choice->add_block();
    {
      ir::InsertScope inside(&graph_, known->ret());
      known->add_output(insert(spelling, x, root));
    }
    for (auto it = formula.nodes.rbegin(); it != formula.nodes.rend(); ++it) {
      (*it)->move_before(spelled->ret());
    }
    spelled->add_output(root.output());
  }

  const OpRegistry& ops_;
  const OpDef* is_plain_;
  FormulaReader reader_;
  Graph& graph_;
  KnownTensors known_;
  LazyAlias alias_;
};

}  // namespace

bool recognize_activations(PassContext& context, Graph& graph) {
  const bool inner = visit_subgraphs(
      *graph.block(), [&](Graph& body) { return recognize_activations(context, body); });
  return ActivationSpellings(context.ops, graph).visit(*graph.block()) || inner;
}

}  // namespace temper
