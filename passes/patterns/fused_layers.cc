// Convolutions and linear layers take batch norms, residual sums and activations into themselves.
// Every spelling of a layer becomes temper::conv or temper::linear first.

#include <algorithm>
#include <string>

#include "passes/match/match.h"
#include "passes/pass.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Graph;

namespace {

struct Layer {
  const char* op;
  const char* declared;  // what comes before the epilogue's arguments
  const char* call;      // the operator applied to them, up to the epilogue
  const char* tail;      // what comes after the epilogue's arguments
};

constexpr Layer kConv = {
    "temper::conv",
    "%x : Tensor, %w : Tensor, %b : Tensor?, %scale : Tensor?, %stride : int[], %padding : int[], "
    "%dilation : int[], %transposed : bool, %output_padding : int[], %groups : int",
    "temper::conv(%x, %w, %b, %scale, %stride, %padding, %dilation, %transposed, %output_padding, "
    "%groups",
    ", %no"};
constexpr Layer kLinear = {"temper::linear", "%x : Tensor, %w : Tensor, %b : Tensor?",
                           "temper::linear(%x, %w, %b", ""};

constexpr Layer kNormedLinear = {
    "temper::normed_linear",
    "%x : Tensor, %w : Tensor, %b : Tensor?, %nw : Tensor, %nb : Tensor?, %gamma : Tensor?, "
    "%shift : Tensor?, %mean : Tensor, %var : Tensor, %eps : float",
    "temper::normed_linear(%x, %w, %b, %nw, %nb, %gamma, %shift, %mean, %var, %eps", ""};

// Constants that the texts below use.
constexpr const char* kConstants = R"(
  %none : NoneType = prim::Constant()
  %no : bool = prim::Constant[value=0]()
  %yes : bool = prim::Constant[value=1]()
  %plain : str = prim::Constant[value=""]()
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
)";

std::string graph_text(std::string_view inputs, std::string_view body, std::string_view result) {
  return str_cat("graph(", inputs, "):", kConstants, body, "  return (", result, ")\n");
}

std::string layer_text(const Layer& layer, std::string_view output, std::string_view epilogue) {
  return str_cat("  ", output, " : Tensor = ", layer.call, ", ", epilogue, layer.tail, ")\n");
}

constexpr const char* kPlainEpilogue = "%none, %no, %plain, %zero, %zero";

// A spelling of a layer, as the body of a graph that gives %y.
struct Spelling {
  const char* inputs;
  const char* body;
  const char* layer;  // the call that takes its place, without the epilogue
};

constexpr Spelling kConvSpellings[] = {
    {"%x : Tensor, %w : Tensor, %b : Tensor?, %s : int[], %p : int[], %d : int[], %g : int",
     "aten::conv1d(%x, %w, %b, %s, %p, %d, %g)",
     "temper::conv(%x, %w, %b, %none, %s, %p, %d, %no, %zeros, %g"},
    {"%x : Tensor, %w : Tensor, %b : Tensor?, %s : int[], %p : int[], %d : int[], %g : int",
     "aten::conv2d(%x, %w, %b, %s, %p, %d, %g)",
     "temper::conv(%x, %w, %b, %none, %s, %p, %d, %no, %zeros, %g"},
    {"%x : Tensor, %w : Tensor, %b : Tensor?, %s : int[], %p : int[], %d : int[], %g : int",
     "aten::conv3d(%x, %w, %b, %s, %p, %d, %g)",
     "temper::conv(%x, %w, %b, %none, %s, %p, %d, %no, %zeros, %g"},
    {"%x : Tensor, %w : Tensor, %b : Tensor?, %s : int[], %p : int[], %d : int[], %t : bool, %o : "
     "int[], %g : int, %u : bool, %v : bool, %q : bool, %r : bool",
     "aten::_convolution(%x, %w, %b, %s, %p, %d, %t, %o, %g, %u, %v, %q, %r)",
     "temper::conv(%x, %w, %b, %none, %s, %p, %d, %t, %o, %g"},
    {"%x : Tensor, %w : Tensor, %b : Tensor?, %s : int[], %p : int[], %d : int[], %t : bool, %o : "
     "int[], %g : int",
     "aten::convolution(%x, %w, %b, %s, %p, %d, %t, %o, %g)",
     "temper::conv(%x, %w, %b, %none, %s, %p, %d, %t, %o, %g"},
    {"%x : Tensor, %w : Tensor, %b : Tensor?, %s : int[], %p : int[], %o : int[], %g : int, %d : "
     "int[]",
     "aten::conv_transpose2d(%x, %w, %b, %s, %p, %o, %g, %d)",
     "temper::conv(%x, %w, %b, %none, %s, %p, %d, %yes, %o, %g"},
};

// Activations of %y; alpha and beta name inputs or constants.
struct ActivationPattern {
  const char* inputs;
  const char* call;
  const char* name;
  const char* alpha;
  const char* beta;
  const char* constants = "";
};

constexpr ActivationPattern kActivations[] = {
    {"", "aten::relu(%y)", "relu", "%zero", "%zero"},
    {"", "aten::relu6(%y)", "clip", "%zero", "%six", "  %six : int = prim::Constant[value=6]()\n"},
    {", %lo : Scalar, %hi : Scalar", "aten::hardtanh(%y, %lo, %hi)", "clip", "%lo", "%hi"},
    {", %lo : Scalar, %hi : Scalar", "aten::clamp(%y, %lo, %hi)", "clip", "%lo", "%hi"},
    {", %lo : Scalar", "aten::leaky_relu(%y, %lo)", "leaky_relu", "%lo", "%zero"},
    {", %lo : Scalar", "aten::elu(%y, %lo, %one, %one)", "elu", "%lo", "%zero"},
    {"", "aten::sigmoid(%y)", "sigmoid", "%zero", "%zero"},
    {"", "aten::tanh(%y)", "tanh", "%zero", "%zero"},
    {"", "aten::silu(%y)", "silu", "%zero", "%zero"},
    {"", "aten::hardswish(%y)", "hardswish", "%zero", "%zero"},
    {"", "aten::mish(%y)", "mish", "%zero", "%zero"},
    {"", "aten::gelu(%y, %approximate)", "gelu", "%zero", "%zero",
     "  %approximate : str = prim::Constant[value=\"none\"]()\n"},
    {"", "aten::gelu(%y, %approximate)", "gelu_tanh", "%zero", "%zero",
     "  %approximate : str = prim::Constant[value=\"tanh\"]()\n"},
};

bool is_number(const Match& match, std::string_view name) {
  const IValue* value = match.constant(name);
  return value && (value->is_int() || value->is_double());
}

bool are_bounds(const Match& match) {
  if (!is_number(match, "lo") || !is_number(match, "hi")) return false;
  return match.constant("lo")->scalar_as_double() <= match.constant("hi")->scalar_as_double();
}

// Fixed numbers for each channel are no residual: they go into weights and biases.
bool is_residual(const Match& match) {
  const IValue* sum = match.constant("r");
  const IValue* weight = match.constant("w");
  if (!sum || !sum->is_tensor() || !weight || !weight->is_tensor()) return true;
  const Tensor w = weight->to_tensor();
  return !w.defined() || w.dim() < 2 || !sum->to_tensor().defined() ||
         sum->to_tensor().numel() > std::max(w.size(0), w.size(1));
}

class FusedLayers {
 public:
  explicit FusedLayers(const OpRegistry& ops) : ops_(ops) {
    for (const Spelling& spelling : kConvSpellings) add_spelling(spelling);
    add("%x : Tensor, %w : Tensor, %b : Tensor?", "  %y : Tensor = aten::linear(%x, %w, %b)\n",
        "%y", layer_text(kLinear, "%z", kPlainEpilogue));
  }

  bool apply(Graph& graph) {
    bool changed = apply_all(graph);
    for (const Layer& layer : {kConv, kLinear, kNormedLinear}) {
      if (!has_operator(*graph.block(), ops_.find(layer.op))) continue;
      rewrites_.clear();
      add_epilogues(layer);
      changed |= apply_all(graph);
    }
    return changed;
  }

 private:
  bool apply_all(Graph& graph) const {
    bool changed = false;
    for (const Rewrite& rewrite : rewrites_) changed |= rewrite.apply(graph, *graph.block());
    return changed;
  }

  void add_epilogues(const Layer& layer) {
    for (const bool stored : {false, true}) {
      for (const ActivationPattern& activation : kActivations) {
        add_activation(layer, activation, stored);
      }
    }
    // The stored form first: of two layers the one that is overwritten takes the sum.
    add_residual(layer, "aten::add(%y, %r, %one)", true);
    add_residual(layer, "aten::add(%y, %r, %one)", false);
    add_residual(layer, "aten::add(%r, %y, %one)", false);
  }

  void add(std::string_view inputs, std::string_view pattern, std::string_view result,
           std::string_view replacement, Rewrite::Condition condition = nullptr) {
    rewrites_.emplace_back(graph_text(inputs, pattern, result),
                           graph_text(inputs, replacement, "%z"), ops_, std::move(condition));
  }

  void add_spelling(const Spelling& spelling) {
    add(spelling.inputs, str_cat("  %y : Tensor = ", spelling.body, "\n"), "%y",
        str_cat("  %zeros : int[] = prim::Constant[value=[0]]()\n  %z : Tensor = ", spelling.layer,
                ", ", kPlainEpilogue, kConv.tail, ")\n"));
  }

  void add_activation(const Layer& layer, const ActivationPattern& activation, bool stored) {
    const std::string inputs =
        str_cat(layer.declared, ", %r : Tensor?, %in_place : bool", activation.inputs);
    std::string pattern = str_cat(activation.constants,
                                  layer_text(layer, "%y", "%r, %in_place, %plain, %zero, %zero"),
                                  "  %a : Tensor = ", activation.call, "\n");
    if (stored) pattern += "  %s : Tensor = temper::as_in_place(%y, %a)\n";
    const std::string epilogue =
        str_cat("%r, %in_place, %name, ", activation.alpha, ", ", activation.beta);
    const bool bounded = std::string_view(activation.inputs).find("%hi") != std::string_view::npos;
    const bool sloped = !std::string_view(activation.inputs).empty();
    add(inputs, pattern, stored ? "%s" : "%a",
        str_cat(activation.constants, "  %name : str = prim::Constant[value=\"", activation.name,
                "\"]()\n", layer_text(layer, "%z", epilogue)),
        [bounded, sloped](const Match& match) {
          return bounded ? are_bounds(match) : !sloped || is_number(match, "lo");
        });
  }

  void add_residual(const Layer& layer, std::string_view sum, bool stored) {
    std::string pattern =
        str_cat(layer_text(layer, "%y", kPlainEpilogue), "  %a : Tensor = ", sum, "\n");
    if (stored) pattern += "  %s : Tensor = temper::as_in_place(%y, %a)\n";
    add(str_cat(layer.declared, ", %r : Tensor"), pattern, stored ? "%s" : "%a",
        layer_text(layer, "%z",
                   stored ? "%r, %yes, %plain, %zero, %zero" : "%r, %no, %plain, %zero, %zero"),
        is_residual);
  }

  const OpRegistry& ops_;
  std::vector<Rewrite> rewrites_;
};

}  // namespace

bool fuse_layers(PassContext& context, Graph& graph) {
  const bool inner =
      visit_subgraphs(*graph.block(), [&](Graph& body) { return fuse_layers(context, body); });
  return FusedLayers(context.ops).apply(graph) || inner;
}

}  // namespace temper
