// x is None, x is not None: answered when the type of x can or must be None.

#include "passes/constants.h"
#include "passes/pass.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Node;
using ir::Value;

namespace {

bool is_none(const Value* value) { return value->type()->kind() == TypeKind::kNone; }

// 1 when the operands are surely the same None, 0 when surely not, -1 when only running tells.
int compare(const Value* a, const Value* b) {
  if (is_none(a) && is_none(b)) return 1;
  if (is_none(a)) return may_be_none(b->type()) ? -1 : 0;
  if (is_none(b)) return may_be_none(a->type()) ? -1 : 0;
  return -1;
}

bool visit(Graph& graph, Block& block, const OpDef* is, const OpDef* is_not, const OpDef* unwrap) {
  bool changed = false;
  for (Node* node : block) {
    for (Block* inner : node->blocks()) changed |= visit(graph, *inner, is, is_not, unwrap);
    if (!node->op()) continue;
    Value* answer = nullptr;
    ir::InsertScope scope(&graph, node);
    if (node->op() == is || node->op() == is_not) {
      const int same = compare(node->input(0), node->input(1));
      if (same < 0) continue;
      answer = graph.insert_constant(IValue((same == 1) == (node->op() == is)), Type::boolean());
    } else if (node->op() == unwrap && !may_be_none(node->input(0)->type())) {
      answer = node->input(0);
    } else {
      continue;
    }
    node->output()->replace_all_uses_with(answer);
    node->destroy();
    changed = true;
  }
  return changed;
}

}  // namespace

bool fold_none_checks(PassContext& context, Graph& graph) {
  const bool inner =
      visit_subgraphs(*graph.block(), [&](Graph& body) { return fold_none_checks(context, body); });
  return visit(graph, *graph.block(), context.ops.find("aten::__is__"),
               context.ops.find("aten::__isnot__"), context.ops.find("aten::_unwrap_optional")) ||
         inner;
}

}  // namespace temper
