#pragma once
// Operators that attention is spelled with.

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ir/graph/graph.h"

namespace temper {

// An operator on the scores; its word is that of temper::attention.
struct AttentionSpelling {
  const char* key;
  std::string_view word;
  size_t value;                  // the argument that is changed
  std::vector<size_t> operands;  // the others, as attention takes them
  bool commutes = false;         // the value may be the first operand too (a sum's factor is one)
};

// Where a step stands inside of branches, from the outermost in: the node and which of its blocks.
using BranchPath = std::vector<std::pair<ir::Node*, size_t>>;

// A word of temper::attention and its operands.
struct AttentionStep {
  std::string word;
  std::vector<ir::Value*> operands;
  BranchPath path = {};
};

struct AttentionOperators {
  explicit AttentionOperators(const OpRegistry& ops);
  // Null for what is no step.
  const AttentionSpelling* step(const ir::Node& node) const;
  bool turns(const ir::Node& node) const { return node.op() == transpose || node.op() == permute; }

  const OpDef *as_in_place, *matmul, *bmm, *baddbmm, *softmax, *type_as, *expand_as, *transpose,
      *permute, *contiguous, *view, *reshape, *flatten;

 private:
  std::unordered_map<const OpDef*, const AttentionSpelling*> steps_;
};

// The step that the node is for its input `side`; none where it is more than that.
std::optional<AttentionStep> step_of(const ir::Node& node, const AttentionSpelling& spelling,
                                     size_t side, const BranchPath& path);
// A conversion of dtypes that is nothing but that.
bool converts_only(const ir::Node& node);
// A number, or a tensor that certainly has no dims.
bool is_number(const ir::Value* value);

}  // namespace temper
