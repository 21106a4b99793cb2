// Layer norms and root mean square norms of the last dim that programs spell out. Fixed weights and
// biases behind them are taken in.

#include <algorithm>
#include <string>
#include <unordered_set>

#include "core/value/containers.h"
#include "passes/analysis/alias.h"
#include "passes/constants.h"
#include "passes/match/match.h"
#include "passes/pass.h"
#include "passes/patterns/known_tensors.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Node;
using ir::Value;

namespace {

struct Norm {
  Value* x = nullptr;
  Value* eps = nullptr;
  bool centered = false;
  bool divides = false;      // by the root, else multiplies with its reciprocal
  bool by_variance = false;  // asks for the variance, which is real for complex numbers too
  std::vector<Node*> nodes;  // what spells it, users before what they use
};

bool is_constant(const Value* value, double wanted) {
  const IValue* constant = constant_of(value);
  return constant && (constant->is_int() || constant->is_double()) &&
         constant->scalar_as_double() == wanted;
}

bool is_flag(const Value* value, bool wanted) {
  const IValue* constant = constant_of(value);
  return constant && constant->is_bool() && constant->to_bool() == wanted;
}

bool is_none(const Value* value) {
  const IValue* constant = constant_of(value);
  return constant && constant->is_none();
}

// A fixed real number, maybe as a tensor without dims.
std::optional<double> number_of(const Value* value) {
  const IValue* constant = constant_of(value);
  if (!constant) return std::nullopt;
  if (constant->is_int() || constant->is_double()) return constant->scalar_as_double();
  if (!constant->is_tensor() || !constant->to_tensor().defined()) return std::nullopt;
  const Tensor tensor = constant->to_tensor();
  if (tensor.dim() != 0 || !is_floating(tensor.dtype())) return std::nullopt;
  return *to_dtype(tensor, DType::kFloat64).data<double>();
}

// Reads the operators that a norm may be spelled with.
class NormReader {
 public:
  NormReader(const OpRegistry& ops, const KnownTensors& known) : ops_(ops), known_(known) {}

  std::optional<Norm> read(Node& root) {
    norm_ = Norm();
    Value* squares = nullptr;
    Value* value = quotient(root, &squares);
    if (!value || !read_squares(squares, value) || !closed(root)) return std::nullopt;
    return std::move(norm_);
  }

 private:
  bool is(const Node& node, std::string_view key) const { return node.op() == ops_.find(key); }

  Node& take(Node& node) {
    norm_.nodes.push_back(&node);
    return node;
  }

  // v of v / sqrt(squares + eps), in one of its forms.
  Value* quotient(Node& root, Value** squares) {
    take(root);
    if (is(root, "aten::div.Tensor")) {
      norm_.divides = true;
      return root_of_sum(root.input(1), 0.5, squares) ? root.input(0) : nullptr;
    }
    if (!is(root, "aten::mul.Tensor")) return nullptr;
    for (const size_t i : {size_t{1}, size_t{0}}) {
      if (root_of_sum(root.input(i), -0.5, squares)) return root.input(1 - i);
      norm_.nodes.resize(1);
    }
    return nullptr;
  }

  // Whether the value is (squares + eps) to the power, and what the squares are.
  bool root_of_sum(Value* value, double power, Value** squares) {
    Node* node = value->node();
    if (power < 0 && is(*node, "aten::reciprocal")) {
      return root_of_sum(take(*node).input(0), -power, squares);
    }
    const bool by_power =
        is(*node, "aten::pow.Tensor_Scalar") && is_constant(node->input(1), power);
    if (!by_power && !is(*node, power < 0 ? "aten::rsqrt" : "aten::sqrt")) return false;
    Node* sum = take(*node).input(0)->node();
    const bool sums = is(*sum, "aten::add.Scalar") || is(*sum, "aten::add.Tensor");
    if (!sums || !is_constant(sum->input(2), 1)) return false;
    take(*sum);
    for (const size_t i : {size_t{1}, size_t{0}}) {
      if (!number_of(sum->input(i))) continue;
      norm_.eps = sum->input(i);
      *squares = sum->input(1 - i);
      return true;
    }
    return false;
  }

  // mean(value^2), or the variance of what value is the distance from the mean of.
  bool read_squares(Value* squares, Value* value) {
    Node& node = *squares->node();
    if (is_variance(node)) {
      take(node);
      norm_.by_variance = true;
      norm_.x = node.input(0);
      return distance_from_mean(value) == norm_.x;
    }
    if (!is_mean(node)) return false;
    Node& square = *take(node).input(0)->node();
    if (!is_square_of(square, value)) return false;
    take(square);
    norm_.x = distance_from_mean(value);
    if (!norm_.x) norm_.x = value;
    return true;
  }

  // x of x - mean(x).
  Value* distance_from_mean(Value* value) {
    Node& node = *value->node();
    if (!is(node, "aten::sub.Tensor") || !is_constant(node.input(2), 1)) return nullptr;
    Node& mean = *node.input(1)->node();
    if (!is_mean(mean) || mean.input(0) != node.input(0)) return nullptr;
    take(node);
    take(mean);
    norm_.centered = true;
    return node.input(0);
  }

  bool is_square_of(const Node& node, const Value* value) const {
    if (node.inputs().empty() || node.input(0) != value) return false;
    if (is(node, "aten::mul.Tensor")) return node.input(1) == value;
    return is(node, "aten::square") ||
           (is(node, "aten::pow.Tensor_Scalar") && is_constant(node.input(1), 2));
  }

  bool is_mean(const Node& node) const {
    return is(node, "aten::mean.dim") && is_last_dim(node.input(1), node.input(0)) &&
           is_flag(node.input(2), true) && is_none(node.input(3));
  }

  bool is_variance(const Node& node) const {
    if (is(node, "aten::var.dim")) {
      return is_last_dim(node.input(1), node.input(0)) && is_flag(node.input(2), false) &&
             is_flag(node.input(3), true);
    }
    return is(node, "aten::var.correction") && is_last_dim(node.input(1), node.input(0)) &&
           is_constant(node.input(2), 0) && is_flag(node.input(3), true);
  }

  bool is_last_dim(const Value* dims, const Value* tensor) const {
    const IValue* list = constant_of(dims);
    if (!list || !list->is_list() || list->to_list().items.size() != 1) return false;
    const int64_t dim = list->to_list().items[0].to_int();
    const std::optional<int64_t> rank = known_.of(tensor).rank;
    return dim == -1 || (rank && *rank > 0 && dim == *rank - 1);
  }

  // Nobody else looks at what is computed on the way, all of it in one block.
  bool closed(const Node& root) const {
    const std::unordered_set<const Node*> inside(norm_.nodes.begin(), norm_.nodes.end());
    return std::all_of(inside.begin(), inside.end(), [&](const Node* node) {
      const auto& uses = node->output()->uses();
      return node->block() == root.block() &&
             (node == &root || std::all_of(uses.begin(), uses.end(), [&](const ir::Use& use) {
                return inside.count(use.node) != 0;
              }));
    });
  }

  const OpRegistry& ops_;
  const KnownTensors& known_;
  Norm norm_;
};

class NormSpellings {
 public:
  NormSpellings(const OpRegistry& ops, Graph& graph)
      : ops_(ops), graph_(graph), known_(ops, graph), reader_(ops, known_), alias_(graph) {}

  bool visit(Block& block) {
    bool changed = false;
    for (Node* node : block) {
      for (Block* inner : node->blocks()) changed |= visit(*inner);
      if (!node->op() || !node->op()->pointwise()) continue;
      if (const std::optional<Norm> norm = reader_.read(*node)) changed |= replace(*norm);
    }
    return changed;
  }

 private:
  bool replace(const Norm& norm) {
    const std::optional<DType> dtype = known_.of(norm.x).dtype;
    const bool full = dtype == DType::kFloat32 || dtype == DType::kFloat64;
    if (norm.by_variance && !full) return false;
    if (alias_->has_writers(norm.x)) return false;
    Node& root = *norm.nodes.front();
    ir::InsertScope scope(&graph_, &root);
    const auto insert = [&](const char* op, std::vector<Value*> inputs) {
      Node* node = graph_.insert(graph_.create_op(ops_.find(op), inputs, {root.output()->type()}));
      node->set_range(root.range());
      return node->output();
    };
    Value* x = norm.x;
    // A number that is a tensor promotes other tensors without dims.
    if (constant_of(norm.eps)->is_tensor() && !known_.of(x).has_dims) {
      x = insert("temper::as_promoted", {x, norm.eps});
    }
    Value* none = graph_.insert_constant(IValue(), Type::none());
    Value* eps = graph_.insert_constant(IValue(*number_of(norm.eps)), Type::floating());
    Value* divides = graph_.insert_constant(IValue(norm.divides), Type::boolean());
    root.output()->replace_all_uses_with(
        norm.centered ? insert("temper::layer_norm", {x, none, none, eps, divides})
                      : insert("temper::rms_norm", {x, none, eps, divides}));
    destroy(norm);
    return true;
  }

  static void destroy(const Norm& norm) {
    std::vector<Node*> left = norm.nodes;
    while (!left.empty()) {
      const auto unused = std::find_if(left.begin(), left.end(), [](const Node* node) {
        return node->output()->uses().empty();
      });
      TEMPER_CHECK(unused != left.end());
      Node* node = *unused;
      left.erase(unused);
      node->destroy();
    }
  }

  const OpRegistry& ops_;
  Graph& graph_;
  KnownTensors known_;
  NormReader reader_;
  LazyAlias alias_;
};

// The weight and the bias of a row.
bool is_row(const Match& match, std::string_view name) {
  const IValue* value = match.constant(name);
  return value && value->is_tensor() && value->to_tensor().defined() &&
         value->to_tensor().dim() == 1 && is_floating(value->to_tensor().dtype());
}

std::vector<Rewrite> parameter_rewrites(const OpRegistry& ops) {
  std::vector<Rewrite> rewrites;
  const auto add = [&](std::string_view inputs, std::string_view norm, const char* combined,
                       std::string_view result) {
    const auto text = [&](std::string_view body, std::string_view output) {
      return str_cat("graph(%x : Tensor, %eps : float, %divides : bool, ", inputs,
                     "):\n  %none : NoneType = prim::Constant()\n  %one : int = "
                     "prim::Constant[value=1]()\n",
                     body, "  return (", output, ")\n");
    };
    const char* taken = inputs.find("%b ") == std::string_view::npos ? "w" : "b";
    rewrites.emplace_back(
        text(str_cat("  %y : Tensor = ", norm, "\n  %z : Tensor = ", combined, "\n"), "%z"),
        text(str_cat("  %n : Tensor = ", result, "\n"), "%n"), ops,
        [taken](const Match& match) { return is_row(match, taken); });
  };
  for (const char* product : {"aten::mul(%y, %w)", "aten::mul(%w, %y)"}) {
    add("%w : Tensor", "temper::layer_norm(%x, %none, %none, %eps, %divides)", product,
        "temper::layer_norm(%x, %w, %none, %eps, %divides)");
    add("%w : Tensor", "temper::rms_norm(%x, %none, %eps, %divides)", product,
        "temper::rms_norm(%x, %w, %eps, %divides)");
  }
  for (const char* sum : {"aten::add(%y, %b, %one)", "aten::add(%b, %y, %one)"}) {
    add("%w : Tensor?, %b : Tensor", "temper::layer_norm(%x, %w, %none, %eps, %divides)", sum,
        "temper::layer_norm(%x, %w, %b, %eps, %divides)");
  }
  return rewrites;
}

}  // namespace

bool recognize_norms(PassContext& context, Graph& graph) {
  bool changed =
      visit_subgraphs(*graph.block(), [&](Graph& body) { return recognize_norms(context, body); });
  changed |= NormSpellings(context.ops, graph).visit(*graph.block());
  const auto holds = [&](const char* key) {
    return has_operator(*graph.block(), context.ops.find(key));
  };
  if (!holds("temper::layer_norm") && !holds("temper::rms_norm")) return changed;
  for (const Rewrite& rewrite : parameter_rewrites(context.ops)) {
    changed |= rewrite.apply(graph, *graph.block());
  }
  return changed;
}

}  // namespace temper
