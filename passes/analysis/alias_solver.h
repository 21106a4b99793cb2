#pragma once
// Finds what each value may refer to, as a least fixed point; private to the alias analysis.

#include <unordered_set>

#include "passes/analysis/alias_state.h"

namespace temper {

class AliasAnalysis::Solver {
 public:
  explicit Solver(State* state) : state_(*state) {}
  void solve(const ir::Graph& graph);

 private:
  void visit_block(const ir::Block& block);
  void visit(const ir::Node& node);
  void visit_control(const ir::Node& node);
  void visit_construct(const ir::Node& node);
  void visit_made(const ir::Node& node);
  void visit_call(const ir::Node& node);
  void visit_operator(const ir::Node& node);
  void visit_result(const ir::Node& node, size_t i, const Argument& result);
  void store_into_written(const ir::Node& node);

  // What the set named in an annotation refers to at this node.
  Places members(const ir::Node& node, const std::vector<std::string>& sets) const;
  Places inputs_closure(const ir::Node& node) const;
  // The places that `node` itself makes: number `which` of them.
  uint32_t fresh(const ir::Node& node, size_t which, Bucket bucket);
  // What a constant refers to. Constants may hold the same tensors.
  Places constant(const IValue& value, Bucket bucket);
  // What may come out of containers as a value of this type.
  Places read(const Places& containers, const TypePtr& type);
  Places of_type(const Places& places, const TypePtr& type) const;
  Places world(const TypePtr& type);

  void add(const ir::Value* value, const Places& places);
  void hold(uint32_t place, const Places& contents);
  void give_away(const Places& places);

  State& state_;
  std::unordered_map<const ir::Node*, std::vector<uint32_t>> fresh_;
  bool changed_ = false;
};

}  // namespace temper
