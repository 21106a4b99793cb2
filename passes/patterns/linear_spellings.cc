// Products with fixed weights are linear layers, however they are spelled: traced models take the
// product with the transposed weight and add the bias afterwards.

#include <string>

#include "passes/match/match.h"
#include "passes/pass.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Graph;

namespace {

constexpr const char* kConstants = R"(
  %none : NoneType = prim::Constant()
  %one : int = prim::Constant[value=1]()
)";

// The tensor that a name of the pattern stands for; undefined when it is not fixed.
Tensor fixed(const Match& match, std::string_view name) {
  const IValue* value = match.constant(name);
  return value && value->is_tensor() ? value->to_tensor() : Tensor();
}

bool is_matrix(const Tensor& t) { return t.defined() && t.dim() == 2 && is_floating(t.dtype()); }

bool is_bias(const Tensor& t, const Tensor& weight, int64_t outputs) {
  return t.defined() && t.dim() == 1 && t.size(0) == outputs && t.dtype() == weight.dtype();
}

bool is_one(const Match& match, std::string_view name) {
  const IValue* value = match.constant(name);
  return value && (value->is_int() || value->is_double()) && value->scalar_as_double() == 1;
}

bool fixed_product(const Match& match) { return is_matrix(fixed(match, "t")); }

bool fixed_sum(const Match& match) {
  const Tensor t = fixed(match, "t");
  return is_matrix(t) && is_bias(fixed(match, "b"), t, t.size(1)) && is_one(match, "beta") &&
         is_one(match, "alpha");
}

bool fixed_bias(const Match& match) {
  const Tensor w = fixed(match, "w");
  return is_matrix(w) && is_bias(fixed(match, "b"), w, w.size(0)) && is_one(match, "alpha");
}

bool fixed_bias_of_turned(const Match& match) {
  const Tensor t = fixed(match, "t");
  return is_matrix(t) && is_bias(fixed(match, "b"), t, t.size(1)) && is_one(match, "alpha");
}

class LinearSpellings {
 public:
  explicit LinearSpellings(const OpRegistry& ops) : ops_(ops) {
    // Products of matrices refuse other tensors, which layers take.
    constexpr const char* kOfMatrix =
        "  %m : Tensor = temper::as_matrix(%x)\n"
        "  %w : Tensor = aten::t(%t)\n";
    add("%x : Tensor, %t : Tensor", "  %y : Tensor = aten::mm(%x, %t)\n", "%y",
        str_cat(kOfMatrix, "  %z : Tensor = aten::linear(%m, %w, %none)\n"), fixed_product);
    add("%x : Tensor, %t : Tensor, %b : Tensor, %beta : Scalar, %alpha : Scalar",
        "  %y : Tensor = aten::addmm(%b, %x, %t, %beta, %alpha)\n", "%y",
        str_cat(kOfMatrix, "  %z : Tensor = aten::linear(%m, %w, %b)\n"), fixed_sum);
    add("%x : Tensor, %t : Tensor", "  %y : Tensor = aten::matmul(%x, %t)\n", "%y",
        "  %w : Tensor = aten::t(%t)\n  %z : Tensor = aten::linear(%x, %w, %none)\n",
        fixed_product);
    add_bias("aten::add(%y, %b, %alpha)", true);
    add_bias("aten::add(%y, %b, %alpha)", false);
    add_bias("aten::add(%b, %y, %alpha)", false);
  }

  bool apply(Graph& graph) const {
    bool changed = false;
    for (const Rewrite& rewrite : rewrites_) changed |= rewrite.apply(graph, *graph.block());
    return changed;
  }

 private:
  void add(const std::string& inputs, const std::string& pattern, const char* result,
           const std::string& replacement, Rewrite::Condition condition) {
    const auto text = [&](std::string_view body, std::string_view output) {
      return str_cat("graph(", inputs, "):", kConstants, body, "  return (", output, ")\n");
    };
    rewrites_.emplace_back(text(pattern, result), text(replacement, "%z"), ops_,
                           std::move(condition));
  }

  // `stored`: the sum overwrites the product.
  void add_bias(const char* sum, bool stored) {
    std::string pattern =
        str_cat("  %y : Tensor = aten::linear(%x, %w, %none)\n  %a : Tensor = ", sum, "\n");
    if (stored) pattern += "  %s : Tensor = temper::as_in_place(%y, %a)\n";
    const char* const result = stored ? "%s" : "%a";
    const char* const layer = "  %z : Tensor = aten::linear(%x, %w, %b)\n";
    add("%x : Tensor, %w : Tensor, %b : Tensor, %alpha : Scalar", pattern, result, layer,
        fixed_bias);
    const std::string turned = "  %w : Tensor = aten::t(%t)\n";
    add("%x : Tensor, %t : Tensor, %b : Tensor, %alpha : Scalar", turned + pattern, result,
        turned + layer, fixed_bias_of_turned);
  }

  const OpRegistry& ops_;
  std::vector<Rewrite> rewrites_;
};

}  // namespace

bool recognize_linears(PassContext& context, Graph& graph) {
  const LinearSpellings spellings(context.ops);
  bool changed =
      visit_subgraphs(*graph.block(), [&](Graph& body) { return spellings.apply(body); });
  return spellings.apply(graph) || changed;
}

}  // namespace temper
