// Removes outputs of If and Loop nodes that say nothing new.

#include "ir/script/lower_exits.h"

namespace temper::ir {
namespace {

bool defined_inside(const Value* value, const Node* node) {
  for (const Block* block = value->node()->block(); block;) {
    if (block->owner() == node) return true;
    block = block->owner() ? block->owner()->block() : nullptr;
  }
  return false;
}

// Both branches hand out the same value of an enclosing block.
void simplify_if(Node* node) {
  for (size_t i = node->outputs().size(); i-- > 0;) {
    Value* first = node->block_at(0)->outputs()[i];
    const bool same = first == node->block_at(1)->outputs()[i] && !defined_inside(first, node) &&
                      equal(first->type(), node->output(i)->type());
    if (same) node->output(i)->replace_all_uses_with(first);
    if (!node->output(i)->uses().empty()) continue;
    node->remove_output(i);
    for (Block* block : node->blocks()) block->ret()->remove_input(i);
  }
}

// A carried value that every iteration hands on unchanged.
void simplify_loop(Node* node) {
  Block* body = node->block_at(0);
  for (size_t i = node->outputs().size(); i-- > 0;) {
    Value* initial = node->input(i + 2);
    Value* param = body->inputs()[i + 1];
    if (body->outputs()[i + 1] != param || !equal(initial->type(), param->type())) continue;
    body->ret()->remove_input(i + 1);
    param->replace_all_uses_with(initial);
    node->output(i)->replace_all_uses_with(initial);
    body->param()->remove_output(i + 1);
    node->remove_output(i);
    node->remove_input(i + 2);
  }
}

void simplify(Block* block) {
  for (Node* node : *block) {
    for (Block* inner : node->blocks()) simplify(inner);
    if (node->is(Kind::kIf)) simplify_if(node);
    if (node->is(Kind::kLoop)) simplify_loop(node);
  }
}

}  // namespace

void drop_idle_outputs(Graph& graph) { simplify(graph.block()); }

}  // namespace temper::ir
