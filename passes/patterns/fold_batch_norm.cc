// A batch norm with fixed statistics after a layer becomes the layer's scale and bias.

#include <string>

#include "passes/constants.h"
#include "passes/match/match.h"
#include "passes/pass.h"
#include "passes/patterns/fixed_norm.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Graph;

namespace {

constexpr const char* kFold = R"(
  %scaled : Tensor, %shifted : Tensor = temper::fold_batch_norm(%b, %scale, %gamma, %beta, %mean, %var, %eps)
)";
constexpr const char* kNorm = R"(
  %n : Tensor = aten::batch_norm(%y, %gamma, %beta, %mean, %var, %training, %momentum, %eps, %cudnn)
  return (%n)
)";
constexpr const char* kNormInputs =
    "%gamma : Tensor?, %beta : Tensor?, %mean : Tensor, %var : Tensor, %momentum : float, %eps : "
    "float, %cudnn : bool";
constexpr const char* kConvInputs =
    "%x : Tensor, %w : Tensor, %b : Tensor?, %scale : Tensor?, %stride : int[], %padding : int[], "
    "%dilation : int[], %transposed : bool, %output_padding : int[], %groups : int, ";
// The layer has no epilogue yet.
constexpr const char* kNoEpilogue = R"(
  %none : NoneType = prim::Constant()
  %no : bool = prim::Constant[value=0]()
  %plain : str = prim::Constant[value=""]()
  %zero : int = prim::Constant[value=0]()
)";
constexpr const char* kTraining = "\n  %training : bool = prim::Constant[value=0]()\n";

bool all_foldable(const Match& match) {
  const IValue* weight = match.constant("w");
  if (!weight || !weight->is_tensor() || !weight->to_tensor().defined()) return false;
  const DType dtype = weight->to_tensor().dtype();
  if (dtype != DType::kFloat32 && dtype != DType::kFloat64) return false;
  return is_fixed_norm(match, dtype) && is_known(match, "b", dtype, false) &&
         is_known(match, "scale", dtype, false);
}

bool conv_foldable(const Match& match) {
  const IValue* transposed = match.constant("transposed");
  const IValue* groups = match.constant("groups");
  if (!transposed || !groups || !all_foldable(match)) return false;
  const Tensor w = match.constant("w")->to_tensor();
  const int64_t channels = transposed->to_bool() ? w.size(1) * groups->to_int() : w.size(0);
  return w.dim() >= 3 && match.constant("mean")->to_tensor().numel() == channels;
}

}  // namespace

bool fold_batch_norms(PassContext& context, Graph& graph) {
  const std::string inputs = std::string("graph(") + kConvInputs + kNormInputs + "):";
  const std::string call =
      "(%x, %w, %b, %scale, %stride, %padding, %dilation, %transposed, %output_padding, %groups, "
      "%none, %no, %plain, %zero, %zero, %no)\n";
  const std::string folded =
      "(%x, %w, %shifted, %scaled, %stride, %padding, %dilation, %transposed, %output_padding, "
      "%groups, %none, %no, %plain, %zero, %zero, %no)\n  return (%z)\n";
  const Rewrite conv(
      inputs + kNoEpilogue + kTraining + "  %y : Tensor = temper::conv" + call + kNorm,
      inputs + kNoEpilogue + kFold + "  %z : Tensor = temper::conv" + folded, context.ops,
      conv_foldable);
  bool changed =
      visit_subgraphs(*graph.block(), [&](Graph& body) { return conv.apply(body, *body.block()); });
  return conv.apply(graph, *graph.block()) || changed;
}

}  // namespace temper
