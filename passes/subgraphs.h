#pragma once
// Passes that look at one graph at a time use this to treat the bodies of its forks too.

#include "ir/graph/graph.h"

namespace temper {

// Calls visit(Graph&) for each subgraph of the block's nodes, blocks included; answers whether one
// of the calls did.
template <class Visit>
bool visit_subgraphs(const ir::Block& block, Visit&& visit) {
  bool changed = false;
  for (ir::Node* node : block) {
    for (const ir::Block* inner : node->blocks()) changed |= visit_subgraphs(*inner, visit);
    if (!node->is(ir::Kind::kFork)) continue;
    changed |= visit(*std::get<std::shared_ptr<ir::Graph>>(node->attribute("Subgraph")));
  }
  return changed;
}

}  // namespace temper
