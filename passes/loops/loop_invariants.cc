// What a loop computes anew in every iteration, though it cannot change, is computed before it.
// What may raise or takes time goes into a loop of its own that ends after one iteration, so that
// it runs just when the loop runs at all.

#include <algorithm>
#include <unordered_set>

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

bool is_constant(const Value* value, bool wanted) {
  const IValue* constant = constant_of(value);
  return constant && constant->is_bool() && constant->to_bool() == wanted;
}

bool surely_runs(const Node& loop) {
  const IValue* trips = constant_of(loop.input(0));
  return trips && trips->is_int() && trips->to_int() > 0 && is_constant(loop.input(1), true);
}

bool runs_once_at_most(const Node& loop) {
  const IValue* trips = constant_of(loop.input(0));
  return (trips && trips->is_int() && trips->to_int() <= 1) ||
         is_constant(loop.block_at(0)->outputs()[0], false);
}

// Gives the very object that an input is or holds.
bool gives_existing_object(const Node& node) {
  switch (node.kind()) {
    case Kind::kGetAttr:
    case Kind::kListUnpack:
    case Kind::kTupleUnpack:
    case Kind::kTupleIndex:
    case Kind::kUncheckedCast:
    case Kind::kModuleContainerIndex: return true;
    default: return false;
  }
}

// Cannot raise and takes no more than a few nanoseconds.
bool is_trivial(const Node& node) {
  switch (node.kind()) {
    case Kind::kTupleConstruct:
    case Kind::kListConstruct:
    case Kind::kUncheckedCast:
    case Kind::kIsInstance: return true;
    case Kind::kOp: break;
    default: return false;
  }
  switch (node.op()->scalar()) {
    case ScalarCode::kNone: return false;
    case ScalarCode::kFloorDivI:
    case ScalarCode::kRemainderI: {
      const IValue* divisor = constant_of(node.input(1));
      return divisor && divisor->is_int() && divisor->to_int() != 0;
    }
    default: return true;
  }
}

// Only the memory of its arguments matters to the operator: it neither keeps nor returns them.
bool only_reads(const Node& node) {
  const OpDef* op = node.op();
  if (!op || !op->kernel() || op->composite() || !op->pure() || is_opaque(node)) return false;
  if (op->may_alias() || op->has(kMayReturnInput) || op->has(kViewOp)) return false;
  return std::all_of(node.outputs().begin(), node.outputs().end(), [](const Value* output) {
    return output->type()->kind() == TypeKind::kTensor || !is_mutable(output->type());
  });
}

class Invariants {
 public:
  explicit Invariants(Graph& graph) : graph_(graph), alias_(graph) {}

  bool visit(Block& block) {
    bool changed = false;
    for (Node* node : block) {
      for (Block* inner : node->blocks()) changed |= visit(*inner);
      if (node->is(Kind::kLoop) && !runs_once_at_most(*node)) changed |= hoist(*node);
    }
    return changed;
  }

 private:
  bool hoist(Node& loop) {
    const bool runs = surely_runs(loop);
    bool reached = true;  // by every run of the loop, before anybody can see what it did
    std::vector<Node*> moved, guarded;
    outside_.clear();
    guarded_.clear();
    for (Node* node : *loop.block_at(0)) {
      if (!node->is(Kind::kConstant) && is_invariant(loop, *node)) {
        const bool waits = uses_guarded(*node);
        if (is_trivial(*node) || reached) {
          const bool free = !waits && (runs || is_trivial(*node));
          (free ? moved : guarded).push_back(node);
          outside_.insert(node);
          if (!free) guarded_.insert(node);
        }
      }
      if (!outside_.count(node) && (has_side_effects(*node) || alias_->writes_outside(node))) {
        reached = false;
      }
    }
    for (Node* node : moved) move_before(*node, loop);
    const bool worth_it = std::any_of(guarded.begin(), guarded.end(), [](const Node* node) {
      return !node->op() || node->op()->scalar() == ScalarCode::kNone;
    });
    if (worth_it) guard(loop, guarded);
    return worth_it || !moved.empty();
  }

  bool is_invariant(const Node& loop, const Node& node) {
    if (node.outputs().empty() || !is_pure(node)) return false;
    for (const Value* input : node.inputs()) {
      // What a guard gives is unknown to the analysis.
      if (made_.count(input)) return false;
      const Node* producer = input->node();
      if (producer->block() == loop.block_at(0) && !producer->is(Kind::kConstant) &&
          !outside_.count(producer)) {
        return false;
      }
    }
    for (const Value* input : node.inputs()) {
      if (is_mutable(input->type()) && alias_->may_write_to(&loop, input)) return false;
    }
    return gives_existing_object(node) ||
           std::all_of(node.outputs().begin(), node.outputs().end(),
                       [this](const Value* output) { return may_be_one(output); });
  }

  // The objects that the iterations make may be one: nobody can tell.
  bool may_be_one(const Value* output) {
    if (!is_mutable(output->type())) return true;
    if (alias_->compared(output)) return false;
    if (std::all_of(output->uses().begin(), output->uses().end(),
                    [](const ir::Use& use) { return only_reads(*use.node); })) {
      return true;
    }
    return !alias_->has_writers(output) && !alias_->escapes(output);
  }

  bool uses_guarded(const Node& node) const {
    return std::any_of(node.inputs().begin(), node.inputs().end(),
                       [this](const Value* input) { return guarded_.count(input->node()) != 0; });
  }

  static void move_before(Node& node, Node& place) {
    for (Value* input : node.inputs()) {
      Node* producer = input->node();
      if (producer->is(Kind::kConstant) && producer->block() == node.block()) {
        producer->move_before(&place);
      }
    }
    node.move_before(&place);
  }

  // Puts the nodes into a loop under the same conditions that ends after its first iteration.
  void guard(Node& loop, const std::vector<Node*>& nodes) {
    Node* once = graph_.create(Kind::kLoop, {loop.input(0), loop.input(1)});
    once->set_range(loop.range());
    once->insert_before(&loop);
    Block* body = once->add_block();
    body->add_input(Type::integer());
    ir::InsertScope scope(&graph_, once);
    body->add_output(graph_.insert_constant(IValue(false), Type::boolean()));
    for (Node* node : nodes) {
      for (Value* input : node->inputs()) {
        Node* producer = input->node();
        if (producer->is(Kind::kConstant) && producer->block() == node->block()) {
          producer->move_before(once);
        }
      }
      node->move_before(body->ret());
    }
    for (Node* node : nodes) {
      for (Value* output : node->outputs()) hand_out(*once, output);
    }
  }

  void hand_out(Node& once, Value* value) {
    Block* body = once.block_at(0);
    std::vector<ir::Use> uses;
    for (const ir::Use& use : value->uses()) {
      if (use.node->block() != body) uses.push_back(use);
    }
    if (uses.empty()) return;
    Node* unset = graph_.insert(graph_.create(Kind::kUninitialized));
    once.add_input(unset->add_output(value->type()));
    body->add_input(value->type());
    body->add_output(value);
    Value* result = once.add_output(value->type());
    for (const ir::Use& use : uses) use.node->set_input(use.index, result);
    made_.insert(result);
  }

  Graph& graph_;
  LazyAlias alias_;
  std::unordered_set<const Node*> outside_;  // of the loop's body: what leaves it
  std::unordered_set<const Node*> guarded_;  // what leaves it for a guard
  std::unordered_set<const Value*> made_;    // since the analysis
};

}  // namespace

bool hoist_loop_invariants(PassContext& context, Graph& graph) {
  bool changed = visit_subgraphs(*graph.block(),
                                 [&](Graph& body) { return hoist_loop_invariants(context, body); });
  while (Invariants(graph).visit(*graph.block())) changed = true;
  return changed;
}

}  // namespace temper
