#include "ir/interp/registers.h"

#include <algorithm>

namespace temper::ir {

bool is_scalar_type(const TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::kInt:
    case TypeKind::kFloat:
    case TypeKind::kBool:
    case TypeKind::kNone: return true;
    default: return false;
  }
}

Register RegisterFile::allocate(bool scalar) {
  std::vector<Register>& pool = scalar ? free_scalar_ : free_reference_;
  if (!pool.empty()) {
    const Register reg = pool.back();
    pool.pop_back();
    return reg;
  }
  return allocate_fresh(scalar);
}

Register RegisterFile::allocate_fresh(bool scalar) {
  scalar_.push_back(scalar);
  return static_cast<Register>(scalar_.size() - 1);
}

void RegisterFile::free(Register reg) {
  (scalar_[reg] ? free_scalar_ : free_reference_).push_back(reg);
}

Register RegisterFile::assign_new(const Value* value) {
  const Register reg = allocate(is_scalar_type(value->type()));
  assigned_[value] = reg;
  return reg;
}

LastUses::LastUses(const Graph& graph) {
  visit(*graph.block());
  for (const auto& [value, node] : last_) ending_[node].push_back(value);
  for (auto& [node, values] : ending_) {
    std::sort(values.begin(), values.end(),
              [](const Value* a, const Value* b) { return a->id() < b->id(); });
  }
}

void LastUses::visit(const Block& block) {
  const auto visit_node = [&](const Node* node) {
    for (const Value* input : node->inputs()) note(input, node);
    for (const Block* nested : node->blocks()) visit(*nested);
  };
  for (const Node* node : block) visit_node(node);
  visit_node(block.ret());
}

void LastUses::note(const Value* value, const Node* user) {
  const Block* home = value->node()->block();
  while (user->block() != home) user = user->block()->owner();
  last_[value] = user;  // nodes are visited in order: the latest visit wins
}

const Node* LastUses::of(const Value* value) const {
  const auto it = last_.find(value);
  return it == last_.end() ? nullptr : it->second;
}

const std::vector<const Value*>& LastUses::ending_at(const Node* node) const {
  static const std::vector<const Value*> kNone;
  const auto it = ending_.find(node);
  return it == ending_.end() ? kNone : it->second;
}

}  // namespace temper::ir
