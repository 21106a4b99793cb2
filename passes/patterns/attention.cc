// Attention that a program spells out (scores of queries and keys, scaled and masked, softmax,
// times values) becomes temper::attention, which never stores all scores. The walk goes from the
// second product back to the first. Steps may stand in branches: what they take is handed out of
// the branch, None where it is not taken.

#include <set>
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

// A number, or a constant tensor that stands for one.
bool is_number(const Value* value) {
  const TypeKind kind = value->type()->kind();
  if (kind == TypeKind::kFloat || kind == TypeKind::kInt || kind == TypeKind::kNumber) return true;
  const IValue* constant = constant_of(value);
  return constant && constant->is_tensor() && constant->to_tensor().defined() &&
         constant->to_tensor().dim() == 0;
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
  // The walk goes through an input of a node; what it comes from is not needed any more.
  void pass(Node& node, uint32_t input) {
    if (visited_.empty() || visited_.back() != &node) visited_.push_back(&node);
    uses_.emplace(&node, input);
    inner_.push_back(node.input(input));
  }

  // Adds the steps from `end`, or from the first product when that is null, to `value`.
  bool trace(Value* value, Value* end, const Path& path, Steps* steps) {
    if (value == end) return true;
    Node* node = value->node();
    if (node->block() != block_of(path)) return false;
    if (node->is(Kind::kIf)) return trace_branches(*node, value->index(), end, path, steps);
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
    const size_t visited = visited_.size(), inner = inner_.size();
    const auto uses = uses_;
    if (stored) pass(*stored, 0), pass(*stored, 1);
    pass(node, static_cast<uint32_t>(side));
    if (!trace(node.input(side), end, path, steps)) {
      visited_.resize(visited);
      inner_.resize(inner);
      uses_ = uses;
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
    const size_t visited = visited_.size(), inner = inner_.size();
    const auto uses = uses_;
    for (Value* start : starts) {
      Steps before, changes;
      visited_.push_back(&branch);
      slots_[&branch] = index;
      bool found = true;
      for (size_t i = 0; i < 2 && found; ++i) {
        Path inside = path;
        inside.emplace_back(&branch, i);
        Node* const ret = branch.block_at(i)->ret();
        uses_.emplace(ret, index);
        inner_.push_back(ret->input(index));
        found = trace(ret->input(index), start, inside, &changes);
      }
      if (found && trace(start, end, path, &before)) {
        steps->insert(steps->end(), before.begin(), before.end());
        steps->insert(steps->end(), changes.begin(), changes.end());
        return true;
      }
      visited_.resize(visited);
      inner_.resize(inner);
      uses_ = uses;
    }
    return false;
  }

  // Values from before the block that steps in it may have started with.
  void collect_starts(Value* value, const Block& block, std::vector<Value*>* starts) const {
    Node* node = value->node();
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

  bool start(Node& node, Steps* steps) {
    const bool sums = node.op() == ops_.baddbmm;
    if (!sums && node.op() != ops_.matmul && node.op() != ops_.bmm) return false;
    query_ = node.input(sums ? 1 : 0);
    key_ = node.input(sums ? 2 : 1);
    first_ = &node;
    visited_.push_back(&node);
    Step step{sums ? "baddbmm" : (node.op() == ops_.bmm ? "bmm" : "matmul"), {}, {}};
    if (sums) step.operands = {node.input(0), node.input(3), node.input(4)};
    steps->push_back(std::move(step));
    return true;
  }

  // Numbers that query and key are scaled with before their product.
  void scale_factors() {
    const uint32_t query = first_->op() == ops_.baddbmm ? 1 : 0;
    if (const Node* scaled = scale_of(query_, *first_, query)) {
      add_scale("", *scaled);
      query_ = scaled->input(0);
    }
    Node* turn = key_->node();
    const bool turns = turn->op() == ops_.transpose || turn->op() == ops_.permute;
    if (const Node* scaled = scale_of(key_, *first_, query + 1)) {
      add_scale("key_", *scaled);
      key_ = scaled->input(0);
    } else if (turns && only_use(*key_) && turn->block() == block_) {
      const Node* before = scale_of(turn->input(0), *turn, 0);
      if (!before) return;
      uses_.emplace(first_, query + 1);
      inner_.push_back(key_);
      turn_ = turn;
      key_ = before->input(0);
      add_scale("key_", *before);
    }
  }

  void add_scale(const char* prefix, const Node& scaled) {
    steps_.insert(steps_.begin(),
                  {str_cat(prefix, ops_.step(scaled)->word), {scaled.input(1)}, {}});
  }

  // The node that scales what the user takes, when it does nothing else.
  const Node* scale_of(Value* value, Node& user, uint32_t input) {
    Node* node = value->node();
    const Spelling* spelling = ops_.step(*node);
    const bool scales = spelling && (spelling->word == std::string_view("mul") ||
                                     spelling->word == std::string_view("div"));
    if (!scales || !only_use(*value) || node->block() != block_ || !is_number(node->input(1))) {
      return nullptr;
    }
    if (&user != first_) visited_.push_back(&user);
    visited_.push_back(node);
    uses_.emplace(&user, input);
    inner_.push_back(value);
    return node;
  }

  static bool only_use(const Value& value) { return value.uses().size() == 1; }

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
    if (!only_use(*node.output())) return nullptr;
    const ir::Use use = node.output()->uses()[0];
    return use.index == 0 && use.node->block() == block_ && use.node->op() ? use.node : nullptr;
  }

  void follow(Node& node, const char* word) {
    Step step{word, {}, {}};
    for (size_t i = 1; i < node.inputs().size(); ++i) step.operands.push_back(node.input(i));
    if (step.word == "contiguous") step.operands.clear();
    steps_.push_back(std::move(step));
    uses_.emplace(&node, 0);
    inner_.push_back(last_->output());
    visited_.insert(visited_.begin(), &node);
    last_ = &node;
  }

  // Nobody else looks at what is computed on the way.
  bool closed() const {
    for (const Value* value : inner_) {
      for (const ir::Use& use : value->uses()) {
        if (!uses_.count({use.node, use.index})) return false;
      }
    }
    return true;
  }

  bool written() const {
    std::vector<Value*> taken = {query_, key_, value_};
    for (const Step& step : steps_) {
      taken.insert(taken.end(), step.operands.begin(), step.operands.end());
    }
    std::unordered_set<const Node*> nodes;
    for (const Node* node : visited_) {
      // A branch stays, and may write.
      if (node->block() == block_ && !node->is(Kind::kIf)) nodes.insert(node);
    }
    return written_meanwhile(graph_, *last_, taken, nodes);
  }

  Value* turned_key() {
    if (!turn_) return key_;
    const ir::InsertScope scope(&graph_, last_);
    std::vector<Value*> inputs(turn_->inputs().begin(), turn_->inputs().end());
    inputs[0] = key_;
    Node* turned = graph_.insert(graph_.create_op(turn_->op(), inputs, {turn_->output()->type()}));
    turned->set_range(turn_->range());
    return turned->output();
  }

  // What stands for the operand of a step where the chain ends.
  Value* outside(Value* value, const Path& path, bool decides) {
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
  Node *first_ = nullptr, *last_ = nullptr;  // first product; the last node that is replaced
  Node* turn_ = nullptr;                     // turns the scaled key
  Steps steps_;
  std::vector<Node*> visited_;  // from the end to the start
  std::vector<Value*> inner_;   // values that vanish, and who may use them
  std::set<std::pair<const Node*, uint32_t>> uses_;
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
