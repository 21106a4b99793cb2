#include "passes/match/match.h"

#include <algorithm>
#include <unordered_set>

#include "core/base/error.h"
#include "ir/text/text.h"
#include "passes/analysis/alias.h"
#include "passes/analysis/effects.h"
#include "passes/constants.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

Value* Match::operator[](std::string_view name) const {
  const auto named = names_.find(name);
  TEMPER_CHECK(named != names_.end());
  return values_.at(named->second);
}

const IValue* Match::constant(std::string_view name) const { return constant_of((*this)[name]); }

Pattern::Pattern(std::string_view text, const OpRegistry& ops)
    : graph_(ir::parse_graph(text, ops)) {
  TEMPER_CHECK(graph_->outputs().size() == 1);
}

bool Pattern::match_node(const Node& wanted, const Node& node, Match* match) const {
  if (wanted.kind() != node.kind() || wanted.op() != node.op() ||
      wanted.inputs().size() != node.inputs().size() ||
      wanted.outputs().size() != node.outputs().size() || !node.blocks().empty()) {
    return false;
  }
  for (size_t i = 0; i < wanted.outputs().size(); ++i) {
    match->values_[wanted.output(i)] = node.output(i);
  }
  for (size_t i = 0; i < wanted.inputs().size(); ++i) {
    if (!match_value(wanted.input(i), node.input(i), match)) return false;
  }
  return true;
}

bool Pattern::match_value(const Value* wanted, Value* value, Match* match) const {
  const auto bound = match->values_.find(wanted);
  if (bound != match->values_.end()) {
    if (bound->second == value) return true;
    const IValue* a = constant_of(bound->second);
    const IValue* b = constant_of(value);
    return a && b && same_constant(*a, *b);
  }
  if (wanted->node() == graph_->block()->param()) {
    match->values_[wanted] = value;
    return true;
  }
  if (const IValue* constant = constant_of(wanted)) {
    const IValue* other = constant_of(value);
    match->values_[wanted] = value;
    return other && same_constant(*constant, *other);
  }
  return value->index() == wanted->index() && match_node(*wanted->node(), *value->node(), match);
}

// Nobody else looks at what the match computes on its way.
bool Pattern::closed(const Match& match) const {
  std::unordered_set<const Node*> nodes;
  for (const auto& [wanted, value] : match.values_) {
    if (wanted->node() != graph_->block()->param() && !constant_of(wanted)) {
      nodes.insert(value->node());
    }
  }
  // What goes in must be there when the match is gone.
  for (const Value* input : graph_->inputs()) {
    const auto bound = match.values_.find(input);
    if (bound != match.values_.end() && nodes.count(bound->second->node())) return false;
  }
  const Value* result = match.values_.at(graph_->outputs()[0]);
  for (const Node* node : nodes) {
    if (node->block() != result->node()->block()) return false;
    for (const Value* output : node->outputs()) {
      if (output == result) continue;
      for (const ir::Use& use : output->uses()) {
        if (!nodes.count(use.node)) return false;
      }
    }
  }
  return true;
}

std::optional<Match> Pattern::match(const Node& node) const {
  const Value* result = graph_->outputs()[0];
  Match match;
  if (!match_node(*result->node(), node, &match) || !closed(match)) return std::nullopt;
  for (const auto& [wanted, value] : match.values_) {
    if (!wanted->name().empty()) match.names_[wanted->name()] = wanted;
  }
  return match;
}

bool has_operator(const Block& block, const OpDef* op) {
  for (const Node* node : block) {
    if (node->op() && node->op() == op) return true;
    for (const Block* inner : node->blocks()) {
      if (has_operator(*inner, op)) return true;
    }
  }
  return false;
}

namespace {

bool may_write(const Node& node) {
  if (node.op()) return node.op()->writes() || updates_statistics(node);
  for (const Block* inner : node.blocks()) {
    for (const Node* nested : *inner) {
      if (may_write(*nested)) return true;
    }
  }
  return node.is(Kind::kSetAttr) || node.is(Kind::kCallMethod) || node.is(Kind::kCallFunction) ||
         node.is(Kind::kFork) || node.is(Kind::kEnter) || node.is(Kind::kExit);
}

}  // namespace

bool written_meanwhile(const Graph& graph, const Node& last, absl::Span<Value* const> values,
                       const std::unordered_set<const Node*>& matched) {
  size_t left = matched.size();
  std::vector<const Node*> between;
  for (const Node* node = &last; left > 0; node = node->prev()) {
    if (matched.count(node)) --left;
    if ((!matched.count(node) || !node->blocks().empty()) && may_write(*node)) {
      between.push_back(node);
    }
  }
  if (between.empty()) return false;
  const AliasAnalysis aliases(graph);
  return std::any_of(between.begin(), between.end(), [&](const Node* node) {
    return std::any_of(values.begin(), values.end(),
                       [&](const Value* value) { return aliases.may_write_to(node, value); });
  });
}

Rewrite::Rewrite(std::string_view pattern, std::string_view replacement, const OpRegistry& ops,
                 Condition condition)
    : pattern_(pattern, ops),
      replacement_(ir::parse_graph(replacement, ops)),
      condition_(std::move(condition)) {}

bool Rewrite::apply(Graph& graph, Block& block) const {
  bool changed = false;
  for (Node* node : block) {
    for (Block* inner : node->blocks()) changed |= apply(graph, *inner);
    changed |= apply_at(graph, *node);
  }
  return changed;
}

bool Rewrite::apply_at(Graph& graph, Node& node) const {
  const std::optional<Match> match = pattern_.match(node);
  if (!match || (condition_ && !condition_(*match))) return false;
  std::vector<Value*> arguments;
  for (const Value* input : replacement_->inputs()) arguments.push_back((*match)[input->name()]);
  std::vector<Node*> matched;
  for (const Node* wanted : *pattern_.graph().block()) {
    if (!wanted->is(Kind::kConstant)) matched.push_back((*match)[wanted->output()->name()]->node());
  }
  if (written_meanwhile(graph, node, arguments, {matched.begin(), matched.end()})) return false;
  ir::InsertScope scope(&graph, &node);
  Value* result = graph.inline_graph(*replacement_, arguments)[0];
  for (Node* made = result->node(); made != &node && made->range().text == nullptr;
       made = made->prev()) {
    made->set_range(node.range());
    if (made == node.block()->first()) break;
  }
  Value* old = node.output();
  result->set_type(old->type());
  old->replace_all_uses_with(result);
  // Uses come after what they use.
  std::reverse(matched.begin(), matched.end());
  for (Node* dead : matched) dead->destroy();
  return true;
}

}  // namespace temper
