#pragma once
// break, continue and return inside blocks -> flags and placeholders, so that the only control flow
// left is If and Loop.

#include <unordered_map>
#include <vector>

#include "ir/graph/graph.h"

namespace temper::ir {

// How a block ends when not at its return node; nothing is emitted after that point.
struct Exit {
  enum Kind : uint8_t {
    kThrow,   // raises
    kReturn,  // leaves the function with `values`
    kLoop,    // leaves the iteration of the loop body `target` with `values` as its outputs
    kNested,  // every branch of its last node exits
  };
  Kind kind;
  Block* target = nullptr;
  std::vector<Value*> values;
};

struct ExitTable {
  std::unordered_map<const Block*, Exit> exits;
  // If nodes that hold the body of a with statement, and the Exit node that follows it and runs
  // however the body ends.
  std::unordered_map<const Node*, Node*> with_ends;
};

// Rewrites the graph of a function that returns a `result`.
void lower_exits(Graph& graph, ExitTable table, const TypePtr& result);
// Drops If outputs and loop-carried values that never change.
void drop_idle_outputs(Graph& graph);

}  // namespace temper::ir
