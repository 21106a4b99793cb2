// len(l) and l[i] of a list that is made in sight and that nobody writes.

#include <algorithm>

#include "passes/analysis/alias.h"
#include "passes/constants.h"
#include "passes/pass.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

struct Queries {
  LazyAlias& alias;
  absl::Span<const OpDef* const> lengths;
  absl::Span<const OpDef* const> items;
};

bool among(absl::Span<const OpDef* const> ops, const OpDef* op) {
  return std::find(ops.begin(), ops.end(), op) != ops.end();
}

Value* answer(Graph& graph, const Node& node, const Queries& queries) {
  const Node& list = *node.input(0)->node();
  const auto size = static_cast<int64_t>(list.inputs().size());
  if (among(queries.lengths, node.op()) && node.inputs().size() == 1) {
    return graph.insert_constant(IValue(size), Type::integer());
  }
  if (!among(queries.items, node.op()) || node.inputs().size() != 2) return nullptr;
  const IValue* index = constant_of(node.input(1));
  if (!index || !index->is_int()) return nullptr;
  int64_t i = index->to_int();
  if (i < 0) i += size;
  return i < 0 || i >= size ? nullptr : list.input(static_cast<size_t>(i));
}

bool visit(Graph& graph, Block& block, const Queries& queries) {
  bool changed = false;
  for (Node* node : block) {
    for (Block* inner : node->blocks()) changed |= visit(graph, *inner, queries);
    if (!node->op() || node->inputs().empty() || node->outputs().size() != 1 ||
        !node->input(0)->node()->is(Kind::kListConstruct) ||
        queries.alias->has_written_inputs(node)) {
      continue;
    }
    ir::InsertScope scope(&graph, node);
    Value* value = answer(graph, *node, queries);
    if (!value) continue;
    node->output()->replace_all_uses_with(value);
    node->destroy();
    changed = true;
  }
  return changed;
}

}  // namespace

bool fold_list_queries(PassContext& context, Graph& graph) {
  const bool inner = visit_subgraphs(*graph.block(),
                                     [&](Graph& body) { return fold_list_queries(context, body); });
  LazyAlias alias(graph);
  const Queries queries{alias, context.ops.overloads("aten::len"),
                        context.ops.overloads("aten::__getitem__")};
  return visit(graph, *graph.block(), queries) || inner;
}

}  // namespace temper
