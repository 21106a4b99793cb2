#pragma once
// Which numbers and results of point-wise operators may live in the register of the loop variable
// or branch result that they become, so that the end of the block copies nothing.

#include <unordered_map>

#include "ir/graph/graph.h"

namespace temper::ir {

class Homes {
 public:
  explicit Homes(const Graph& graph) { visit(*graph.block(), false); }
  // The value whose register this one takes; null when it needs one of its own.
  const Value* of(const Value* value) const;

 private:
  void visit(const Block& block, bool in_loop);
  void number(const Block& block);
  // Lets the block's output live where `home` does, if nobody looks at what is there by then.
  void settle(const Block& block, const Value* value, const Value* home);
  bool read_after(const Value* variable, const Node* writer) const;

  std::unordered_map<const Value*, const Value*> homes_;
  std::unordered_map<const Node*, uint32_t> order_;  // of the nodes of loops, in their block
};

}  // namespace temper::ir
