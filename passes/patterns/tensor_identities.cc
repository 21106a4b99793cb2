// Operators on tensors that give what they were given: conversions to the dtype or format that a
// tensor has, products with 1, transpositions that undo each other, views of views, stores that
// change neither dtype nor shape. Sums with 0 stay: they change the sign of a zero.

#include <algorithm>
#include <array>

#include "core/value/containers.h"
#include "passes/analysis/alias.h"
#include "passes/analysis/effects.h"
#include "passes/constants.h"
#include "passes/pass.h"
#include "passes/patterns/known_tensors.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

// Conversions, and which of their arguments say to what and how; a copy is one that must be new.
struct Conversion {
  const char* key;
  int dtype = -1, other = -1, copy = -1, format = -1;
};
constexpr Conversion kConversions[] = {
    {"aten::to.dtype", 1, -1, 3, 4},
    {"aten::to.prim_dtype", 1, -1, 3, -1},
    {"aten::to.other", -1, 1, 3, 4},
    {"aten::type_as", -1, 1, -1, -1},
};

// Operators with a number that changes nothing.
constexpr std::pair<const char*, double> kNeutral[] = {
    {"aten::mul.Scalar", 1}, {"aten::mul.Tensor", 1}, {"aten::div.Scalar", 1},
    {"aten::div.Tensor", 1}, {"aten::sub.Scalar", 0}, {"aten::pow.Tensor_Scalar", 1},
};

constexpr int kDepth = 4;  // point-wise operators that are looked through

std::optional<std::vector<int64_t>> fixed_ints(const Value* value) {
  const IValue* list = constant_of(value);
  if (!list || !list->is_list()) return std::nullopt;
  std::vector<int64_t> ints;
  for (const IValue& item : list->to_list().items) {
    if (!item.is_int()) return std::nullopt;
    ints.push_back(item.to_int());
  }
  return ints;
}

bool is_constant_bool(const Value* value, bool wanted) {
  const IValue* constant = constant_of(value);
  return constant && constant->is_bool() && constant->to_bool() == wanted;
}

bool is_constant_int(const Value* value, int64_t wanted) {
  const IValue* constant = constant_of(value);
  return constant && constant->is_int() && constant->to_int() == wanted;
}

bool keeps_format(const Value* value) {
  const IValue* constant = constant_of(value);
  return constant && (constant->is_none() ||
                      is_constant_int(value, static_cast<int64_t>(MemoryFormat::kPreserve)));
}

class TensorIdentities {
 public:
  TensorIdentities(const OpRegistry& ops, Graph& graph)
      : ops_(ops), graph_(graph), known_(ops, graph), alias_(graph) {
    for (const Conversion& each : kConversions) conversions_[ops.find(each.key)] = &each;
    for (const auto& [key, number] : kNeutral) neutral_[ops.find(key)] = number;
    same_ = {ops.find("aten::__is__"), ops.find("aten::__isnot__")};
  }

  bool visit(Block& block) {
    bool changed = false;
    for (Node* node : block) {
      for (Block* inner : node->blocks()) changed |= visit(*inner);
      if (!node->op() || node->inputs().empty() || node->outputs().size() != 1) continue;
      if (Value* same = given_back(*node)) {
        node->output()->replace_all_uses_with(same);
        node->destroy();
        changed = true;
      } else {
        changed |= skip_view(*node);
      }
    }
    return changed;
  }

 private:
  bool is(const Node& node, const char* key) const { return node.op() == ops_.find(key); }

  // The tensor that stands for the node's result; null when there is none.
  Value* given_back(Node& node) {
    Value* x = node.input(0);
    if (converts_to_same(node) || is_contiguous_already(node) || copies_for_nothing(node)) return x;
    if (changes_nothing(node) && may_be_one(x, node.output())) return x;
    if (Value* origin = undone(node)) {
      return only_values_asked(node.output()) && !alias_->has_writers(node.output()) ? origin
                                                                                     : nullptr;
    }
    if (is(node, "temper::as_in_place") && keeps_type(node)) return node.input(1);
    return nullptr;
  }

  // These give the tensor itself when it already is what is asked for.
  bool converts_to_same(const Node& node) const {
    const auto found = conversions_.find(node.op());
    if (found == conversions_.end()) return false;
    const Conversion& to = *found->second;
    const std::optional<DType> dtype = known_.of(node.input(0)).dtype;
    if (!dtype) return false;
    const auto at = [&](int i) { return node.input(static_cast<size_t>(i)); };
    if (to.dtype >= 0 && !is_constant_int(at(to.dtype), static_cast<int64_t>(*dtype))) return false;
    if (to.other >= 0 && known_.of(at(to.other)).dtype != dtype) return false;
    return (to.copy < 0 || is_constant_bool(at(to.copy), false)) &&
           (to.format < 0 || keeps_format(at(to.format)));
  }

  bool is_contiguous_already(const Node& node) const {
    return is(node, "aten::contiguous") && known_.of(node.input(0)).contiguous &&
           is_constant_int(node.input(1), static_cast<int64_t>(MemoryFormat::kContiguous));
  }

  // A copy for the only user, which takes any layout.
  bool copies_for_nothing(const Node& node) {
    if (!is(node, "aten::contiguous") || node.output()->uses().size() != 1 ||
        !is_constant_int(node.input(1), static_cast<int64_t>(MemoryFormat::kContiguous))) {
      return false;
    }
    const Node& user = *node.output()->uses()[0].node;
    return user.op() && user.op()->has(kIgnoresLayout) && may_be_one(node.input(0), node.output());
  }

  // A new tensor of the same numbers, dtype and layout.
  bool changes_nothing(const Node& node) const {
    const auto found = neutral_.find(node.op());
    if (found == neutral_.end() || !known_.is_floating(node.input(0))) return false;
    const KnownTensor x = known_.of(node.input(0));
    const IValue* number = constant_of(node.input(1));
    if (!number || !x.contiguous) return false;
    if (node.inputs().size() > 2 && !is_constant_int(node.input(2), 1)) return false;
    if (number->is_tensor() && number->to_tensor().defined()) {
      const Tensor t = number->to_tensor();
      return t.dim() == 0 && x.has_dims && !is_complex(t.dtype()) && !t.impl()->quant &&
             *to_dtype(t, DType::kFloat64).data<double>() == found->second;
    }
    return (number->is_int() || number->is_double()) && number->scalar_as_double() == found->second;
  }

  // Two objects become one: nobody may write either, or tell them apart.
  bool may_be_one(const Value* a, const Value* b) {
    return only_values_asked(b) && !alias_->has_writers(a) && !alias_->has_writers(b);
  }

  // All users are operators that ask for values, not for the tensor object.
  bool only_values_asked(const Value* value) const {
    return std::all_of(value->uses().begin(), value->uses().end(), [this](const ir::Use& use) {
      const OpDef* op = use.node->op();
      return op && is_pure(*use.node) && !op->may_alias() && !op->has(kMayReturnInput) &&
             std::find(same_.begin(), same_.end(), op) == same_.end();
    });
  }

  // x of a transposition of a transposition of x, when that is x again.
  Value* undone(const Node& node) const {
    const Node& before = *node.input(0)->node();
    if (!before.op() || before.op() != node.op()) return nullptr;
    if (is(node, "aten::t")) return before.input(0);
    if (is(node, "aten::transpose.int")) {
      const auto dims = [](const Node& n) {
        return std::array{constant_of(n.input(1)), constant_of(n.input(2))};
      };
      const auto a = dims(before), b = dims(node);
      if (!a[0] || !a[1] || !b[0] || !b[1]) return nullptr;
      const bool same = same_constant(*a[0], *b[0]) && same_constant(*a[1], *b[1]);
      const bool turned = same_constant(*a[0], *b[1]) && same_constant(*a[1], *b[0]);
      return same || turned ? before.input(0) : nullptr;
    }
    const auto order = permutation_of_both(node);
    if (!order) return nullptr;
    for (size_t i = 0; i < order->size(); ++i) {
      if ((*order)[i] != static_cast<int64_t>(i)) return nullptr;
    }
    return before.input(0);
  }

  std::optional<std::vector<int64_t>> permutation_of_both(const Node& node) const {
    const Node& before = *node.input(0)->node();
    if (!is(node, "aten::permute") || before.op() != node.op()) return std::nullopt;
    const auto inner = fixed_ints(before.input(1)), outer = fixed_ints(node.input(1));
    if (!inner || !outer || inner->size() != outer->size()) return std::nullopt;
    const auto rank = static_cast<int64_t>(inner->size());
    std::vector<int64_t> order;
    for (const int64_t dim : *outer) {
      if (dim < -rank || dim >= rank) return std::nullopt;
      const int64_t from = (*inner)[static_cast<size_t>(dim < 0 ? dim + rank : dim)];
      if (from < -rank || from >= rank) return std::nullopt;
      order.push_back(from < 0 ? from + rank : from);
    }
    return order;
  }

  // A permutation of a permutation is one; a view of a view of dense memory is a view of that.
  bool skip_view(Node& node) {
    Node& before = *node.input(0)->node();
    if (const auto order = permutation_of_both(node)) {
      ir::InsertScope scope(&graph_, &node);
      const IValue dims = make_int_list(*order);
      node.set_input(1, graph_.insert_constant(dims, node.input(1)->type()));
    } else if (!is(node, "aten::view") || before.op() != node.op() ||
               !known_.of(before.input(0)).contiguous) {
      return false;
    }
    node.set_input(0, before.input(0));
    return true;
  }

  // The stored value has the dtype and the shape of what it is stored in.
  bool keeps_type(const Node& node) const {
    const std::optional<DType> dtype = known_.of(node.input(0)).dtype;
    return dtype && dtype == known_.of(node.input(1)).dtype &&
           has_shape_of(node.input(1), node.input(0), kDepth);
  }

  // Computed point by point from the other one, and numbers.
  bool has_shape_of(const Value* value, const Value* self, int depth) const {
    if (value == self) return true;
    const OpDef* op = value->node()->op();
    if (!op || !op->pointwise() || depth == 0) return false;
    bool found = false;
    for (const Value* input : value->node()->inputs()) {
      if (input->type()->kind() != TypeKind::kTensor) continue;
      const bool same = has_shape_of(input, self, depth - 1);
      if (!same && known_.of(input).rank != 0) return false;
      found |= same;
    }
    return found;
  }

  const OpRegistry& ops_;
  Graph& graph_;
  KnownTensors known_;
  LazyAlias alias_;
  std::unordered_map<const OpDef*, const Conversion*> conversions_;
  std::unordered_map<const OpDef*, double> neutral_;
  std::vector<const OpDef*> same_;
};

}  // namespace

bool fold_tensor_identities(PassContext& context, Graph& graph) {
  const bool inner = visit_subgraphs(
      *graph.block(), [&](Graph& body) { return fold_tensor_identities(context, body); });
  bool changed = inner;
  while (TensorIdentities(context.ops, graph).visit(*graph.block())) changed = true;
  return changed;
}

}  // namespace temper
