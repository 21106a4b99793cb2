#pragma once
// Laws of single nodes; private to the verifier.

#include <string>

#include "ir/graph/type_fit.h"

namespace temper::ir {

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
