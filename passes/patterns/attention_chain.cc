#include "passes/patterns/attention_chain.h"

#include <algorithm>
#include <array>

#include "passes/constants.h"
#include "passes/match/match.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;
using Steps = std::vector<AttentionStep>;
using Use = std::pair<const Node*, uint32_t>;

namespace {

// Two values, or two views of one value that are made alike.
bool same_view(const Value& a, const Value& b) {
  if (&a == &b) return true;
  const Node &x = *a.node(), &y = *b.node();
  if (!x.op() || x.op() != y.op() || !x.op()->has(kViewOp)) return false;
  if (x.input(0) != y.input(0)) return false;
  for (size_t i = 1; i < x.inputs().size(); ++i) {
    const IValue *p = constant_of(x.input(i)), *q = constant_of(y.input(i));
    if (!p || !q || !same_constant(*p, *q)) return false;
  }
  return true;
}

bool only_used_by(const Value& value, const std::vector<Use>& users) {
  return std::all_of(value.uses().begin(), value.uses().end(), [&](const ir::Use& use) {
    return std::find(users.begin(), users.end(), Use(use.node, use.index)) != users.end();
  });
}

}  // namespace

bool is_inside(const Value& value, const Node& node) {
  for (const Block* block = value.node()->block(); block;
       block = block->owner() ? block->owner()->block() : nullptr) {
    if (block->owner() == &node) return true;
  }
  return false;
}

// From the second product back to the first, then on to what is done with the result.
class AttentionFinder::Walk {
 public:
  Walk(const AttentionOperators& ops, const Graph& graph) : ops_(ops), graph_(graph) {}

  bool find(Node& product) {
    block_ = product.block();
    found_.value = product.input(1);
    pass(product, 0);
    Steps conversions;
    Node* softmax = product.input(0)->node();
    for (; converts(*softmax, &conversions); softmax = softmax->input(0)->node()) {
      pass(*softmax, 0);
    }
    if (softmax->op() != ops_.softmax || softmax->block() != block_) return false;
    pass(*softmax, 0);
    if (!trace(softmax->input(0), nullptr, {}, &found_.steps)) return false;
    if (typed_ && typed_->input(1) != converted_) return false;
    scale_factors();
    found_.steps.push_back({"softmax", {softmax->input(1), softmax->input(2)}});
    found_.steps.insert(found_.steps.end(), conversions.rbegin(), conversions.rend());
    found_.steps.push_back({product.op() == ops_.bmm ? "bmm" : "matmul", {}});
    found_.last = &product;
    follow_result();
    return closed() && !written();
  }

  AttentionChain take() { return std::move(found_); }

 private:
  // The walk goes through an input of a node; what it comes from is not needed any more.
  void pass(Node& node, uint32_t input) {
    if (found_.nodes.empty() || found_.nodes.back() != &node) found_.nodes.push_back(&node);
    uses_.emplace_back(&node, input);
    inner_.push_back(node.input(input));
  }

  // How far the walk has come, to return to.
  std::array<size_t, 3> mark() const { return {found_.nodes.size(), uses_.size(), inner_.size()}; }
  void back_to(const std::array<size_t, 3>& mark) {
    found_.nodes.resize(mark[0]);
    uses_.resize(mark[1]);
    inner_.resize(mark[2]);
  }

  // Weights are given another dtype, or that of scores that were converted.
  bool converts(Node& node, Steps* steps) {
    if (node.block() != block_) return false;
    const AttentionSpelling* spelling = ops_.step(node);
    if (spelling && spelling->word == "to" && converts_only(node)) {
      steps->push_back({"to", {node.input(1)}});
      return true;
    }
    if (node.op() != ops_.type_as || typed_) return false;
    typed_ = &node;
    uses_.emplace_back(&node, 1);
    steps->push_back({"type_as", {}});
    return true;
  }

  Block* block_of(const BranchPath& path) const {
    return path.empty() ? block_ : path.back().first->block_at(path.back().second);
  }

  // Adds the steps from `end`, or from the first product when that is null, to `value`.
  bool trace(Value* value, Value* end, const BranchPath& path, Steps* steps) {
    if (value == end) return true;
    Node* node = value->node();
    if (node->block() != block_of(path) || --budget_ < 0) return false;
    if (node->is(Kind::kIf)) {
      return trace_branches(*node, value->index(), end, path, steps) ||
             (!end && start_in_branches(*node, value->index(), steps));
    }
    if (!end && start(*node, {}, steps)) return true;
    Node* const stored = node->op() == ops_.as_in_place ? node : nullptr;
    if (stored) node = stored->input(1)->node();
    const AttentionSpelling* spelling = ops_.step(*node);
    if (!spelling || node->block() != block_of(path)) return false;
    std::vector<size_t> sides = {spelling->value};
    if (spelling->commutes) sides.push_back(spelling->operands[0]);
    for (const size_t side : sides) {
      if (stored && node->input(side) != stored->input(0)) continue;
      std::optional<AttentionStep> step = step_of(*node, *spelling, side, path);
      if (!step) continue;
      const auto here = mark();
      if (stored) pass(*stored, 0), pass(*stored, 1);
      pass(*node, static_cast<uint32_t>(side));
      take_expanded_mask(*node, &*step);
      if (trace(node->input(side), end, path, steps)) {
        if (step->word == "to") converted_ = node->input(0);
        steps->push_back(std::move(*step));
        if (stored) steps->push_back({"as_in_place", {}, path});
        return true;
      }
      back_to(here);
    }
    return false;
  }

  // A mask that is expanded to the very scores that it masks.
  void take_expanded_mask(Node& node, AttentionStep* step) {
    if (step->word != "masked_fill") return;
    Node* expand = node.input(1)->node();
    if (expand->op() != ops_.expand_as || expand->input(1) != node.input(0) ||
        expand->block() != node.block() || !only_used_by(*node.input(1), {{&node, 1}})) {
      return;
    }
    step->word = "masked_fill_as";
    step->operands[0] = expand->input(0);
    found_.nodes.push_back(expand);
    uses_.emplace_back(&node, 1);
    uses_.emplace_back(expand, 1);
    inner_.push_back(node.input(1));
  }

  // Both branches change one value that comes from before them.
  bool trace_branches(Node& branch, uint32_t index, Value* end, const BranchPath& path,
                      Steps* steps) {
    std::vector<Value*> starts;
    for (Block* block : branch.blocks()) collect_starts(block->outputs()[index], *block, &starts);
    const auto here = mark();
    for (Value* start : starts) {
      Steps before, changes;
      enter(branch, index);
      bool found = true;
      for (size_t i = 0; i < 2 && found; ++i) {
        BranchPath inside = path;
        inside.emplace_back(&branch, i);
        found = trace(leave(branch, i, index), start, inside, &changes);
      }
      if (found && trace(start, end, path, &before)) {
        steps->insert(steps->end(), before.begin(), before.end());
        steps->insert(steps->end(), changes.begin(), changes.end());
        return true;
      }
      back_to(here);
    }
    return false;
  }

  void enter(Node& branch, uint32_t index) {
    found_.nodes.push_back(&branch);
    found_.slots[&branch] = index;
  }

  Value* leave(Node& branch, size_t taken, uint32_t index) {
    Node* const ret = branch.block_at(taken)->ret();
    uses_.emplace_back(ret, index);
    inner_.push_back(ret->input(index));
    return ret->input(index);
  }

  // Values from before the block that steps in it may have started with.
  void collect_starts(Value* value, const Block& block, std::vector<Value*>* starts) {
    Node* node = value->node();
    if (--budget_ < 0) return;
    if (node->block() != &block) return starts->push_back(value);
    if (node->is(Kind::kIf)) {
      std::vector<Value*> nested;
      for (Block* inner : node->blocks()) {
        collect_starts(inner->outputs()[value->index()], *inner, &nested);
      }
      for (Value* start : nested) collect_starts(start, block, starts);
      return;
    }
    if (node->op() == ops_.as_in_place) return collect_starts(node->input(0), block, starts);
    const AttentionSpelling* spelling = ops_.step(*node);
    if (!spelling) return;
    collect_starts(node->input(spelling->value), block, starts);
    if (spelling->commutes) collect_starts(node->input(spelling->operands[0]), block, starts);
  }

  // Takes a node that multiplies query and key.
  bool start(Node& node, const BranchPath& path, Steps* steps) {
    const bool sums = node.op() == ops_.baddbmm;
    if (!sums && node.op() != ops_.matmul && node.op() != ops_.bmm) return false;
    const uint32_t first = sums ? 1 : 0;
    found_.query = node.input(first);
    found_.key = node.input(first + 1);
    query_uses_.emplace_back(&node, first);
    key_uses_.emplace_back(&node, first + 1);
    found_.nodes.push_back(&node);
    AttentionStep step{sums ? "baddbmm" : (node.op() == ops_.bmm ? "bmm" : "matmul"), {}, path};
    if (sums) step.operands = {node.input(0), node.input(3), node.input(4)};
    steps->push_back(std::move(step));
    return true;
  }

  // One branch adds a mask to the product of the other.
  bool start_in_branches(Node& branch, uint32_t index, Steps* steps) {
    const auto here = mark();
    enter(branch, index);
    std::array<Steps, 2> taken;
    std::array<Value*, 2> queries{}, keys{};
    for (size_t i = 0; i < 2; ++i) {
      Node& node = *leave(branch, i, index)->node();
      if (node.block() != branch.block_at(i) || !start(node, {{&branch, i}}, &taken[i])) break;
      queries[i] = found_.query;
      keys[i] = found_.key;
    }
    const auto adds = [&](size_t sum, size_t plain) {
      return keys[1] && taken[sum][0].word == "baddbmm" && taken[plain][0].word == "bmm";
    };
    if ((adds(0, 1) || adds(1, 0)) && queries[0] == queries[1] && same_view(*keys[0], *keys[1]) &&
        unturn(branch)) {
      steps->push_back(taken[adds(0, 1) ? 0 : 1][0]);
      return true;
    }
    query_uses_.clear();
    key_uses_.clear();
    back_to(here);
    return false;
  }

  // A key that a branch turns is turned where the chain ends.
  bool unturn(const Node& branch) {
    if (!is_inside(*found_.key, branch)) return true;
    found_.turn = found_.key->node();
    found_.key = found_.turn->input(0);
    return !is_inside(*found_.key, branch);
  }

  // Numbers that query and key are scaled with before their product.
  void scale_factors() {
    take_scale(&found_.query, query_uses_, "");
    if (found_.turn) return;
    take_scale(&found_.key, key_uses_, "key_");
    Node* turn = found_.key->node();
    if (!ops_.turns(*turn) || turn->block() != block_) return;
    if (!only_used_by(*found_.key, key_uses_)) return;
    Value* scaled = turn->input(0);
    found_.nodes.push_back(turn);
    if (!take_scale(&scaled, {{turn, 0}}, "key_")) return found_.nodes.pop_back();
    uses_.insert(uses_.end(), key_uses_.begin(), key_uses_.end());
    inner_.push_back(found_.key);
    found_.turn = turn;
    found_.key = scaled;
  }

  // When a number scales the value for these users alone, scaling becomes a step.
  bool take_scale(Value** value, const std::vector<Use>& users, const char* prefix) {
    Node* node = (*value)->node();
    const AttentionSpelling* spelling = ops_.step(*node);
    if (!spelling || (spelling->word != "mul" && spelling->word != "div")) return false;
    if (node->block() != block_ || !is_number(node->input(1))) return false;
    if (!only_used_by(**value, users)) return false;
    found_.nodes.push_back(node);
    uses_.insert(uses_.end(), users.begin(), users.end());
    inner_.push_back(*value);
    found_.steps.insert(found_.steps.begin(), {str_cat(prefix, spelling->word), {node->input(1)}});
    *value = node->input(0);
    return true;
  }

  // Heads are put together again: the turned result is copied.
  void follow_result() {
    Node* turn = next(*found_.last);
    if (!turn || !ops_.turns(*turn)) return;
    Node* copy = next(*turn);
    if (!copy) return;
    const bool plain = copy->op() == ops_.contiguous;
    if (plain) {
      const IValue* format = constant_of(copy->input(1));
      if (!format || !format->is_int() || format->to_int() != 0) return;
    } else if (copy->op() != ops_.reshape && copy->op() != ops_.flatten) {
      return;
    }
    follow(*turn, turn->op() == ops_.transpose ? "transpose" : "permute");
    follow(*copy, plain ? "contiguous" : (copy->op() == ops_.reshape ? "reshape" : "flatten"));
    Node* view = plain ? next(*copy) : nullptr;
    if (!view || (view->op() != ops_.view && view->op() != ops_.reshape)) return;
    follow(*view, view->op() == ops_.view ? "view" : "reshape");
  }

  // The only user, when it takes the result first.
  Node* next(const Node& node) const {
    if (node.output()->uses().size() != 1) return nullptr;
    const ir::Use use = node.output()->uses()[0];
    return use.index == 0 && use.node->block() == block_ && use.node->op() ? use.node : nullptr;
  }

  void follow(Node& node, const char* word) {
    AttentionStep step{word, {}};
    const bool plain = node.op() == ops_.contiguous;
    for (size_t i = 1; i < node.inputs().size() && !plain; ++i) {
      step.operands.push_back(node.input(i));
    }
    found_.steps.push_back(std::move(step));
    uses_.emplace_back(&node, 0);
    inner_.push_back(found_.last->output());
    found_.nodes.insert(found_.nodes.begin(), &node);
    found_.last = &node;
  }

  bool closed() const {
    return std::all_of(inner_.begin(), inner_.end(),
                       [this](const Value* value) { return only_used_by(*value, uses_); });
  }

  bool written() const {
    std::vector<Value*> taken = {found_.query, found_.key, found_.value};
    for (const AttentionStep& step : found_.steps) {
      taken.insert(taken.end(), step.operands.begin(), step.operands.end());
    }
    std::unordered_set<const Node*> nodes;
    for (const Node* node : found_.nodes) {
      if (node->block() == block_) nodes.insert(node);
    }
    return written_meanwhile(graph_, *found_.last, taken, nodes);
  }

  const AttentionOperators& ops_;
  const Graph& graph_;
  AttentionChain found_;
  Block* block_ = nullptr;                  // of the chain, but for what is in branches
  std::vector<Value*> inner_;               // values that vanish
  std::vector<Use> uses_;                   // by the chain
  std::vector<Use> query_uses_, key_uses_;  // by the first product
  const Node* typed_ = nullptr;             // weights get the dtype of its second input
  const Value* converted_ = nullptr;        // what the last conversion of scores took
  int budget_ = 200;                        // values that the walk may still look at
};

std::optional<AttentionChain> AttentionFinder::find(const Graph& graph, Node& product) const {
  if (product.op() != ops_.matmul && product.op() != ops_.bmm) return std::nullopt;
  Walk walk(ops_, graph);
  if (!walk.find(product)) return std::nullopt;
  return walk.take();
}

}  // namespace temper
