#include <unordered_set>

#include "passes/analysis/alias.h"
#include "passes/analysis/effects.h"
#include "passes/pass.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

class DeadCode {
 public:
  explicit DeadCode(Graph& graph) : graph_(graph), alias_(graph) {}

  bool run() {
    for (Value* output : graph_.outputs()) mark(output);
    mark_effects(*graph_.block());
    drain();
    // A write is alive when somebody looks at what it wrote, which may make other writes alive.
    while (mark_writes()) drain();
    bool changed = drop_slots(*graph_.block());
    changed |= sweep(*graph_.block());
    drop_values(*graph_.block());
    return changed;
  }

 private:
  bool alive(const Value* value) const { return values_.count(value) != 0; }
  bool alive(const Node* node) const { return nodes_.count(node) != 0; }

  void mark(Value* value) {
    if (values_.insert(value).second) work_.push_back(value);
  }

  // The node runs: what decides whether it runs is needed, and what it takes.
  void mark(Node* node) {
    if (!nodes_.insert(node).second) return;
    if (Node* owner = node->block()->owner()) mark(owner);
    if (node->is(Kind::kIf)) {
      mark(node->input(0));
    } else if (node->is(Kind::kLoop)) {
      mark(node->input(0));
      mark(node->input(1));
      mark(node->block_at(0)->outputs()[0]);
    } else {
      for (Value* input : node->inputs()) mark(input);
    }
  }

  void drain() {
    while (!work_.empty()) {
      Value* value = work_.back();
      work_.pop_back();
      for (const uint32_t place : alias_.reach(value)) {
        if (place >= looked_at_.size()) looked_at_.resize(place + 1);
        looked_at_[place] = true;
      }
      Node* node = value->node();
      if (node->is(Kind::kParam)) {
        Node* owner = node->block()->owner();
        if (!owner) continue;
        mark(owner);
        if (value->index() > 0) mark_carried(*owner, value->index() - 1);
        continue;
      }
      mark(node);
      if (node->is(Kind::kLoop)) mark_carried(*node, value->index());
      if (node->is(Kind::kIf)) {
        for (Block* block : node->blocks()) mark(block->outputs()[value->index()]);
      }
    }
  }

  void mark_carried(Node& loop, size_t i) {
    mark(loop.output(i));
    mark(loop.input(i + 2));
    mark(loop.block_at(0)->inputs()[i + 1]);
    mark(loop.block_at(0)->outputs()[i + 1]);
  }

  void mark_effects(Block& block) {
    for (Node* node : block) {
      for (Block* inner : node->blocks()) mark_effects(*inner);
      if (!node->blocks().empty()) continue;
      if (has_side_effects(*node) || alias_.writes_outside(node)) {
        mark(node);
      } else if (alias_.writes(node)) {
        writers_.push_back(node);
      }
    }
  }

  bool mark_writes() {
    Places live;
    for (uint32_t place = 0; place < looked_at_.size(); ++place) {
      if (looked_at_[place]) live.push_back(place);
    }
    bool marked = false;
    for (Node* node : writers_) {
      if (alive(node) || !alias_.writes_into(node, live)) continue;
      mark(node);
      marked = true;
    }
    return marked;
  }

  // What live control flow hands around for results that nobody uses.
  bool drop_slots(Block& block) {
    bool changed = false;
    for (Node* node : block) {
      if (!alive(node) || node->blocks().empty()) continue;
      const size_t shift = node->is(Kind::kLoop) ? 1 : 0;
      for (size_t i = node->outputs().size(); i-- > 0;) {
        if (alive(node->output(i))) continue;
        changed = true;
        for (Block* inner : node->blocks()) inner->ret()->remove_input(i + shift);
        if (shift) node->remove_input(i + 2);
      }
      for (Block* inner : node->blocks()) changed |= drop_slots(*inner);
    }
    return changed;
  }

  // Users go before what they use.
  bool sweep(Block& block) {
    bool changed = false;
    for (Node* node = block.ret()->prev(); node != block.param();) {
      Node* const before = node->prev();
      if (!alive(node)) {
        node->destroy();
        changed = true;
      } else {
        for (Block* inner : node->blocks()) changed |= sweep(*inner);
      }
      node = before;
    }
    return changed;
  }

  void drop_values(Block& block) {
    for (Node* node : block) {
      for (size_t i = node->blocks().empty() ? 0 : node->outputs().size(); i-- > 0;) {
        if (alive(node->output(i))) continue;
        node->remove_output(i);
        if (node->is(Kind::kLoop)) node->block_at(0)->param()->remove_output(i + 1);
      }
      for (Block* inner : node->blocks()) drop_values(*inner);
    }
  }

  Graph& graph_;
  AliasAnalysis alias_;
  std::unordered_set<const Value*> values_;
  std::unordered_set<const Node*> nodes_;
  std::vector<bool> looked_at_;  // by place
  std::vector<Node*> writers_;   // of memory that only this graph sees
  std::vector<Value*> work_;
};

}  // namespace

bool remove_dead_code(PassContext& context, Graph& graph) {
  bool changed =
      visit_subgraphs(*graph.block(), [&](Graph& body) { return remove_dead_code(context, body); });
  while (DeadCode(graph).run()) changed = true;
  return changed;
}

}  // namespace temper
