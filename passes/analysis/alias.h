#pragma once
// Which values may share memory, and which nodes may write it. "No" is a promise, "yes" may be
// caution. Built for one graph: it does not look into subgraphs, and what a graph was given, its
// module's attributes and whatever a call could reach count as one outside world (kept apart by
// kind of value). Does not follow the order of nodes: a write counts before and after.
//
// Stale once nodes were added; destroying nodes and merging values that may_alias() keeps it valid.

#include <memory>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "ir/graph/graph.h"

namespace temper {

// A set of places: tensors, containers and objects that values refer to. Sorted.
using Places = absl::InlinedVector<uint32_t, 4>;

class AliasAnalysis {
 public:
  explicit AliasAnalysis(const ir::Graph& graph);
  ~AliasAnalysis();

  // The two may be the same object or view the same memory.
  bool may_alias(const ir::Value* a, const ir::Value* b) const;
  // The same, counting what lists, tuples, dicts and objects hold.
  bool may_share(const ir::Value* a, const ir::Value* b) const;

  // Some node of the graph may write what the value refers to, or what that holds.
  bool has_writers(const ir::Value* value) const;
  // Some node of the graph may write what `node` reads.
  bool has_written_inputs(const ir::Node* node) const;
  // Code outside of the graph may refer to it: it came in, was given away, or is returned.
  bool escapes(const ir::Value* value) const;
  // Some node may ask which object it is, or one that it holds.
  bool compared(const ir::Value* value) const;

  bool writes(const ir::Node* node) const;  // any memory; looks into blocks
  bool may_write_to(const ir::Node* node, const ir::Value* value) const;

  // Whether the two, neighbours in one block, may run in the other order.
  bool can_swap(const ir::Node* a, const ir::Node* b) const;

  // For liveness: what values refer to and hold, whether a node writes what the world outside or a
  // later run may look at, and whether it writes into a set of places.
  Places reach(const ir::Value* value) const;
  bool writes_outside(const ir::Node* node) const;
  bool writes_into(const ir::Node* node, const Places& places) const;

 private:
  class Solver;
  struct Effects {
    Places reads;
    Places writes;
    bool opaque = false;
    bool side_effects = false;
  };
  const Effects& effects(const ir::Node* node) const;
  Effects own_effects(const ir::Node& node) const;
  void collect_effects(const ir::Block& block);
  struct State;
  std::unique_ptr<State> state_;
};

// Solved when it is first asked: most passes find nothing to ask about in most graphs.
class LazyAlias {
 public:
  explicit LazyAlias(const ir::Graph& graph) : graph_(graph) {}
  const AliasAnalysis& operator*() { return *get(); }
  const AliasAnalysis* operator->() { return get(); }

 private:
  const AliasAnalysis* get() {
    if (!analysis_) analysis_ = std::make_unique<AliasAnalysis>(graph_);
    return analysis_.get();
  }
  const ir::Graph& graph_;
  std::unique_ptr<AliasAnalysis> analysis_;
};

}  // namespace temper
