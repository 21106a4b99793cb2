#pragma once
// Type laws of single nodes; private to the verifier.

#include <string>

#include "ir/graph/graph.h"

namespace temper::ir {

// Whether a value of `actual` may stand where `formal` is declared. What is known of a tensor's
// shape never decides: refinements are hints that a pass may add or drop at any place.
bool type_fits(const TypePtr& actual, const TypePtr& formal);

// Reports a broken law: number and reason. Returns "" when the node is fine.
struct Breach {
  int law = 0;
  std::string reason;
  explicit operator bool() const { return law != 0; }
};
Breach check_control(const Node& node);    // If, Loop, fork, blocks
Breach check_operator(const Node& node);   // kOp against its schema
Breach check_core_node(const Node& node);  // constants, containers, attributes

}  // namespace temper::ir
