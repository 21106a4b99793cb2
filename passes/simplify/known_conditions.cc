// After a check that raises unless its condition holds, the condition is known; inside of a branch
// it is too.

#include <unordered_set>

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

bool inside(const Node* node, const Block* block) {
  for (const Block* b = node->block(); b; b = b->owner() ? b->owner()->block() : nullptr) {
    if (b == block) return true;
  }
  return false;
}

// Whether `node` runs after `check` in the same run of the block that holds `check`.
bool runs_after(const Node* node, const Node* check) {
  while (node && node->block() != check->block())
    node = node->block() ? node->block()->owner() : nullptr;
  for (const Node* n = check->next(); node && n; n = n->next()) {
    if (n == node) return true;
    if (n == check->block()->ret()) break;
  }
  return node && node == check->block()->ret();
}

class KnownConditions {
 public:
  explicit KnownConditions(Graph& graph) : graph_(graph) { find_raising(*graph.block()); }

  bool visit(Block& block) {
    bool changed = false;
    for (Node* node : block) {
      if (node->is(Kind::kIf) && !constant_of(node->input(0))) changed |= visit_if(*node);
      for (Block* inner : node->blocks()) changed |= visit(*inner);
    }
    return changed;
  }

 private:
  bool always_raises(const Block* block) const { return raising_.count(block) != 0; }

  void find_raising(const Block& block) {
    bool raises = false;
    for (const Node* node : block) {
      for (const Block* inner : node->blocks()) find_raising(*inner);
      raises |= node->is(Kind::kRaiseException) ||
                (node->is(Kind::kIf) && always_raises(node->block_at(0)) &&
                 always_raises(node->block_at(1)));
    }
    if (raises) raising_.insert(&block);
  }

  bool visit_if(Node& node) {
    Value* condition = node.input(0);
    if (condition->uses().size() < 2) return false;
    const bool raises[2] = {always_raises(node.block_at(0)), always_raises(node.block_at(1))};
    bool changed = false;
    const std::vector<ir::Use> uses = condition->uses();
    for (const ir::Use& use : uses) {
      if (use.node == &node) continue;
      for (const bool value : {true, false}) {
        const bool known =
            inside(use.node, node.block_at(value ? 0 : 1)) ||
            (raises[value ? 1 : 0] && !raises[value ? 0 : 1] && runs_after(use.node, &node));
        if (!known) continue;
        replace(use, value);
        changed = true;
        break;
      }
    }
    return changed;
  }

  void replace(const ir::Use& use, bool value) {
    ir::InsertScope scope(&graph_, use.node);
    use.node->set_input(use.index, graph_.insert_constant(IValue(value), Type::boolean()));
  }

  Graph& graph_;
  std::unordered_set<const Block*> raising_;
};

}  // namespace

bool fold_known_conditions(PassContext& context, Graph& graph) {
  const bool changed = visit_subgraphs(
      *graph.block(), [&](Graph& body) { return fold_known_conditions(context, body); });
  return KnownConditions(graph).visit(*graph.block()) || changed;
}

}  // namespace temper
