// x.dim(), x.size(), x.size(i), x.dtype, x.device... of tensors whose type knows the answer.

#include <map>

#include "core/value/containers.h"
#include "passes/analysis/alias.h"
#include "passes/constants.h"
#include "passes/pass.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Node;
using ir::Value;

namespace {

using Known = TensorType::Known;
// What the type knows; nothing when it does not.
using Answer = std::optional<IValue> (*)(const Known&, const Node&);

std::optional<IValue> rank(const Known& known, const Node&) {
  if (!known.has_rank) return std::nullopt;
  return IValue(static_cast<int64_t>(known.sizes.size()));
}

std::optional<IValue> sizes(const Known& known, const Node&) {
  if (!known.has_rank) return std::nullopt;
  for (const int64_t size : known.sizes) {
    if (size < 0) return std::nullopt;
  }
  return make_int_list(known.sizes);
}

std::optional<IValue> size_at(const Known& known, const Node& node) {
  const IValue* dim = constant_of(node.input(1));
  if (!known.has_rank || !dim || !dim->is_int()) return std::nullopt;
  const auto count = static_cast<int64_t>(known.sizes.size());
  const int64_t i = dim->to_int() < 0 ? dim->to_int() + count : dim->to_int();
  if (i < 0 || i >= count || known.sizes[static_cast<size_t>(i)] < 0) return std::nullopt;
  return IValue(known.sizes[static_cast<size_t>(i)]);
}

std::optional<IValue> dtype(const Known& known, const Node&) {
  if (known.dtype < 0) return std::nullopt;
  return IValue(static_cast<int64_t>(known.dtype));
}

std::optional<IValue> device(const Known& known, const Node&) {
  if (known.device.empty()) return std::nullopt;
  return IValue(parse_device(known.device));
}

std::optional<IValue> on_cuda(const Known& known, const Node&) {
  if (known.device.empty()) return std::nullopt;
  return IValue(parse_device(known.device).kind == DeviceKind::kCuda);
}

std::optional<IValue> floating(const Known& known, const Node&) {
  const auto type = known.dtype < 0 ? std::nullopt : dtype_from_code(known.dtype);
  if (!type) return std::nullopt;
  return IValue(is_floating(*type));
}

std::optional<IValue> complex(const Known& known, const Node&) {
  const auto type = known.dtype < 0 ? std::nullopt : dtype_from_code(known.dtype);
  if (!type) return std::nullopt;
  return IValue(is_complex(*type));
}

constexpr std::pair<const char*, Answer> kQueries[] = {
    {"aten::dim", rank},
    {"aten::size", sizes},
    {"aten::size.int", size_at},
    {"prim::dtype", dtype},
    {"prim::device", device},
    {"prim::is_cuda", on_cuda},
    {"aten::is_floating_point", floating},
    {"aten::is_complex", complex},
};

class ShapeQueries {
 public:
  ShapeQueries(const OpRegistry& ops, Graph& graph) : graph_(graph), alias_(graph) {
    for (const auto& [key, answer] : kQueries) {
      if (const OpDef* op = ops.find(key)) answers_[op] = answer;
    }
  }

  bool visit(Block& block) {
    bool changed = false;
    for (Node* node : block) {
      for (Block* inner : node->blocks()) changed |= visit(*inner);
      changed |= node->op() && visit_node(*node);
    }
    return changed;
  }

 private:
  bool visit_node(Node& node) {
    const auto found = answers_.find(node.op());
    if (found == answers_.end() || alias_->has_written_inputs(&node)) return false;
    const auto* type = node.input(0)->type()->as<TensorType>();
    if (!type || type->known().undefined) return false;
    const Value* output = node.output();
    const bool list = output->type()->kind() == TypeKind::kList;
    // A list becomes one object for all runs.
    if (list && (alias_->has_writers(output) || alias_->escapes(output))) return false;
    std::optional<IValue> answer = found->second(type->known(), node);
    if (!answer) return false;
    ir::InsertScope scope(&graph_, &node);
    Value* constant = graph_.insert_constant(std::move(*answer), output->type());
    node.output()->replace_all_uses_with(constant);
    node.destroy();
    return true;
  }

  Graph& graph_;
  LazyAlias alias_;
  std::map<const OpDef*, Answer> answers_;
};

}  // namespace

bool fold_shape_queries(PassContext& context, Graph& graph) {
  const bool inner = visit_subgraphs(
      *graph.block(), [&](Graph& body) { return fold_shape_queries(context, body); });
  return ShapeQueries(context.ops, graph).visit(*graph.block()) || inner;
}

}  // namespace temper
