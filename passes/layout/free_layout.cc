// Lets convolutions choose the layout of what they give. A value whose strides nobody looks at is
// free; operators that follow the layout of their inputs hand the freedom on; where somebody would
// notice, the layout that the program expects is restored.

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "passes/analysis/alias.h"
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

class FreeLayout {
 public:
  FreeLayout(const OpRegistry& ops, Graph& graph)
      : conv_(ops.find("temper::conv")),
        restore_(ops.find("temper::restore_layout")),
        graph_(graph),
        alias_(graph) {}

  bool run() {
    collect(*graph_.block());
    if (convolutions_.empty()) return false;
    for (const auto& [value, like] : ordered_) restore_uses(value, like);
    for (Node* node : convolutions_) {
      ir::InsertScope scope(&graph_, node);
      node->set_input(node->inputs().size() - 1,
                      graph_.insert_constant(IValue(true), Type::boolean()));
    }
    return true;
  }

 private:
  void collect(const Block& block) {
    for (Node* node : block) {
      for (const Block* inner : node->blocks()) collect(*inner);
      visit(*node);
    }
  }

  void visit(Node& node) {
    if (node.outputs().size() != 1) return;
    if (node.op() == conv_) {
      if (!may_free(node)) return;
      convolutions_.push_back(&node);
      freed_.insert(&node);
      const Value* input = node.input(0);
      set_free(node.output(), free(input) ? likes_.at(input) : node.input(0));
      return;
    }
    if (!follows(node)) return;
    for (const Value* input : node.inputs()) {
      if (free(input)) return set_free(node.output(), likes_.at(input));
    }
  }

  // Fixed weights in the usual layout, images or volumes, not done yet.
  bool may_free(const Node& node) {
    const IValue* weight = constant_of(node.input(1));
    const IValue* done = constant_of(node.inputs().back());
    if (!weight || !weight->is_tensor() || !done || done->to_bool()) return false;
    const Tensor w = weight->to_tensor();
    return w.dim() >= 4 && w.dtype() == DType::kFloat32 && w.is_contiguous() &&
           !alias_->has_writers(node.output());
  }

  // Whether the output has the layout of its inputs, and the same values whatever that is.
  bool follows(const Node& node) {
    if (node.is(Kind::kListConstruct)) return feeds_followers(*node.output());
    const OpDef* op = node.op();
    if (!op || op->writes()) return false;
    if (!op->pointwise() && !op->has(kFollowsLayout)) return false;
    return !alias_->has_writers(node.output());
  }

  bool feeds_followers(const Value& list) {
    return list.type()->kind() == TypeKind::kList && !alias_->has_writers(&list) &&
           std::all_of(list.uses().begin(), list.uses().end(), [](const ir::Use& use) {
             return use.node->op() && use.node->op()->has(kFollowsLayout);
           });
  }

  bool free(const Value* value) const { return likes_.count(value) != 0; }

  void set_free(Value* value, Value* like) {
    if (!likes_.emplace(value, like).second) return;
    ordered_.emplace_back(value, like);
  }

  bool indifferent(const Node& user) {
    if (user.outputs().size() == 1 && free(user.output())) return true;
    if (user.op() == conv_) return freed_.count(&user) != 0;
    if (!user.op() || !user.op()->has(kIgnoresLayout)) return false;
    // A view of a restored copy would not be a view of the value.
    return std::none_of(user.outputs().begin(), user.outputs().end(),
                        [this](const Value* output) { return alias_->has_writers(output); });
  }

  void restore_uses(Value* value, Value* like) {
    if (value->type()->kind() != TypeKind::kTensor) return;
    const std::vector<ir::Use> uses = value->uses();
    for (const ir::Use& use : uses) {
      if (indifferent(*use.node)) continue;
      ir::InsertScope scope(&graph_, use.node);
      use.node->set_input(use.index, restored(value, like));
    }
  }

  // The program's view of a value is a view of the restored value: its strides tell.
  Value* restored(Value* value, Value* like) {
    const Node& maker = *value->node();
    std::vector<Value*> inputs = {value, like};
    const OpDef* op = restore_;
    if (maker.op()->has(kViewOp)) {
      op = maker.op();
      inputs.assign(maker.inputs().begin(), maker.inputs().end());
      inputs[0] = restored(inputs[0], like);
    }
    Node* node = graph_.insert(graph_.create_op(op, inputs, {value->type()}));
    node->set_range(maker.range());
    return node->output();
  }

  const OpDef* conv_;
  const OpDef* restore_;
  Graph& graph_;
  LazyAlias alias_;
  std::vector<Node*> convolutions_;
  std::unordered_set<const Node*> freed_;
  std::unordered_map<const Value*, Value*> likes_;  // of free values: where their region starts
  std::vector<std::pair<Value*, Value*>> ordered_;
};

}  // namespace

bool free_layouts(PassContext& context, Graph& graph) {
  const bool inner =
      visit_subgraphs(*graph.block(), [&](Graph& body) { return free_layouts(context, body); });
  return FreeLayout(context.ops, graph).run() || inner;
}

}  // namespace temper
