#include "ir/interp/homes.h"

#include <algorithm>

#include "ir/interp/registers.h"

namespace temper::ir {
namespace {

// One loop over tensors, which gives its result when it is done.
bool is_pointwise(const Node& node) {
  return node.is(Kind::kPointwiseGroup) ||
         (node.op() && node.op()->pointwise() && node.op()->kernel() && !node.op()->writes());
}

// Writes its result after it has read all that it reads.
bool writes_last(const Node& node) {
  return node.is(Kind::kIf) || is_pointwise(node) ||
         (node.op() && node.op()->scalar() != ScalarCode::kNone);
}

size_t depth_of(const Block* block) {
  size_t depth = 0;
  for (; block->owner(); block = block->owner()->block()) ++depth;
  return depth;
}

const Node* owner_at(const Node* node, size_t depth) {
  for (size_t d = depth_of(node->block()); d > depth; --d) node = node->block()->owner();
  return node;
}

}  // namespace

const Value* Homes::of(const Value* value) const {
  const auto it = homes_.find(value);
  return it == homes_.end() ? nullptr : it->second;
}

void Homes::visit(const Block& block, bool in_loop) {
  for (const Node* node : block) {
    if (node->is(Kind::kLoop)) {
      const Block& body = *node->block_at(0);
      if (!in_loop) number(body);
      for (size_t i = 1; i < body.outputs().size(); ++i) {
        settle(body, body.outputs()[i], body.inputs()[i]);
      }
    } else {
      for (const Block* branch : node->blocks()) {
        for (size_t i = 0; i < node->outputs().size(); ++i) {
          settle(*branch, branch->outputs()[i], node->output(i));
        }
      }
    }
    for (const Block* inner : node->blocks()) visit(*inner, in_loop || node->is(Kind::kLoop));
  }
}

void Homes::number(const Block& block) {
  uint32_t count = 0;
  for (const Node* node : block) {
    order_[node] = count++;
    for (const Block* inner : node->blocks()) number(*inner);
  }
  order_[block.ret()] = count;
}

void Homes::settle(const Block& block, const Value* value, const Value* home) {
  const Node* writer = value->node();
  if (writer->block() != &block || writer->is(Kind::kConstant) || writer->is(Kind::kParam)) return;
  const bool scalar = is_scalar_type(value->type());
  if (scalar != is_scalar_type(home->type()) || (!scalar && !is_pointwise(*writer))) return;
  if (homes_.count(value)) return;
  const Value* root = home;
  while (const Value* next = of(root)) root = next;
  // Results of branches have no other reader before the end of their If.
  if (root->node()->is(Kind::kParam) && read_after(root, writer)) return;
  homes_[value] = home;
}

// Whether the loop variable is read once `writer`, a node of the loop's body, has begun to write.
bool Homes::read_after(const Value* variable, const Node* writer) const {
  return std::any_of(variable->uses().begin(), variable->uses().end(), [&](const Use& use) {
    if (use.node == writer) {
      // A loop asks for its trip count and its condition after it has set its variables.
      return writer->is(Kind::kLoop) ? use.index < 2 : !writes_last(*writer);
    }
    const size_t depth = std::min(depth_of(use.node->block()), depth_of(writer->block()));
    const Node* a = owner_at(use.node, depth);
    const Node* b = owner_at(writer, depth);
    while (a->block() != b->block()) {
      a = a->block()->owner();
      b = b->block()->owner();
    }
    // Within one node: the other branch of an If, or what the writer itself holds.
    if (a == b) return a == writer && writer->is(Kind::kLoop);
    return order_.at(a) > order_.at(b);
  });
}

}  // namespace temper::ir
