#pragma once
// What is sure of the tensors that a graph computes, whatever a request brings: dtypes that fixed
// weights decide, dims that operators give or checks demand, memory that is dense and in order.

#include <optional>
#include <unordered_map>

#include "ir/graph/graph.h"

namespace temper {

struct KnownTensor {
  std::optional<DType> dtype;
  bool has_dims = false;  // at least one
  std::optional<int64_t> rank;
  bool contiguous = false;
};

// Looks at the graph once; nothing is known of values that are made later.
class KnownTensors {
 public:
  KnownTensors(const OpRegistry& ops, const ir::Graph& graph);

  KnownTensor of(const ir::Value* value) const;
  // The dtype is known, and holds real numbers with fractions.
  bool is_floating(const ir::Value* value) const;

 private:
  struct Rule;
  static const Rule kRules[];
  void learn_from_checks(const ir::Block& block);
  void visit(const ir::Block& block);
  void visit_if(const ir::Node& node);
  KnownTensor of_op(const ir::Node& node) const;
  KnownTensor by_rule(const Rule& rule, const ir::Node& node) const;
  std::optional<DType> common_dtype(const ir::Node& node) const;
  void add_residual(const ir::Node& node, KnownTensor* known) const;
  KnownTensor of_pointwise(const ir::Node& node) const;
  std::optional<DType> pointwise_dtype(const ir::Node& node) const;

  std::unordered_map<const OpDef*, const Rule*> rules_;
  std::vector<const OpDef*> other_views_;
  const OpDef* dim_;
  const OpDef* not_equal_;
  bool fixed_shapes_;  // no operator gives a tensor that exists another shape
  std::unordered_map<const ir::Value*, KnownTensor> known_;
};

}  // namespace temper
