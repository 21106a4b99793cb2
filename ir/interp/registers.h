#pragma once
// Register allocation: values of scalar type never share a register with references, so scalar
// instructions may overwrite without releasing. A register is free after the last use of its value.

#include <unordered_map>
#include <vector>

#include "core/op/op_call.h"
#include "ir/graph/graph.h"

namespace temper::ir {

// int, float, bool and None: their values never own a reference.
bool is_scalar_type(const TypePtr& type);

class RegisterFile {
 public:
  Register allocate(bool scalar);
  // Never handed out before and not to be freed: what a frame fills once.
  Register allocate_fresh(bool scalar);
  void free(Register reg);
  Register of(const Value* value) const { return assigned_.at(value); }
  bool has(const Value* value) const { return assigned_.count(value) != 0; }
  void assign(const Value* value, Register reg) { assigned_[value] = reg; }
  Register assign_new(const Value* value);
  bool is_scalar(Register reg) const { return scalar_[reg]; }
  uint32_t size() const { return static_cast<uint32_t>(scalar_.size()); }

 private:
  std::unordered_map<const Value*, Register> assigned_;
  std::vector<bool> scalar_;
  std::vector<Register> free_scalar_;
  std::vector<Register> free_reference_;
};

// For every value: the last node of its own block that uses it, directly or inside a nested block.
class LastUses {
 public:
  explicit LastUses(const Graph& graph);
  const Node* of(const Value* value) const;  // null when unused
  // Values whose last use is `node`, in a fixed order.
  const std::vector<const Value*>& ending_at(const Node* node) const;

 private:
  void visit(const Block& block);
  void note(const Value* value, const Node* user);
  std::unordered_map<const Value*, const Node*> last_;
  std::unordered_map<const Node*, std::vector<const Value*>> ending_;
};

}  // namespace temper::ir
