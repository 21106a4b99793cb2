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

bool is_int(const Value* value, int64_t wanted) {
  const IValue* constant = constant_of(value);
  return constant && constant->is_int() && constant->to_int() == wanted;
}

bool is_bool(const Value* value, bool wanted) {
  const IValue* constant = constant_of(value);
  return constant && constant->is_bool() && constant->to_bool() == wanted;
}

void replace(Node& node, Value* by) {
  node.output()->replace_all_uses_with(by);
  node.destroy();
}

ScalarCode scalar_of(const Value* value) {
  const OpDef* op = value->node()->op();
  return op ? op->scalar() : ScalarCode::kNone;
}

// x + 0, x * 1, not not x... Floats are left alone where a NaN or a signed zero would differ.
Value* scalar_identity(const Node& node) {
  Value* a = node.inputs().empty() ? nullptr : node.input(0);
  Value* b = node.inputs().size() < 2 ? nullptr : node.input(1);
  switch (node.op()->scalar()) {
    case ScalarCode::kAddI:
      if (is_int(a, 0)) return b;
      return is_int(b, 0) ? a : nullptr;
    case ScalarCode::kSubI:
    case ScalarCode::kShlI:
    case ScalarCode::kShrI: return is_int(b, 0) ? a : nullptr;
    case ScalarCode::kMulI:
      if (is_int(a, 1)) return b;
      return is_int(b, 1) ? a : nullptr;
    case ScalarCode::kFloorDivI: return is_int(b, 1) ? a : nullptr;
    case ScalarCode::kOrI:
    case ScalarCode::kXorI: return is_int(b, 0) ? a : nullptr;
    case ScalarCode::kMinI:
    case ScalarCode::kMaxI: return a == b ? a : nullptr;
    case ScalarCode::kAndB:
      if (is_bool(a, true) || a == b) return b;
      return is_bool(b, true) ? a : nullptr;
    case ScalarCode::kOrB:
      if (is_bool(a, false) || a == b) return b;
      return is_bool(b, false) ? a : nullptr;
    case ScalarCode::kNotB:
    case ScalarCode::kNegI:
      return scalar_of(a) == node.op()->scalar() ? a->node()->input(0) : nullptr;
    default: return nullptr;
  }
}

class Peephole {
 public:
  explicit Peephole(Graph& graph) : graph_(graph), alias_(graph) {}

  bool visit(Block& block) {
    bool changed = false;
    for (Node* node : block) {
      for (Block* inner : node->blocks()) changed |= visit(*inner);
      changed |= visit_node(*node);
    }
    return changed;
  }

 private:
  bool visit_node(Node& node) {
    switch (node.kind()) {
      case Kind::kUncheckedCast: return visit_cast(node);
      case Kind::kListUnpack: return visit_list_unpack(node);
      case Kind::kIf: return visit_if(node);
      case Kind::kLoop: return visit_loop(node);
      case Kind::kIsInstance: return visit_isinstance(node);
      case Kind::kOp:
        if (Value* same = scalar_identity(node)) return replace(node, same), true;
        return false;
      default: return false;
    }
  }

  static bool visit_cast(Node& node) {
    Value* input = node.input(0);
    if (equal(input->type(), node.output()->type())) return replace(node, input), true;
    // A cast of a cast says what the outer one says.
    if (!input->node()->is(Kind::kUncheckedCast)) return false;
    node.set_input(0, input->node()->input(0));
    return true;
  }

  bool visit_list_unpack(Node& node) {
    const Node& list = *node.input(0)->node();
    if (!list.is(Kind::kListConstruct) || list.inputs().size() != node.outputs().size() ||
        alias_->has_written_inputs(&node)) {
      return false;
    }
    for (size_t i = 0; i < node.outputs().size(); ++i) {
      node.output(i)->replace_all_uses_with(list.input(i));
    }
    node.destroy();
    return true;
  }

  // Results that are the same value on both sides, or the condition itself.
  static bool visit_if(Node& node) {
    bool changed = false;
    for (size_t i = 0; i < node.outputs().size(); ++i) {
      Value* yes = node.block_at(0)->outputs()[i];
      Value* no = node.block_at(1)->outputs()[i];
      Value* same = nullptr;
      if (yes == no) same = yes;
      if (is_bool(yes, true) && is_bool(no, false)) same = node.input(0);
      if (!same || node.output(i)->uses().empty()) continue;
      node.output(i)->replace_all_uses_with(same);
      changed = true;
    }
    return changed;
  }

  // Variables that every trip hands on as they came.
  static bool visit_loop(Node& node) {
    bool changed = false;
    Block& body = *node.block_at(0);
    for (size_t i = 0; i < node.outputs().size(); ++i) {
      Value* param = body.inputs()[i + 1];
      Value* initial = node.input(i + 2);
      Value* next = body.outputs()[i + 1];
      if (next != param && next != initial) continue;
      if (node.output(i)->uses().empty() && param->uses().empty()) continue;
      node.output(i)->replace_all_uses_with(initial);
      param->replace_all_uses_with(initial);
      changed = true;
    }
    return changed;
  }

  // A type that is known now is a subtype of what is asked, or the question is open.
  bool visit_isinstance(Node& node) {
    for (const TypePtr& type : std::get<std::vector<TypePtr>>(node.attribute("types"))) {
      if (!is_subtype(node.input(0)->type(), type)) continue;
      ir::InsertScope scope(&graph_, &node);
      replace(node, graph_.insert_constant(IValue(true), Type::boolean()));
      return true;
    }
    return false;
  }

  Graph& graph_;
  LazyAlias alias_;
};

}  // namespace

bool peephole(PassContext& context, Graph& graph) {
  bool changed =
      visit_subgraphs(*graph.block(), [&](Graph& body) { return peephole(context, body); });
  while (Peephole(graph).visit(*graph.block())) changed = true;
  return changed;
}

}  // namespace temper
