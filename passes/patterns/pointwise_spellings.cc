// Operators whose formula depends on an argument, where that argument is fixed: each formula has a
// point-wise operator of its own, which can be part of a group.

#include "passes/match/match.h"
#include "passes/pass.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Graph;

namespace {

// NaN is none: as the only bound it bounds nothing, but makes NaN of all in clamp_min.
bool is_number(const Match& match, std::string_view name) {
  const IValue* value = match.constant(name);
  return value &&
         (value->is_int() || (value->is_double() && value->to_double() == value->to_double()));
}

std::vector<Rewrite> make_rewrites(const OpRegistry& ops) {
  std::vector<Rewrite> rewrites;
  const auto add = [&](std::string_view inputs, std::string_view body, std::string_view call,
                       Rewrite::Condition condition = nullptr) {
    const auto text = [&](std::string_view nodes) {
      return str_cat("graph(", inputs, "):\n", nodes, "  return (%y)\n");
    };
    rewrites.emplace_back(text(body), text(str_cat("  %y : Tensor = ", call, "\n")), ops,
                          std::move(condition));
  };
  const auto gelu = [&](std::string_view kind, std::string_view call) {
    add("%x : Tensor",
        str_cat("  %kind : str = prim::Constant[value=\"", kind,
                "\"]()\n  %y : Tensor = aten::gelu(%x, %kind)\n"),
        call);
  };
  gelu("none", "temper::gelu(%x)");
  gelu("tanh", "temper::gelu_tanh(%x)");
  add("%x : Tensor, %lo : Scalar, %hi : Scalar", "  %y : Tensor = aten::clamp(%x, %lo, %hi)\n",
      "temper::clamp(%x, %lo, %hi)",
      [](const Match& match) { return is_number(match, "lo") && is_number(match, "hi"); });
  constexpr const char* kNone = "  %none : NoneType = prim::Constant()\n";
  add("%x : Tensor, %lo : Scalar", str_cat(kNone, "  %y : Tensor = aten::clamp(%x, %lo, %none)\n"),
      "aten::clamp_min(%x, %lo)", [](const Match& match) { return is_number(match, "lo"); });
  add("%x : Tensor, %hi : Scalar", str_cat(kNone, "  %y : Tensor = aten::clamp(%x, %none, %hi)\n"),
      "aten::clamp_max(%x, %hi)", [](const Match& match) { return is_number(match, "hi"); });
  return rewrites;
}

}  // namespace

bool spell_pointwise(PassContext& context, Graph& graph) {
  const std::vector<Rewrite> rewrites = make_rewrites(context.ops);
  const auto apply = [&](Graph& body) {
    bool changed = false;
    for (const Rewrite& rewrite : rewrites) changed |= rewrite.apply(body, *body.block());
    return changed;
  };
  const bool inner = visit_subgraphs(*graph.block(), apply);
  return apply(graph) || inner;
}

}  // namespace temper
