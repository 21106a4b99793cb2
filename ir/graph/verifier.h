#pragma once
// Checks the numbered laws of a graph; see ir/README.md. Throws kInternal naming the law and node.

#include "ir/graph/graph.h"

namespace temper::ir {

void verify(const Graph& graph);

}  // namespace temper::ir
