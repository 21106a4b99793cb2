// In-place operators on tensors that nobody else looks at any more become their functional forms,
// which patterns and fusion can see through.

#include <algorithm>
#include <unordered_map>

#include "passes/analysis/alias.h"
#include "passes/pass.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

// Where `node`, or the node of `block` that it is inside of, stands in `block`; null: elsewhere.
const Node* ancestor_in(const Node* node, const Block* block) {
  while (node && node->block() != block) node = node->block() ? node->block()->owner() : nullptr;
  return node;
}

// The functional form gives the dtype and shape of its first argument, whatever that is.
bool keeps_type(const Node& node) {
  const PointwiseRule* rule = node.op()->functional()->pointwise();
  if (!rule || (rule->dtypes != DTypeRule::kPromote && rule->dtypes != DTypeRule::kFirst)) {
    return false;
  }
  for (const PointwiseRule::Input& input : rule->inputs) {
    if (input.argument == 0) continue;
    const TypePtr& type = node.input(static_cast<size_t>(input.argument))->type();
    if (type->kind() == TypeKind::kTensor) return false;
    if (input.promotes && rule->dtypes == DTypeRule::kPromote) return false;
  }
  return true;
}

// The memory of a view may have gaps, which a new tensor of the same shape has not.
bool may_have_gaps(const Value* self) {
  const Node* maker = self->node();
  while (maker->op() && maker->op()->in_place()) maker = maker->input(0)->node();
  return maker->is(Kind::kListUnpack) || (maker->op() && maker->op()->has(kViewOp));
}

bool strides_looked_at(const Value& value) {
  return std::any_of(value.uses().begin(), value.uses().end(), [](const ir::Use& use) {
    const OpDef* op = use.node->op();
    const bool indifferent =
        op && (op->pointwise() || op->has(kFollowsLayout) || op->has(kIgnoresLayout));
    return !indifferent && use.node != use.node->block()->ret();
  });
}

class Functionalizer {
 public:
  Functionalizer(const OpRegistry& ops, Graph& graph)
      : stored_(ops.find("temper::as_in_place")), graph_(graph), alias_(graph) {
    number(*graph.block());
  }

  bool run() {
    bool changed = false;
    // From the end: what a later node gives is new by then, so nothing older aliases it.
    for (auto it = writers_.rbegin(); it != writers_.rend(); ++it) {
      if (last_look(**it)) replace(**it), changed = true;
    }
    return changed;
  }

 private:
  void number(const Block& block) {
    for (Value* input : block.inputs()) index(input);
    for (Node* node : block) {
      order_[node] = order_.size();
      for (Value* output : node->outputs()) index(output);
      if (node->op() && node->op()->in_place()) writers_.push_back(node);
      for (const Block* inner : node->blocks()) number(*inner);
    }
  }

  // Which values reach a place, directly or through what they hold.
  void index(Value* value) {
    for (const uint32_t place : alias_.reach(value)) seen_by_[place].push_back(value);
  }

  // Nobody looks at the memory after the node but through its output.
  bool last_look(const Node& node) {
    if (alias_.writes_outside(&node)) return false;
    if (may_have_gaps(node.input(0)) && strides_looked_at(*node.output())) return false;
    const size_t here = order_.at(&node);
    for (const uint32_t place : alias_.reach(node.input(0))) {
      for (const Value* value : seen_by_[place]) {
        if (value->uses().empty()) continue;
        if (value->node()->is(Kind::kConstant)) return false;
        // Values from around a loop are looked at by its next trip.
        if (!ancestor_in(value->node(), node.block())) return false;
        const auto at = order_.find(value->node());
        if (at != order_.end() && at->second >= here) continue;
        if (looked_at_after(value, node)) return false;
      }
    }
    return true;
  }

  static bool looked_at_after(const Value* value, const Node& node) {
    for (const ir::Use& use : value->uses()) {
      if (use.node == &node) continue;
      const Node* place = ancestor_in(use.node, node.block());
      if (!place || place == node.block()->ret()) return true;
      for (const Node* n = node.next(); n != node.block()->ret(); n = n->next()) {
        if (n == place) return true;
      }
    }
    return false;
  }

  void replace(Node& node) {
    ir::InsertScope scope(&graph_, &node);
    Value* self = node.input(0);
    const TypePtr type = node.output()->type();
    Node* functional =
        graph_.insert(graph_.create_op(node.op()->functional(), node.inputs(), {type}));
    functional->set_range(node.range());
    Value* result = functional->output();
    if (!keeps_type(node)) {
      Node* stored = graph_.insert(graph_.create_op(stored_, {self, result}, {type}));
      stored->set_range(node.range());
      result = stored->output();
    }
    const std::string name = node.output()->name();
    node.output()->set_name("");
    result->set_name(name);
    node.output()->replace_all_uses_with(result);
    node.destroy();
  }

  const OpDef* stored_;
  Graph& graph_;
  AliasAnalysis alias_;
  std::unordered_map<const Node*, size_t> order_;
  std::unordered_map<uint32_t, std::vector<Value*>> seen_by_;
  std::vector<Node*> writers_;
};

}  // namespace

bool functionalize(PassContext& context, Graph& graph) {
  const bool inner =
      visit_subgraphs(*graph.block(), [&](Graph& body) { return functionalize(context, body); });
  return Functionalizer(context.ops, graph).run() || inner;
}

}  // namespace temper
