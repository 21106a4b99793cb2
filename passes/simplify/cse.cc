#include <unordered_map>

#include "passes/analysis/alias.h"
#include "passes/analysis/effects.h"
#include "passes/constants.h"
#include "passes/pass.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::AttributeValue;
using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

size_t node_hash(const Node& node) {
  size_t h = static_cast<size_t>(node.kind()) * 31 + reinterpret_cast<size_t>(node.op());
  for (const Value* input : node.inputs()) h = h * 1000003 ^ reinterpret_cast<size_t>(input);
  if (node.is(Kind::kConstant)) return h ^ constant_hash(node.value());
  return h;
}

bool same_types(absl::Span<const TypePtr> a, absl::Span<const TypePtr> b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!equal(a[i], b[i])) return false;
  }
  return true;
}

bool same_attribute(const AttributeValue& a, const AttributeValue& b) {
  if (a.index() != b.index()) return false;
  if (const auto* value = std::get_if<IValue>(&a))
    return same_constant(*value, std::get<IValue>(b));
  if (const auto* type = std::get_if<TypePtr>(&a)) return equal(*type, std::get<TypePtr>(b));
  if (const auto* types = std::get_if<std::vector<TypePtr>>(&a)) {
    return same_types(*types, std::get<std::vector<TypePtr>>(b));
  }
  return false;
}

bool same_node(const Node& a, const Node& b) {
  if (a.kind() != b.kind() || a.op() != b.op() || a.inputs() != b.inputs() ||
      a.outputs().size() != b.outputs().size() || a.attributes().size() != b.attributes().size()) {
    return false;
  }
  for (size_t i = 0; i < a.outputs().size(); ++i) {
    if (!equal(a.output(i)->type(), b.output(i)->type())) return false;
  }
  for (const auto& [name, value] : a.attributes()) {
    if (!b.has_attribute(name) || !same_attribute(value, b.attribute(name))) return false;
  }
  return true;
}

// Gives the very objects that its inputs hold: merging two of these merges no objects.
bool gives_existing_objects(const Node& node) {
  switch (node.kind()) {
    case Kind::kGetAttr:
    case Kind::kListUnpack:
    case Kind::kTupleUnpack:
    case Kind::kTupleIndex:
    case Kind::kUncheckedCast:
    case Kind::kModuleContainerIndex: return true;
    default: return false;
  }
}

class CommonNodes {
 public:
  explicit CommonNodes(Graph& graph) : alias_(graph) {}

  bool visit(Block& block) {
    bool changed = false;
    const size_t mark = entered_.size();
    for (Node* node : block) {
      for (Block* inner : node->blocks()) changed |= visit(*inner);
      changed |= visit_node(*node);
    }
    for (; entered_.size() > mark; entered_.pop_back()) seen_[entered_.back()].pop_back();
    return changed;
  }

 private:
  bool visit_node(Node& node) {
    if (!is_pure(node) || node.outputs().empty() || alias_.has_written_inputs(&node)) return false;
    const size_t key = node_hash(node);
    for (Node* other : seen_[key]) {
      if (!same_node(*other, node) || !may_merge(*other, node)) continue;
      for (size_t i = 0; i < node.outputs().size(); ++i) {
        node.output(i)->replace_all_uses_with(other->output(i));
      }
      node.destroy();
      return true;
    }
    seen_[key].push_back(&node);
    entered_.push_back(key);
    return false;
  }

  bool may_merge(const Node& a, const Node& b) {
    if (gives_existing_objects(a)) return true;
    bool exposed = false;
    for (size_t i = 0; i < a.outputs().size(); ++i) {
      const Value* x = a.output(i);
      const Value* y = b.output(i);
      if (!is_mutable(x->type())) continue;
      if (stale_) return false;
      // Two objects become one: nobody may write either or tell them apart, and one at most may be
      // seen from outside.
      if (alias_.has_writers(x) || alias_.has_writers(y)) return false;
      if (alias_.escapes(x) && alias_.escapes(y)) return false;
      if (alias_.compared(x) && alias_.compared(y)) return false;
      exposed |= alias_.escapes(x) != alias_.escapes(y) || alias_.compared(x) != alias_.compared(y);
    }
    // What the analysis says of either no longer holds for the merged object.
    stale_ |= exposed;
    return true;
  }

  AliasAnalysis alias_;
  bool stale_ = false;
  std::unordered_map<size_t, std::vector<Node*>> seen_;
  std::vector<size_t> entered_;  // keys in the order of their nodes
};

}  // namespace

bool merge_common_nodes(PassContext& context, Graph& graph) {
  bool changed = visit_subgraphs(*graph.block(),
                                 [&](Graph& body) { return merge_common_nodes(context, body); });
  while (CommonNodes(graph).visit(*graph.block())) changed = true;
  return changed;
}

}  // namespace temper
