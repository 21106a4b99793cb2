// Attention that a program spells out becomes temper::attention, which never stores all scores.
// Steps may stand in branches: what they take is handed out of the branch, None where it is not
// taken.

#include "passes/constants.h"
#include "passes/pass.h"
#include "passes/patterns/attention_chain.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

class Attention {
 public:
  Attention(const OpRegistry& ops, Graph& graph)
      : finder_(ops),
        attention_(ops.find("temper::attention")),
        weighing_(ops.find("aten::_scaled_dot_product_attention")),
        alone_(ops.find("aten::_scaled_dot_product_attention.alone")),
        graph_(graph) {}

  bool visit(Block& block) {
    bool changed = false;
    for (Node* node = block.first(); node != block.ret(); node = node->next()) {
      for (Block* inner : node->blocks()) changed |= visit(*inner);
      if (const auto chain = finder_.find(graph_, *node)) {
        node = replace(*chain);
        changed = true;
      } else if (node->op() == weighing_ && node->output(1)->uses().empty()) {
        node = drop_weights(*node);
        changed = true;
      }
    }
    return changed;
  }

 private:
  // Gives the node that takes the chain's place.
  Node* replace(const AttentionChain& chain) {
    std::string words;
    std::vector<Value*> inputs = {chain.query, turned_key(chain), chain.value, nullptr};
    for (const AttentionStep& step : chain.steps) {
      words += str_cat(words.empty() ? "" : " ", step.word);
      for (size_t i = 0; i < step.operands.size(); ++i) {
        inputs.push_back(outside(step.operands[i], step.path, i == 0, *chain.last));
      }
    }
    const ir::InsertScope scope(&graph_, chain.last);
    inputs[3] = graph_.insert_constant(IValue(words), Type::string());
    Node* made = insert(attention_, inputs, *chain.last);
    chain.last->output()->replace_all_uses_with(made->output());
    erase(chain);
    return made;
  }

  Node* insert(const OpDef* op, absl::Span<Value* const> inputs, const Node& old) {
    Node* made = graph_.insert(graph_.create_op(op, inputs, {old.output()->type()}));
    made->set_range(old.range());
    return made;
  }

  Value* turned_key(const AttentionChain& chain) {
    if (!chain.turn) return chain.key;
    const ir::InsertScope scope(&graph_, chain.last);
    std::vector<Value*> inputs = {chain.key};
    for (Value* input : chain.turn->inputs().subspan(1)) {
      const IValue* constant = constant_of(input);
      inputs.push_back(constant ? graph_.insert_constant(*constant, input->type()) : input);
    }
    return insert(chain.turn->op(), inputs, *chain.turn)->output();
  }

  // What stands for the operand of a step where the chain ends. The first one tells whether the
  // step is taken.
  Value* outside(Value* value, const BranchPath& path, bool decides, Node& last) {
    const IValue* constant = constant_of(value);
    if (constant && !decides && !path.empty()) {
      const ir::InsertScope scope(&graph_, &last);
      return graph_.insert_constant(*constant, value->type());
    }
    for (size_t i = path.size(); i-- > 0;) {
      const auto [branch, taken] = path[i];
      if (!decides && !is_inside(*value, *branch)) continue;
      Block* const other = branch->block_at(1 - taken);
      const ir::InsertScope scope(&graph_, other->ret());
      other->add_output(graph_.insert_constant(IValue(), Type::none()));
      branch->block_at(taken)->add_output(value);
      value = branch->add_output(optional_of(value->type()));
    }
    return value;
  }

  static void erase(const AttentionChain& chain) {
    for (Node* node : chain.nodes) {
      if (!node->is(Kind::kIf)) {
        node->destroy();
        continue;
      }
      const uint32_t slot = chain.slots.at(node);
      for (Block* block : node->blocks()) block->ret()->remove_input(slot);
      node->remove_output(slot);
    }
  }

  // The operator that gives the weights too, where nobody wants them.
  Node* drop_weights(Node& node) {
    const ir::InsertScope scope(&graph_, &node);
    Node* made = insert(alone_, node.inputs(), node);
    node.output(0)->replace_all_uses_with(made->output());
    node.destroy();
    return made;
  }

  const AttentionFinder finder_;
  const OpDef *attention_, *weighing_, *alone_;
  Graph& graph_;
};

}  // namespace

bool recognize_attention(PassContext& context, Graph& graph) {
  const bool inner = visit_subgraphs(
      *graph.block(), [&](Graph& body) { return recognize_attention(context, body); });
  return Attention(context.ops, graph).visit(*graph.block()) || inner;
}

}  // namespace temper
