// Bags of several tables become one operator, which combines all of them in one parallel region.

#include <algorithm>
#include <optional>
#include <unordered_set>

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

// Of both overloads of embedding_bag; the second has a padding index too.
constexpr size_t kTensors = 3, kMode = 4, kSampleWeights = 6, kLastOffset = 7, kPadding = 8;

bool same_argument(const Value* a, const Value* b) {
  const IValue* x = constant_of(a);
  const IValue* y = constant_of(b);
  return a == b || (x && y && same_constant(*x, *y));
}

// Nobody can tell whether it ran before or after an operator without effects, unless both fail.
bool only_raises(const Node& node) {
  if (!has_side_effects(node) || node.is(Kind::kRaiseException)) return true;
  if (!node.is(Kind::kIf)) return false;
  return std::all_of(node.blocks().begin(), node.blocks().end(), [](const Block* block) {
    for (const Node* inner : *block) {
      if (!only_raises(*inner)) return false;
    }
    return true;
  });
}

class EmbeddingBags {
 public:
  EmbeddingBags(PassContext& context, Graph& graph)
      : graph_(graph),
        alias_(std::in_place, graph),
        plain_(context.ops.find("aten::embedding_bag")),
        padded_(context.ops.find("aten::embedding_bag.padding_idx")),
        merged_(context.ops.find("temper::embedding_bags")) {}

  bool visit(Block& block) {
    bool changed = false;
    for (Node* node : block) {
      for (Block* inner : node->blocks()) changed |= visit(*inner);
    }
    for (Node* node : block) {
      const bool member = is_bag(*node);
      if (!bags_.empty() && (ends_group(*node) || (member && !fits(*node)))) changed |= merge();
      if (member) add(*node);
    }
    return merge() || changed;
  }

 private:
  bool is_bag(const Node& node) const {
    if (!node.op() || (node.op() != plain_ && node.op() != padded_)) return false;
    const IValue* weights = constant_of(node.input(kSampleWeights));
    if (!weights || !weights->is_none()) return false;
    return std::all_of(node.outputs().begin() + 1, node.outputs().end(),
                       [](const Value* output) { return output->uses().empty(); });
  }

  bool fits(const Node& node) const {
    const Node& first = *bags_.front();
    if (node.op() != first.op()) return false;
    for (size_t i = kMode; i < node.inputs().size(); ++i) {
      const bool matters = i == kMode || i == kLastOffset || i == kPadding;
      if (matters && !same_argument(node.input(i), first.input(i))) return false;
    }
    return true;
  }

  // The bags that wait cannot be combined after this node.
  bool ends_group(const Node& node) {
    if (readers_.count(&node) || !only_raises(node)) return true;
    const AliasAnalysis& alias = **alias_;
    if (!alias.writes(&node)) return false;
    return std::any_of(bags_.begin(), bags_.end(), [&](const Node* bag) {
      for (size_t i = 0; i < kTensors; ++i) {
        if (alias.may_write_to(&node, bag->input(i))) return true;
      }
      return false;
    });
  }

  void add(Node& bag) {
    bags_.push_back(&bag);
    for (const ir::Use& use : bag.output()->uses()) {
      const Node* reader = use.node;
      while (reader->block() != bag.block()) reader = reader->block()->owner();
      readers_.insert(reader);
    }
  }

  // Puts one operator in the place of the last bag.
  bool merge() {
    const std::vector<Node*> bags = std::exchange(bags_, {});
    readers_.clear();
    if (bags.size() < 2) return false;
    Node& last = *bags.back();
    ir::InsertScope scope(&graph_, &last);
    std::vector<Value*> inputs;
    for (size_t i = 0; i < kTensors; ++i) inputs.push_back(list_of_inputs(bags, i));
    inputs.push_back(last.input(kMode));
    inputs.push_back(last.input(kLastOffset));
    inputs.push_back(last.op() == padded_ ? last.input(kPadding) : last.input(kSampleWeights));
    const TypePtr tensors = list_of(Type::tensor());
    Node* all = graph_.insert(graph_.create_op(merged_, inputs, {tensors}));
    all->set_range(last.range());
    Node* unpack = graph_.insert(graph_.create(Kind::kListUnpack, {all->output()}));
    unpack->set_range(last.range());
    for (Node* bag : bags) {
      bag->output()->replace_all_uses_with(unpack->add_output(bag->output()->type()));
      bag->destroy();
    }
    alias_.emplace(graph_);
    return true;
  }

  Value* list_of_inputs(const std::vector<Node*>& bags, size_t i) {
    std::vector<Value*> items;
    for (const Node* bag : bags) items.push_back(bag->input(i));
    Node* list = graph_.insert(graph_.create(Kind::kListConstruct, items));
    list->set_range(bags.back()->range());
    return list->add_output(list_of(Type::tensor()));
  }

  Graph& graph_;
  std::optional<LazyAlias> alias_;  // anew after each change
  const OpDef* plain_;
  const OpDef* padded_;
  const OpDef* merged_;
  std::vector<Node*> bags_;                  // that wait to be merged
  std::unordered_set<const Node*> readers_;  // of what they give
};

}  // namespace

bool merge_embedding_bags(PassContext& context, Graph& graph) {
  const bool changed = visit_subgraphs(
      *graph.block(), [&](Graph& body) { return merge_embedding_bags(context, body); });
  return EmbeddingBags(context, graph).visit(*graph.block()) || changed;
}

}  // namespace temper
