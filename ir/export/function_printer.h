#pragma once
// One graph as a function of the serialized dialect.

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "ir/export/literals.h"
#include "ir/graph/graph.h"

namespace temper::ir {

// Every value gets a variable of its own, so that scopes never matter; constants stand where they
// are used. Loops that may end early by count and by condition become `while` with a counter.
class FunctionPrinter {
 public:
  FunctionPrinter(const OpRegistry& ops, ConstantTable& table) : ops_(ops), table_(table) {}

  // "def name(...) -> T:" with its body, indented by `level`. `graph` has one output. Throws
  // kUnimplemented for what the dialect cannot say. One use per object.
  std::string print(std::string_view name, const Schema& schema, const Graph& graph, int level);

 private:
  // Names.
  std::string unique(std::string base);
  const std::string& define(const Value* value);
  void alias(const Value* value, std::string text) { names_[value] = std::move(text); }
  std::string definitions(absl::Span<Value* const> values);
  std::string ref(const Value* value);
  std::string receiver(const Value* value) { return "(" + ref(value) + ")"; }
  std::string refs(absl::Span<Value* const> values);

  // Lines.
  template <class... Parts>
  void line(const Parts&... parts) {
    out_.append(static_cast<size_t>(level_) * 2, ' ');
    (out_ += ... += parts);
    out_ += '\n';
  }
  void assign(const Node& node, const std::string& expression);

  // Nodes.
  void block(const Block& block);
  void node(const Node& node);
  bool structure(const Node& node);
  std::string expression(const Node& node);
  std::string operator_call(const Node& node);
  std::string list(const Node& node);
  std::string dict(const Node& node);
  std::string tuple(const Node& node);
  std::string attribute(const Node& node);
  std::string type_test(const Node& node);
  void unpack(const Node& node);
  void branch(const Node& node);
  void branch_block(const Block& block, absl::Span<Value* const> results);
  void loop(const Node& node);
  void counted_loop(const Node& node);
  void condition_loop(const Node& node, bool counted);
  void carry(const Node& node);
  void hand_on(const Node& node, std::string targets, std::string sources);
  void fork(const Node& node);
  void settle(const Value* target, const Value* source);

  const OpRegistry& ops_;
  ConstantTable& table_;
  std::string out_;
  int level_ = 0;
  size_t temporaries_ = 0;
  size_t closures_ = 0;
  std::unordered_map<const Value*, std::string> names_;
  std::set<std::string, std::less<>> used_;
};

}  // namespace temper::ir
