// x.dim() is asked of the first tensor of a chain that keeps the number of dims, or changes it by a
// known number, so that the checks of a network's layers become one. len(x.size()) is x.dim().

#include "passes/analysis/effects.h"
#include "passes/constants.h"
#include "passes/pass.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Node;
using ir::Value;

namespace {

// The input that has as many dims as the node's output; null when that is not known.
Value* rank_source(const Node& node) {
  const OpDef* op = node.op();
  if (!op || node.outputs().size() != 1) return nullptr;
  if (op->has(kKeepsRank) || op->in_place()) return node.input(0);
  if (!op->pointwise()) return nullptr;
  Value* tensor = nullptr;
  for (Value* input : node.inputs()) {
    if (input->type()->kind() != TypeKind::kTensor) continue;
    if (tensor) return nullptr;
    tensor = input;
  }
  return tensor;
}

class RankQueries {
 public:
  explicit RankQueries(const OpRegistry& ops)
      : dim_(ops.find("aten::dim")),
        size_(ops.find("aten::size")),
        len_(ops.find("aten::len.t")),
        select_(ops.find("aten::select.int")),
        unsqueeze_(ops.find("aten::unsqueeze")),
        add_(ops.find("aten::add.int")) {}

  bool visit(Graph& graph, Block& block) {
    bool changed = false;
    for (Node* node : block) {
      for (Block* inner : node->blocks()) changed |= visit(graph, *inner);
      if (node->op() == dim_) changed |= ask_source(graph, *node);
      if (node->op() == len_) changed |= count_sizes(graph, *node);
    }
    return changed;
  }

 private:
  bool ask_source(Graph& graph, Node& node) const {
    Value* source = node.input(0);
    int64_t more = 0;  // dims than the source has
    while (true) {
      const Node& producer = *source->node();
      if (Value* before = rank_source(producer)) {
        source = before;
      } else if (producer.op() && (producer.op() == select_ || producer.op() == unsqueeze_)) {
        more += producer.op() == select_ ? -1 : 1;
        source = producer.input(0);
      } else {
        break;
      }
    }
    if (source == node.input(0)) return false;
    if (more != 0) add_to_result(graph, node, more);
    node.set_input(0, source);
    return true;
  }

  void add_to_result(Graph& graph, Node& node, int64_t more) const {
    ir::InsertScope scope(&graph, node.next());
    Value* difference = graph.insert_constant(IValue(more), Type::integer());
    Value* dims = node.output();
    Node* sum = graph.insert(graph.create_op(add_, {dims, difference}, {Type::integer()}));
    sum->set_range(node.range());
    dims->replace_all_uses_with(sum->output());
    sum->set_input(0, dims);
  }

  // The list of sizes is made for this node alone, so nobody changes its length.
  bool count_sizes(Graph& graph, Node& node) const {
    Value* sizes = node.input(0);
    if (sizes->node()->op() != size_ || sizes->uses().size() != 1) return false;
    ir::InsertScope scope(&graph, &node);
    const TypePtr type = node.output()->type();
    Node* dim = graph.insert(graph.create_op(dim_, {sizes->node()->input(0)}, {type}));
    dim->set_range(node.range());
    node.output()->replace_all_uses_with(dim->output());
    node.destroy();
    ask_source(graph, *dim);
    return true;
  }

  const OpDef* dim_;
  const OpDef* size_;
  const OpDef* len_;
  const OpDef* select_;
  const OpDef* unsqueeze_;
  const OpDef* add_;
};

}  // namespace

bool fold_rank_queries(PassContext& context, Graph& graph) {
  bool changed = visit_subgraphs(*graph.block(),
                                 [&](Graph& body) { return fold_rank_queries(context, body); });
  if (reshapes_in_place(*graph.block())) return changed;
  return RankQueries(context.ops).visit(graph, *graph.block()) || changed;
}

}  // namespace temper
