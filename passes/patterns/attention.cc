// Attention that a program spells out (scores of queries and keys, scaled and masked, softmax,
// times values) becomes temper::attention, which never stores all scores. The walk goes from the
// second product back to the first. Steps may stand in branches: what they take is handed out of
// the branch, None where it is not taken.

#include <algorithm>
#include <array>
#include <string>

#include "passes/constants.h"
#include "passes/match/match.h"
#include "passes/pass.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

// An operator on the scores; its word is that of temper::attention.
struct Spelling {
  const char* key;
  const char* word;
  size_t value;                  // the argument that is changed
  std::vector<size_t> operands;  // the others, as attention takes them
  bool commutes = false;         // the value may be the first operand too (a sum's factor is one)
};

const std::vector<Spelling>& spellings() {
  static const std::vector<Spelling> all = {
      {"aten::mul.Tensor", "mul", 0, {1}, true},
      {"aten::mul.Scalar", "mul", 0, {1}},
      {"aten::multiply.Tensor", "mul", 0, {1}, true},
      {"aten::multiply.Scalar", "mul", 0, {1}},
      {"aten::div.Tensor", "div", 0, {1}},
      {"aten::div.Scalar", "div", 0, {1}},
      {"aten::true_divide.Tensor", "div", 0, {1}},
      {"aten::true_divide.Scalar", "div", 0, {1}},
      {"aten::add.Tensor", "add", 0, {1, 2}, true},
      {"aten::sub.Tensor", "sub", 0, {1, 2}},
      {"aten::masked_fill.Scalar", "masked_fill", 0, {1, 2}},
      {"aten::masked_fill.Tensor", "masked_fill", 0, {1, 2}},
      {"aten::where.self", "where", 1, {0, 2}},
      {"aten::where.ScalarOther", "where", 1, {0, 2}},
      {"aten::view", "view", 0, {1}},
      {"aten::reshape", "reshape", 0, {1}},
  };
  return all;
}

// Where a step stands inside of branches, from the outermost in.
using Path = std::vector<std::pair<Node*, size_t>>;

struct Step {
  std::string word;
  std::vector<Value*> operands;
  Path path;
};
using Steps = std::vector<Step>;

struct Operators {
  explicit Operators(const OpRegistry& ops)
      : attention(ops.find("temper::attention")),
        as_in_place(ops.find("temper::as_in_place")),
        matmul(ops.find("aten::matmul")),
        bmm(ops.find("aten::bmm")),
        baddbmm(ops.find("aten::baddbmm")),
        softmax(ops.find("aten::softmax.int")),
        transpose(ops.find("aten::transpose.int")),
        permute(ops.find("aten::permute")),
        contiguous(ops.find("aten::contiguous")),
        view(ops.find("aten::view")),
        reshape(ops.find("aten::reshape")) {
    for (const Spelling& spelling : spellings()) steps[ops.find(spelling.key)] = &spelling;
  }
  const Spelling* step(const Node& node) const {
    const auto found = steps.find(node.op());
    return node.op() && found != steps.end() ? found->second : nullptr;
  }

  const OpDef *attention, *as_in_place, *matmul, *bmm, *baddbmm, *softmax, *transpose, *permute,
      *contiguous, *view, *reshape;
  std::unordered_map<const OpDef*, const Spelling*> steps;
};

bool is_one(const Value* value) {
  const IValue* constant = constant_of(value);
  return constant && (constant->is_int() || constant->is_double()) &&
         constant->scalar_as_double() == 1;
}

// A number, or a tensor that certainly has no dims.
bool is_number(const Value* value, int depth = 8) {
  const TypeKind kind = value->type()->kind();
  if (kind == TypeKind::kFloat || kind == TypeKind::kInt || kind == TypeKind::kNumber) return true;
  if (const IValue* constant = constant_of(value)) {
    return constant->is_tensor() && constant->to_tensor().defined() &&
           constant->to_tensor().dim() == 0;
  }
  const OpDef* op = value->node()->op();
  if (!op || depth == 0) return false;
  if (op->name() == "prim::NumToTensor") return true;
  const auto& inputs = value->node()->inputs();
  return op->pointwise() && std::all_of(inputs.begin(), inputs.end(), [&](const Value* input) {
           return input->type()->kind() == TypeKind::kNone || is_number(input, depth - 1);
         });
}

// One chain, found from its second product.
class Chain {
 public:
  Chain(const Operators& ops, Graph& graph) : ops_(ops), graph_(graph) {}

  bool find(Node& product) {
    if (product.op() != ops_.matmul && product.op() != ops_.bmm) return false;
    block_ = product.block();
    value_ = product.input(1);
    pass(product, 0);
    Node* softmax = product.input(0)->node();
    if (softmax->op() != ops_.softmax || softmax->block() != block_) return false;
    pass(*softmax, 0);
    if (!trace(softmax->input(0), nullptr, {}, &steps_)) return false;
    scale_factors();
    steps_.push_back({"softmax", {softmax->input(1), softmax->input(2)}, {}});
    steps_.push_back({product.op() == ops_.bmm ? "bmm" : "matmul", {}, {}});
    last_ = &product;
    follow_result();
    return closed() && !written();
  }

  // Gives the node that took the chain's place.
  Node* replace() {
    std::string words;
    std::vector<Value*> inputs = {query_, turned_key(), value_, nullptr};
    for (const Step& step : steps_) {
      words += str_cat(words.empty() ? "" : " ", step.word);
      for (size_t i = 0; i < step.operands.size(); ++i) {
        inputs.push_back(outside(step.operands[i], step.path, i == 0));
      }
    }
    const ir::InsertScope scope(&graph_, last_);
    inputs[3] = graph_.insert_constant(IValue(words), Type::string());
    Value* const old = last_->output();
    Node* made = graph_.insert(graph_.create_op(ops_.attention, inputs, {old->type()}));
    made->set_range(last_->range());
    old->replace_all_uses_with(made->output());
    erase();
    return made;
  }

 private:
  using Use = std::pair<const Node*, uint32_t>;

  // The walk goes through an input of a node; what it comes from is not needed any more.
  void pass(Node& node, uint32_t input) {
    if (visited_.empty() || visited_.back() != &node) visited_.push_back(&node);
    uses_.emplace_back(&node, input);
    inner_.push_back(node.input(input));
  }

  // How far the walk has come, to return to.
  std::array<size_t, 3> mark() const { return {visited_.size(), uses_.size(), inner_.size()}; }
  void back_to(const std::array<size_t, 3>& mark) {
    visited_.resize(mark[0]);
    uses_.resize(mark[1]);
    inner_.resize(mark[2]);
  }

  // Adds the steps from `end`, or from the first product when that is null, to `value`.
  bool trace(Value* value, Value* end, const Path& path, Steps* steps) {
    if (value == end) return true;
    Node* node = value->node();
    if (node->block() != block_of(path) || --budget_ < 0) return false;
    if (node->is(Kind::kIf)) {
      return trace_branches(*node, value->index(), end, path, steps) ||
             (!end && start_in_branches(*node, value->index(), steps));
    }
    if (!end && start(*node, steps)) return true;
    Node* const stored = node->op() == ops_.as_in_place ? node : nullptr;
    if (stored) node = stored->input(1)->node();
    const Spelling* spelling = ops_.step(*node);
    if (!spelling || node->block() != block_of(path)) return false;
    std::vector<size_t> sides = {spelling->value};
    if (spelling->commutes) sides.push_back(spelling->operands[0]);
    for (const size_t side : sides) {
      if (stored && node->input(side) != stored->input(0)) continue;
      if (trace_step(*node, *spelling, side, stored, end, path, steps)) return true;
    }
    return false;
  }

  bool trace_step(Node& node, const Spelling& spelling, size_t side, Node* stored, Value* end,
                  const Path& path, Steps* steps) {
    Step step{spelling.word, {}, path};
    for (const size_t operand : spelling.operands) step.operands.push_back(node.input(operand));
    if (side != spelling.value) {
      if (step.operands.size() > 1 && !is_one(step.operands[1])) return false;
      step.operands[0] = node.input(spelling.value);
    }
    const auto before = mark();
    if (stored) pass(*stored, 0), pass(*stored, 1);
    pass(node, static_cast<uint32_t>(side));
    if (!trace(node.input(side), end, path, steps)) {
      back_to(before);
      return false;
    }
    steps->push_back(std::move(step));
    if (stored) steps->push_back({"as_in_place", {}, path});
    return true;
  }

  // The two branches change one value that comes from before them.
  bool trace_branches(Node& branch, uint32_t index, Value* end, const Path& path, Steps* steps) {
    std::vector<Value*> starts;
    for (Block* block : branch.blocks()) collect_starts(block->outputs()[index], *block, &starts);
    const auto here = mark();
    for (Value* start : starts) {
      Steps before, changes;
      visited_.push_back(&branch);
      slots_[&branch] = index;
      bool found = true;
      for (size_t i = 0; i < 2 && found; ++i) {
        Path inside = path;
        inside.emplace_back(&branch, i);
        leave(branch, i, index);
        found = trace(branch.block_at(i)->outputs()[index], start, inside, &changes);
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

  void leave(Node& branch, size_t taken, uint32_t index) {
    Node* const ret = branch.block_at(taken)->ret();
    uses_.emplace_back(ret, index);
    inner_.push_back(ret->input(index));
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
    const Spelling* spelling = ops_.step(*node);
    if (!spelling) return;
    collect_starts(node->input(spelling->value), block, starts);
    if (spelling->commutes) collect_starts(node->input(spelling->operands[0]), block, starts);
  }

  Block* block_of(const Path& path) const {
    return path.empty() ? block_ : path.back().first->block_at(path.back().second);
  }

  // Takes a node that multiplies query and key.
  bool start(Node& node, Steps* steps, const Path& path = {}) {
    const bool sums = node.op() == ops_.baddbmm;
    if (!sums && node.op() != ops_.matmul && node.op() != ops_.bmm) return false;
    const uint32_t first = sums ? 1 : 0;
    query_ = node.input(first);
    key_ = node.input(first + 1);
    query_uses_.emplace_back(&node, first);
    key_uses_.emplace_back(&node, first + 1);
    visited_.push_back(&node);
    Step step{sums ? "baddbmm" : (node.op() == ops_.bmm ? "bmm" : "matmul"), {}, path};
    if (sums) step.operands = {node.input(0), node.input(3), node.input(4)};
    steps->push_back(std::move(step));
    return true;
  }

  // One branch adds a mask to the product of the other.
  bool start_in_branches(Node& branch, uint32_t index, Steps* steps) {
    const auto here = mark();
    visited_.push_back(&branch);
    slots_[&branch] = index;
    std::array<Steps, 2> taken;
    std::array<Value*, 2> queries{}, keys{};
    for (size_t i = 0; i < 2; ++i) {
      Node& node = *branch.block_at(i)->outputs()[index]->node();
      if (node.block() != branch.block_at(i) || !start(node, &taken[i], {{&branch, i}})) break;
      leave(branch, i, index);
      queries[i] = query_;
      keys[i] = key_;
    }
    const auto found = [&](size_t sum, size_t plain) {
      return keys[1] && taken[sum][0].word == "baddbmm" && taken[plain][0].word == "bmm";
    };
    const bool first = found(0, 1);
    if ((first || found(1, 0)) && queries[0] == queries[1] && same_turned(*keys[0], *keys[1]) &&
        unturn(branch)) {
      steps->push_back(taken[first ? 0 : 1][0]);
      return true;
    }
    query_uses_.clear();
    key_uses_.clear();
    back_to(here);
    return false;
  }

  // Two values, or two views of one value that are made alike.
  static bool same_turned(const Value& a, const Value& b) {
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

  // A key that a branch turns is turned where the chain ends.
  bool unturn(const Node& branch) {
    if (!inside(*key_, branch)) return true;
    turn_ = key_->node();
    key_ = turn_->input(0);
    return !inside(*key_, branch);
  }

  // Numbers that query and key are scaled with before their product.
  void scale_factors() {
    take_scale(&query_, query_uses_, "");
    if (turn_) return;
    take_scale(&key_, key_uses_, "key_");
    Node* turn = key_->node();
    if (turn->op() != ops_.transpose && turn->op() != ops_.permute) return;
    if (turn->block() != block_ || !only_used_by(*key_, key_uses_)) return;
    Value* scaled = turn->input(0);
    visited_.push_back(turn);
    if (!take_scale(&scaled, {{turn, 0}}, "key_")) return visited_.pop_back();
    uses_.insert(uses_.end(), key_uses_.begin(), key_uses_.end());
    inner_.push_back(key_);
    turn_ = turn;
    key_ = scaled;
  }

  // When a number scales the value for these users alone, scaling becomes a step.
  bool take_scale(Value** value, const std::vector<Use>& users, const char* prefix) {
    Node* node = (*value)->node();
    const Spelling* spelling = ops_.step(*node);
    const bool scales = spelling && (spelling->word == std::string_view("mul") ||
                                     spelling->word == std::string_view("div"));
    if (!scales || node->block() != block_ || !is_number(node->input(1)) ||
        !only_used_by(**value, users)) {
      return false;
    }
    visited_.push_back(node);
    uses_.insert(uses_.end(), users.begin(), users.end());
    inner_.push_back(*value);
    steps_.insert(steps_.begin(), {str_cat(prefix, spelling->word), {node->input(1)}, {}});
    *value = node->input(0);
    return true;
  }

  static bool only_used_by(const Value& value, const std::vector<Use>& users) {
    return std::all_of(value.uses().begin(), value.uses().end(), [&](const ir::Use& use) {
      return std::find(users.begin(), users.end(), Use(use.node, use.index)) != users.end();
    });
  }

  // Heads are put together again: the turned result is copied.
  void follow_result() {
    Node* turn = next(*last_);
    if (!turn || (turn->op() != ops_.transpose && turn->op() != ops_.permute)) return;
    Node* copy = next(*turn);
    if (!copy || (copy->op() != ops_.contiguous && copy->op() != ops_.reshape)) return;
    const bool plain = copy->op() == ops_.contiguous;
    if (plain) {
      const IValue* format = constant_of(copy->input(1));
      if (!format || !format->is_int() || format->to_int() != 0) return;
    }
    follow(*turn, turn->op() == ops_.transpose ? "transpose" : "permute");
    follow(*copy, plain ? "contiguous" : "reshape");
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
    Step step{word, {}, {}};
    for (size_t i = 1; i < node.inputs().size(); ++i) step.operands.push_back(node.input(i));
    if (step.word == "contiguous") step.operands.clear();
    steps_.push_back(std::move(step));
    uses_.emplace_back(&node, 0);
    inner_.push_back(last_->output());
    visited_.insert(visited_.begin(), &node);
    last_ = &node;
  }

  // Nobody else looks at what is computed on the way.
  bool closed() const {
    return std::all_of(inner_.begin(), inner_.end(),
                       [this](const Value* value) { return only_used_by(*value, uses_); });
  }

  bool written() const {
    std::vector<Value*> taken = {query_, key_, value_};
    for (const Step& step : steps_) {
      taken.insert(taken.end(), step.operands.begin(), step.operands.end());
    }
    std::unordered_set<const Node*> nodes;
    for (const Node* node : visited_) {
      if (node->block() == block_) nodes.insert(node);
    }
    return written_meanwhile(graph_, *last_, taken, nodes);
  }

  Value* turned_key() {
    if (!turn_) return key_;
    const ir::InsertScope scope(&graph_, last_);
    std::vector<Value*> inputs = {key_};
    for (Value* input : turn_->inputs().subspan(1)) {
      const IValue* constant = constant_of(input);
      inputs.push_back(constant ? graph_.insert_constant(*constant, input->type()) : input);
    }
    Node* turned = graph_.insert(graph_.create_op(turn_->op(), inputs, {turn_->output()->type()}));
    turned->set_range(turn_->range());
    return turned->output();
  }

  // What stands for the operand of a step where the chain ends.
  Value* outside(Value* value, const Path& path, bool decides) {
    if (const IValue* constant = constant_of(value); constant && !decides && !path.empty()) {
      const ir::InsertScope scope(&graph_, last_);
      return graph_.insert_constant(*constant, value->type());
    }
    for (size_t i = path.size(); i-- > 0;) {
      const auto [branch, taken] = path[i];
      if (!decides && !inside(*value, *branch)) continue;
      Block* const other = branch->block_at(1 - taken);
      const ir::InsertScope scope(&graph_, other->ret());
      other->add_output(graph_.insert_constant(IValue(), Type::none()));
      branch->block_at(taken)->add_output(value);
      value = branch->add_output(optional_of(value->type()));
    }
    return value;
  }

  static bool inside(const Value& value, const Node& branch) {
    for (const Block* block = value.node()->block(); block;
         block = block->owner() ? block->owner()->block() : nullptr) {
      if (block->owner() == &branch) return true;
    }
    return false;
  }

  // The walk went backwards: users come before what they use.
  void erase() {
    for (Node* node : visited_) {
      if (!node->is(Kind::kIf)) {
        node->destroy();
        continue;
      }
      const uint32_t slot = slots_.at(node);
      for (Block* block : node->blocks()) block->ret()->remove_input(slot);
      node->remove_output(slot);
    }
  }

  const Operators& ops_;
  Graph& graph_;
  Block* block_ = nullptr;  // of the products
  Value *query_ = nullptr, *key_ = nullptr, *value_ = nullptr;
  std::vector<Use> query_uses_, key_uses_;  // by the first product
  Node* last_ = nullptr;                    // that is replaced
  Node* turn_ = nullptr;                    // turns the key that is taken
  Steps steps_;
  std::vector<Node*> visited_;  // from the end to the start
  std::vector<Value*> inner_;   // values that vanish, and who may use them
  std::vector<Use> uses_;
  int budget_ = 200;                                 // values that the walk may still look at
  std::unordered_map<const Node*, uint32_t> slots_;  // what branches give of the chain
};

bool visit(const Operators& ops, Graph& graph, Block& block) {
  bool changed = false;
  for (Node* node = block.first(); node != block.ret(); node = node->next()) {
    for (Block* inner : node->blocks()) changed |= visit(ops, graph, *inner);
    Chain chain(ops, graph);
    if (!chain.find(*node)) continue;
    node = chain.replace();
    changed = true;
  }
  return changed;
}

}  // namespace

bool recognize_attention(PassContext& context, Graph& graph) {
  const bool inner = visit_subgraphs(
      *graph.block(), [&](Graph& body) { return recognize_attention(context, body); });
  return visit(Operators(context.ops), graph, *graph.block()) || inner;
}

}  // namespace temper
