// Loops of few known iterations become straight code where that decides something: which branch is
// taken, which element of a list in sight is meant, what an operator's constant argument is.

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

constexpr size_t kMaxNodes = 512;  // that one loop may become

// Nodes and variables, as far as they number no more than `limit`.
size_t size_of(const Block& block, size_t limit) {
  size_t size = block.inputs().size();
  for (const Node* node : block) {
    if (size > limit) break;
    if (!node->is(Kind::kConstant)) ++size;
    for (const Block* inner : node->blocks()) size += size_of(*inner, limit);
  }
  return size;
}

bool is_constant(const Value* value, bool wanted) {
  const IValue* constant = constant_of(value);
  return constant && constant->is_bool() && constant->to_bool() == wanted;
}

// How often the loop runs; -1 when that is not known.
int64_t iterations(const Node& loop) {
  const IValue* trips = constant_of(loop.input(0));
  if (!trips || !trips->is_int() || trips->to_int() <= 0) return -1;
  if (!is_constant(loop.input(1), true)) return -1;
  const Value* condition = loop.block_at(0)->outputs()[0];
  if (is_constant(condition, false)) return 1;
  return is_constant(condition, true) ? trips->to_int() : -1;
}

// Finds out whether something in a loop's body would be decided if the iteration were known.
class Forecast {
 public:
  explicit Forecast(LazyAlias& alias) : alias_(alias) {}

  bool decides(const Node& loop) {
    const Block& body = *loop.block_at(0);
    std::vector<const Value*> variables = {body.inputs()[0]};
    for (size_t i = 1; i < body.inputs().size(); ++i) {
      if (constant_of(loop.input(i + 1))) variables.push_back(body.inputs()[i]);
    }
    // Whether a variable stays known shows when it was followed once around.
    while (true) {
      varying_ = {variables.begin(), variables.end()};
      decides_ = false;
      follow(body);
      const size_t lost = std::erase_if(variables, [&](const Value* variable) {
        return variable->index() > 0 && !known(body.outputs()[variable->index()]);
      });
      if (lost == 0) return decides_;
    }
  }

 private:
  bool varies(const Value* value) const { return varying_.count(value) != 0; }
  bool known(const Value* value) const { return varies(value) || constant_of(value); }

  void follow(const Block& block) {
    for (const Node* node : block) {
      for (const Block* inner : node->blocks()) follow(*inner);
      if (node->is(Kind::kIf) && varies(node->input(0))) follow_branches(*node);
      if (node->blocks().empty() && is_pure(*node)) follow_node(*node);
    }
  }

  void follow_branches(const Node& node) {
    decides_ = true;
    for (size_t i = 0; i < node.outputs().size(); ++i) {
      if (known(node.block_at(0)->outputs()[i]) && known(node.block_at(1)->outputs()[i])) {
        varying_.insert(node.output(i));
      }
    }
  }

  void follow_node(const Node& node) {
    bool some = false, all = true, seen = true;
    for (const Value* input : node.inputs()) {
      some |= varies(input);
      all &= known(input);
      seen &= known(input) || in_sight(input);
    }
    if (!some) return;
    // Arithmetic is as cheap as what would take its place.
    if (!node.op() || node.op()->scalar() == ScalarCode::kNone) {
      decides_ |= seen || node.is(Kind::kModuleContainerIndex);
    }
    if (all) varying_.insert(node.outputs().begin(), node.outputs().end());
  }

  bool in_sight(const Value* container) const {
    const Node& node = *container->node();
    if (node.is(Kind::kTupleConstruct)) return true;
    return node.is(Kind::kListConstruct) && !alias_->has_writers(container);
  }

  LazyAlias& alias_;
  std::unordered_set<const Value*> varying_;  // known in each copy, but not the same in all
  bool decides_ = false;
};

class Unrolling {
 public:
  Unrolling(PassContext& context, Graph& graph)
      : graph_(graph), alias_(graph), room_(context.max_nodes) {
    room_ -= std::min(room_, size_of(*graph.block(), room_));
  }

  bool visit(Block& block) {
    bool changed = false;
    for (Node* node : block) {
      for (Block* inner : node->blocks()) changed |= visit(*inner);
      if (node->is(Kind::kLoop) && worth_it(*node)) {
        unroll(*node);
        changed = true;
      }
    }
    return changed;
  }

 private:
  bool worth_it(const Node& loop) {
    const int64_t times = iterations(loop);
    if (times == 1) return true;
    if (times < 0 || times > static_cast<int64_t>(kMaxNodes)) return false;
    const size_t size = static_cast<size_t>(times) * size_of(*loop.block_at(0), kMaxNodes);
    if (size > kMaxNodes || size > room_ || !Forecast(alias_).decides(loop)) return false;
    room_ -= size;
    return true;
  }

  void unroll(Node& loop) {
    Block& body = *loop.block_at(0);
    ir::InsertScope scope(&graph_, &loop);
    std::vector<Value*> variables = {nullptr};
    variables.insert(variables.end(), loop.inputs().begin() + 2, loop.inputs().end());
    const int64_t times = iterations(loop);
    for (int64_t i = 0; i < times; ++i) {
      variables[0] = graph_.insert_constant(IValue(i), Type::integer());
      if (i + 1 < times) variables = graph_.inline_block(body, variables);
    }
    // The last iteration takes the body's own nodes.
    for (size_t i = 0; i < variables.size(); ++i) {
      body.inputs()[i]->replace_all_uses_with(variables[i]);
    }
    for (Node* node : body) node->move_before(&loop);
    for (size_t i = 0; i < loop.outputs().size(); ++i) {
      loop.output(i)->replace_all_uses_with(body.outputs()[i + 1]);
    }
    loop.destroy();
  }

  Graph& graph_;
  LazyAlias alias_;
  size_t room_;  // nodes that the graph may still grow by
};

}  // namespace

bool unroll_loops(PassContext& context, Graph& graph) {
  bool changed =
      visit_subgraphs(*graph.block(), [&](Graph& body) { return unroll_loops(context, body); });
  while (Unrolling(context, graph).visit(*graph.block())) changed = true;
  return changed;
}

}  // namespace temper
