#include <algorithm>

#include "core/value/containers.h"
#include "passes/analysis/alias.h"
#include "passes/analysis/effects.h"
#include "passes/constants.h"
#include "passes/pass.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

constexpr size_t kMaxItems = 4096;  // elements of a folded list

// Text, lists and tuples share this bound: programs can build big ones in few steps.
bool small(const IValue& value) {
  if (value.is_string()) return value.to_string().size() <= (1u << 16);
  const std::vector<IValue>* items = value.is_list()    ? &value.to_list().items
                                     : value.is_tuple() ? &value.to_tuple().items
                                                        : nullptr;
  if (!items) return true;
  if (items->size() > kMaxItems) return false;
  for (const IValue& item : *items) {
    if (!small(item)) return false;
  }
  return true;
}

std::optional<IValue> index_tuple(const TupleValue& tuple, int64_t i) {
  const auto size = static_cast<int64_t>(tuple.items.size());
  if (i < 0) i += size;
  if (i < 0 || i >= size) return std::nullopt;
  return tuple.items[static_cast<size_t>(i)];
}

// The outputs of a core node on constants; empty when it is not known here.
std::vector<IValue> evaluate_core(const Node& node, const std::vector<IValue>& in) {
  switch (node.kind()) {
    case Kind::kTupleConstruct: {
      const auto* type = node.output()->type()->as<TupleType>();
      const TypePtr named = type && type->named() ? node.output()->type() : nullptr;
      return {IValue(make_ref<TupleValue>(in, named))};
    }
    case Kind::kListConstruct:
      return {make_list(node.output()->type()->expect<WrapperType>().element(), in)};
    case Kind::kTupleUnpack:
      if (!in[0].is_tuple() || in[0].to_tuple().items.size() != node.outputs().size()) return {};
      return in[0].to_tuple().items;
    case Kind::kListUnpack:
      if (!in[0].is_list() || in[0].to_list().items.size() != node.outputs().size()) return {};
      return in[0].to_list().items;
    case Kind::kTupleIndex: {
      if (!in[0].is_tuple() || !in[1].is_int()) return {};
      const auto item = index_tuple(in[0].to_tuple(), in[1].to_int());
      if (!item) return {};
      return {*item};
    }
    case Kind::kIsInstance: {
      for (const TypePtr& type : std::get<std::vector<TypePtr>>(node.attribute("types"))) {
        if (matches_type(in[0], type)) return {IValue(true)};
      }
      return {IValue(false)};
    }
    case Kind::kUncheckedCast: return {in[0]};
    case Kind::kEnumName:
      if (in[0].tag() != Tag::kEnum) return {};
      return {IValue(in[0].to_enum().name)};
    case Kind::kEnumValue:
      if (in[0].tag() != Tag::kEnum) return {};
      return {in[0].to_enum().value};
    default: return {};
  }
}

bool is_true(const Value* value, bool wanted) {
  const IValue* constant = constant_of(value);
  return constant && constant->is_bool() && constant->to_bool() == wanted;
}

class Propagation {
 public:
  Propagation(PassContext& context, Graph& graph)
      : context_(context), graph_(graph), alias_(graph) {}

  bool visit(Block& block) {
    bool changed = false;
    for (Node* node = block.first(); node != block.ret();) {
      Node* next = node->next();
      if (node->is(Kind::kIf) && constant_of(node->input(0))) {
        // The branch's nodes come next: they may fold too.
        next = inline_branch(*node);
        changed = true;
      } else if (node->is(Kind::kLoop) && never_runs(*node)) {
        for (size_t i = 0; i < node->outputs().size(); ++i) {
          node->output(i)->replace_all_uses_with(node->input(i + 2));
        }
        node->destroy();
        changed = true;
      } else if (!node->blocks().empty()) {
        for (Block* inner : node->blocks()) changed |= visit(*inner);
      } else {
        changed |= fold(*node);
      }
      node = next;
    }
    return changed;
  }

 private:
  // Moves the taken branch before the node; answers where to go on.
  static Node* inline_branch(Node& node) {
    Block& taken = *node.block_at(constant_of(node.input(0))->to_bool() ? 0 : 1);
    Node* first = nullptr;
    for (Node* inner : taken) {
      inner->move_before(&node);
      if (!first) first = inner;
    }
    for (size_t i = 0; i < node.outputs().size(); ++i) {
      node.output(i)->replace_all_uses_with(taken.outputs()[i]);
    }
    Node* next = first ? first : node.next();
    node.destroy();
    return next;
  }

  static bool never_runs(const Node& loop) {
    const IValue* trips = constant_of(loop.input(0));
    return is_true(loop.input(1), false) || (trips && trips->is_int() && trips->to_int() <= 0);
  }

  // Objects become shared by all runs of the node: nobody may write them, keep them, or tell them
  // apart.
  bool may_share(const Node& node) {
    for (const Value* output : node.outputs()) {
      if (!is_mutable(output->type())) continue;
      if (alias_->has_writers(output) || alias_->escapes(output) || alias_->compared(output)) {
        return false;
      }
    }
    return true;
  }

  bool fold(Node& node) {
    if (node.is(Kind::kConstant) || node.outputs().empty() || !is_pure(node)) return false;
    if (node.inputs().empty() && !node.op() && !node.is(Kind::kListConstruct)) return false;
    std::vector<IValue> inputs;
    for (const Value* input : node.inputs()) {
      const IValue* constant = constant_of(input);
      if (!constant) return false;
      inputs.push_back(*constant);
    }
    if (!may_share(node) || alias_->has_written_inputs(&node)) return false;
    const std::vector<IValue> results = evaluate(node, std::move(inputs));
    if (results.size() != node.outputs().size() || !acceptable(node, results)) return false;
    ir::InsertScope scope(&graph_, &node);
    for (size_t i = 0; i < results.size(); ++i) {
      mark_constant(results[i]);
      Value* old = node.output(i);
      Value* constant = graph_.insert_constant(results[i], constant_type(results[i], old->type()));
      constant->node()->set_range(node.range());
      const std::string name = old->name();
      old->set_name("");
      constant->set_name(name);
      old->replace_all_uses_with(constant);
    }
    node.destroy();
    return true;
  }

  std::vector<IValue> evaluate(const Node& node, std::vector<IValue> inputs) const {
    if (!node.op()) return evaluate_core(node, inputs);
    if (!node.op()->kernel()) return {};
    try {
      return context_.evaluate ? context_.evaluate(*node.op(), std::move(inputs))
                               : evaluate_operator(context_, *node.op(), std::move(inputs));
    } catch (const Error&) {
      return {};  // it fails when it runs, if it runs
    }
  }

  bool acceptable(const Node& node, const std::vector<IValue>& results) const {
    for (size_t i = 0; i < results.size(); ++i) {
      const IValue& value = results[i];
      const TypePtr& type = node.output(i)->type();
      if (!is_data(value) || !small(value)) return false;
      if (value.is_none() ? !may_be_none(type) : !matches_type(value, type)) return false;
      const bool view = value.is_tensor() && gives_view(node, value.to_tensor());
      if (!view && constant_bytes(value) > std::max(context_.constant_bytes, input_bytes(node))) {
        return false;
      }
    }
    return true;
  }

  // What replaces weights may be as large as they are.
  static int64_t input_bytes(const Node& node) {
    int64_t bytes = 0;
    for (const Value* input : node.inputs()) bytes += constant_bytes(*constant_of(input));
    return bytes;
  }

  static bool gives_view(const Node& node, const Tensor& result) {
    if (!result.defined()) return true;
    for (const Value* input : node.inputs()) {
      const IValue* constant = constant_of(input);
      if (constant && constant->is_tensor() && constant->to_tensor().defined() &&
          constant->to_tensor().storage() == result.storage()) {
        return true;
      }
    }
    return false;
  }

  PassContext& context_;
  Graph& graph_;
  LazyAlias alias_;
};

}  // namespace

bool propagate_constants(PassContext& context, Graph& graph) {
  bool changed = visit_subgraphs(*graph.block(),
                                 [&](Graph& body) { return propagate_constants(context, body); });
  while (Propagation(context, graph).visit(*graph.block())) changed = true;
  return changed;
}

}  // namespace temper
