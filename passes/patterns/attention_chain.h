#pragma once
// Finds attention that a graph spells out: scores of queries and keys, scaled and masked, softmax,
// times values.

#include <optional>
#include <unordered_map>
#include <vector>

#include "passes/patterns/attention_steps.h"

namespace temper {

struct AttentionChain {
  ir::Value* query = nullptr;
  ir::Value* key = nullptr;  // before `turn`, a node that views it, unless that is null
  ir::Node* turn = nullptr;
  ir::Value* value = nullptr;
  std::vector<AttentionStep> steps;
  ir::Node* last = nullptr;  // its output is what the chain gives
  // What vanishes, users before what they use. Of branches only the result at the slot does.
  std::vector<ir::Node*> nodes;
  std::unordered_map<const ir::Node*, uint32_t> slots;
};

class AttentionFinder {
 public:
  explicit AttentionFinder(const OpRegistry& ops) : ops_(ops) {}

  // The chain whose second product is the node. Nobody else looks at what vanishes, and what the
  // steps take is still the same where the chain ends.
  std::optional<AttentionChain> find(const ir::Graph& graph, ir::Node& product) const;

 private:
  class Walk;
  const AttentionOperators ops_;
};

// Whether the value is made inside of the node's blocks.
bool is_inside(const ir::Value& value, const ir::Node& node);

}  // namespace temper
