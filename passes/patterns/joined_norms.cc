// The norm of joined results, and the activation behind it, read what is joined where it lies: of
// three passes over memory one is left.

#include <string>

#include "passes/match/match.h"
#include "passes/pass.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Graph;

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

// Scale and shift are computed before, so the numbers must be known and fit each other.
bool is_fixed(const Match& match) {
  const IValue* mean = match.constant("mean");
  if (!mean || !mean->is_tensor() || !mean->to_tensor().defined()) return false;
  const Tensor known = mean->to_tensor();
  if (known.dtype() != DType::kFloat32 || known.dim() != 1) return false;
  const auto fits = [&](const char* name, bool required) {
    const IValue* value = match.constant(name);
    if (!value || value->is_none()) return value && !required;
    if (!value->is_tensor()) return false;
    const Tensor tensor = value->to_tensor();
    if (!tensor.defined()) return !required;
    return tensor.dtype() == known.dtype() && tensor.sizes() == known.sizes();
  };
  return fits("var", true) && fits("gamma", false) && fits("beta", false);
}

}  // namespace

bool join_norms(PassContext& context, Graph& graph) {
  if (!has_operator(*graph.block(), context.ops.find("aten::batch_norm"))) return false;
  const Rewrite joined(std::string(kInputs) + kSpelled, std::string(kInputs) + kJoined, context.ops,
                       is_fixed);
  const bool inner = visit_subgraphs(
      *graph.block(), [&](Graph& body) { return joined.apply(body, *body.block()); });
  return joined.apply(graph, *graph.block()) || inner;
}

}  // namespace temper
