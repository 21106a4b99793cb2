#pragma once
// Finds a pattern, written as a graph, in a graph. Inputs of the pattern bind any value; constants
// of the pattern match equal constants; every other node matches a node of the same kind, operator
// and inputs. Values inside of a match that somebody else uses spoil it.

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "ir/graph/graph.h"

namespace temper {

class Match {
 public:
  // What the pattern's value of that name stands for.
  ir::Value* operator[](std::string_view name) const;
  // The constant that the pattern's value stands for; null when it is computed.
  const IValue* constant(std::string_view name) const;

 private:
  friend class Pattern;
  std::unordered_map<const ir::Value*, ir::Value*> values_;
  std::unordered_map<std::string_view, const ir::Value*> names_;
};

class Pattern {
 public:
  // `text`: a graph with one output.
  Pattern(std::string_view text, const OpRegistry& ops);

  // The match whose last node is `node`; all of its nodes are in one block.
  std::optional<Match> match(const ir::Node& node) const;
  const ir::Graph& graph() const { return *graph_; }

 private:
  bool match_value(const ir::Value* wanted, ir::Value* value, Match* match) const;
  bool match_node(const ir::Node& wanted, const ir::Node& node, Match* match) const;
  bool closed(const Match& match) const;
  std::shared_ptr<ir::Graph> graph_;
};

// Whether a node of the block, or of one inside, is the operator. Patterns cost time to read.
bool has_operator(const ir::Block& block, const OpDef* op);

// A pattern and what takes its place: a graph whose inputs have names of the pattern.
class Rewrite {
 public:
  using Condition = std::function<bool(const Match&)>;
  Rewrite(std::string_view pattern, std::string_view replacement, const OpRegistry& ops,
          Condition condition = nullptr);

  // Replaces every match in the block and the blocks inside.
  bool apply(ir::Graph& graph, ir::Block& block) const;

 private:
  bool apply_at(ir::Graph& graph, ir::Node& node) const;
  Pattern pattern_;
  std::shared_ptr<ir::Graph> replacement_;
  Condition condition_;
};

// Whether a node that stands between the first of `matched` and `last`, all of one block, may write
// what the values refer to: what replaces the match reads them where it ends. Branches that were
// matched may write too.
bool written_meanwhile(const ir::Graph& graph, const ir::Node& last,
                       absl::Span<ir::Value* const> values,
                       const std::unordered_set<const ir::Node*>& matched);

}  // namespace temper
