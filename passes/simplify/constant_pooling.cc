#include <unordered_map>

#include "passes/analysis/alias.h"
#include "passes/analysis/effects.h"
#include "passes/constants.h"
#include "passes/pass.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

class Pool {
 public:
  explicit Pool(Graph& graph) : graph_(graph), alias_(graph) {}

  bool visit(Block& block) {
    bool changed = false;
    for (Node* node : block) {
      for (Block* inner : node->blocks()) changed |= visit(*inner);
      if (node->is(Kind::kConstant)) changed |= visit_constant(*node);
    }
    return changed;
  }

 private:
  bool visit_constant(Node& node) {
    std::vector<Node*>& known = constants_[constant_hash(node.value())];
    for (Node* other : known) {
      if (!mergeable(*other, node)) continue;
      node.output()->replace_all_uses_with(other->output());
      node.destroy();
      return true;
    }
    known.push_back(&node);
    Node* first = graph_.block()->first();
    if (&node == first || pooled(node)) return false;
    node.move_before(first);
    return true;
  }

  // Already at the top, among constants only.
  bool pooled(const Node& node) const {
    if (node.block() != graph_.block()) return false;
    for (const Node* n = node.prev(); n != graph_.block()->param(); n = n->prev()) {
      if (!n->is(Kind::kConstant)) return false;
    }
    return true;
  }

  bool mergeable(const Node& a, const Node& b) {
    if (!equal(a.output()->type(), b.output()->type()) || !same_constant(a.value(), b.value())) {
      return false;
    }
    if (!is_mutable(a.output()->type())) return true;
    // Two objects become one: nobody may write either or tell them apart, and one at most may be
    // seen from outside.
    const bool outside = alias_->escapes(a.output());
    if (stale_ || alias_->has_writers(a.output()) || alias_->has_writers(b.output()) ||
        (outside && alias_->escapes(b.output())) ||
        (alias_->compared(a.output()) && alias_->compared(b.output()))) {
      return false;
    }
    // What the analysis says of either no longer holds for the merged object.
    stale_ |= outside != alias_->escapes(b.output()) ||
              alias_->compared(a.output()) != alias_->compared(b.output());
    return true;
  }

  Graph& graph_;
  LazyAlias alias_;
  bool stale_ = false;
  std::unordered_map<size_t, std::vector<Node*>> constants_;
};

}  // namespace

bool pool_constants(PassContext& context, Graph& graph) {
  bool changed =
      visit_subgraphs(*graph.block(), [&](Graph& body) { return pool_constants(context, body); });
  while (Pool(graph).visit(*graph.block())) changed = true;
  return changed;
}

}  // namespace temper
