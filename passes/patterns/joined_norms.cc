// The norm of joined results, and the activation behind it, read what is joined where it lies: of
// three passes over memory one is left.

#include <algorithm>
#include <string>

#include "passes/match/match.h"
#include "passes/pass.h"
#include "passes/patterns/fixed_norm.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Node;
using ir::Value;

namespace {

constexpr const char* kInputs =
    "graph(%parts : Tensor[], %gamma : Tensor?, %beta : Tensor?, %mean : Tensor, %var : Tensor, "
    "%momentum : float, %eps : float, %cudnn : bool):\n";

constexpr const char* kSpelled = R"(
  %one : int = prim::Constant[value=1]()
  %training : bool = prim::Constant[value=0]()
  %x : Tensor = aten::cat(%parts, %one)
  %n : Tensor = aten::batch_norm(%x, %gamma, %beta, %mean, %var, %training, %momentum, %eps, %cudnn)
  %y : Tensor = aten::relu(%n)
  return (%y)
)";

constexpr const char* kJoined = R"(
  %none : NoneType = prim::Constant()
  %scale : Tensor, %shift : Tensor = temper::fold_batch_norm(%none, %none, %gamma, %beta, %mean, %var, %eps)
  %y : Tensor = temper::joined_norm(%parts, %gamma, %beta, %mean, %var, %eps, %scale, %shift)
  return (%y)
)";

bool is_fixed(const Match& match) { return is_fixed_norm(match, DType::kFloat32); }

// Networks ask what they join for its number of dims before they norm it. It need not be there to
// tell, if nobody can change the list meanwhile.
class JoinedRanks {
 public:
  explicit JoinedRanks(const OpRegistry& ops)
      : dim_(ops.find("aten::dim")),
        cat_(ops.find("aten::cat")),
        rank_(ops.find("temper::rank_of_cat")) {}

  bool visit(Graph& graph, Block& block) const {
    bool changed = false;
    for (Node* node : block) {
      for (Block* inner : node->blocks()) changed |= visit(graph, *inner);
      if (node->op() != dim_ || !joins_own_list(*node->input(0)->node())) continue;
      ask_parts(graph, *node);
      changed = true;
    }
    return changed;
  }

 private:
  bool joins_own_list(const Node& node) const {
    if (!node.op() || node.op() != cat_) return false;
    const Value* list = node.input(0);
    return list->node()->is(ir::Kind::kListConstruct) &&
           std::ranges::all_of(list->uses(), [this](const ir::Use& use) {
             return use.node->op() == cat_ || use.node->op() == rank_;
           });
  }

  void ask_parts(Graph& graph, Node& node) const {
    const Node& cat = *node.input(0)->node();
    ir::InsertScope scope(&graph, &node);
    Node* rank =
        graph.insert(graph.create_op(rank_, {cat.input(0), cat.input(1)}, {node.output()->type()}));
    rank->set_range(node.range());
    node.output()->replace_all_uses_with(rank->output());
    node.destroy();
  }

  const OpDef* dim_;
  const OpDef* cat_;
  const OpDef* rank_;
};

}  // namespace

bool join_norms(PassContext& context, Graph& graph) {
  if (!has_operator(*graph.block(), context.ops.find("aten::batch_norm"))) return false;
  const bool asked = JoinedRanks(context.ops).visit(graph, *graph.block());
  const Rewrite joined(std::string(kInputs) + kSpelled, std::string(kInputs) + kJoined, context.ops,
                       is_fixed);
  const bool inner = visit_subgraphs(
      *graph.block(), [&](Graph& body) { return joined.apply(body, *body.block()); });
  return joined.apply(graph, *graph.block()) || inner || asked;
}

}  // namespace temper
