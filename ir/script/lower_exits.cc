#include "ir/script/lower_exits.h"

#include <algorithm>

#include "core/base/error.h"

namespace temper::ir {
namespace {

// Every exit nests what follows it one block deeper.
constexpr int kMaxDepth = 600;

enum class Status : uint8_t { kNever, kMaybe, kAlways, kThrows };

// How control leaves a block early. `values` are set for kMaybe and kAlways, `exited` (a bool) for
// kMaybe; both are visible after the node they come from.
struct Outcome {
  Status status = Status::kNever;
  Value* exited = nullptr;
  std::vector<Value*> values;

  bool leaves() const { return status == Status::kAlways || status == Status::kThrows; }
};

// Lowers one kind of exit; what leaves further out is treated like an exception until its turn.
class ExitLowering {
 public:
  ExitLowering(Graph& graph, ExitTable& table, Exit::Kind kind, TypePtr result)
      : graph_(graph), table_(table), kind_(kind), result_(std::move(result)) {}

  void run() {
    Block* top = graph_.block();
    if (kind_ == Exit::kReturn) {
      resolve_target(top, top);
    } else {
      lower(top);
    }
  }

 private:
  // Inserts at the end of `block`.
  Value* placeholder(Block* block, TypePtr type) {
    Node* node = graph_.create(Kind::kUninitialized);
    node->add_output(std::move(type));
    block->append(node);
    return node->output();
  }
  Value* flag(Block* block, bool value) {
    Node* node = graph_.create_constant(IValue(value), Type::boolean());
    block->append(node);
    return node->output();
  }
  void set_outputs(Block* block, const std::vector<Value*>& values) {
    block->ret()->remove_all_inputs();
    for (Value* value : values) block->add_output(value);
  }
  std::vector<TypePtr> output_types(const Block* block) const {
    std::vector<TypePtr> types;
    for (const Value* value : block->outputs()) types.push_back(value->type());
    return types;
  }
  // What the target expects: what the function or the next iteration takes.
  std::vector<TypePtr> target_types() const {
    if (!target_->owner()) return {result_};
    std::vector<TypePtr> types{Type::boolean()};
    for (const Value* value : target_->inputs().subspan(1)) types.push_back(value->type());
    return types;
  }

  // Everything in `block` up to its outputs; makes them what `target` must hand out.
  void resolve_target(Block* block, Block* target) {
    Block* outer = std::exchange(target_, target);
    if (block == target) types_stack_.push_back(target_types());
    Outcome outcome = lower(block);
    if (outcome.leaves() && outcome.status == Status::kAlways) set_outputs(block, outcome.values);
    if (block == target) types_stack_.pop_back();
    target_ = outer;
  }
  const std::vector<TypePtr>& types() const { return types_stack_.back(); }

  // Walks the nodes. For a block that is the target (or holds the rest of it) a kMaybe is resolved
  // into the outputs; otherwise it is reported.
  Outcome lower(Block* block) {
    if (++depth_ > kMaxDepth) fail("too many returns, breaks or continues follow each other");
    const Outcome outcome = lower_nodes(block);
    --depth_;
    return outcome;
  }

  Outcome lower_nodes(Block* block) {
    for (Node* node = block->first(); node != block->ret(); node = node->next()) {
      const auto with = table_.with_ends.find(node);
      Node* last = with == table_.with_ends.end() ? node : with->second;
      Outcome outcome;
      if (node->is(Kind::kIf)) {
        Outcome branches[2] = {lower(node->block_at(0)), lower(node->block_at(1))};
        for (size_t i = 0; i < 2; ++i) {
          const bool one =
              branches[i].status == Status::kAlways && branches[1 - i].status == Status::kNever;
          if (one && last == node) return sink_rest(block, node, i, branches[i].values);
        }
        outcome = join_branches(node, branches[0], branches[1]);
      } else if (node->is(Kind::kLoop)) {
        outcome = lower_loop(node);
      }
      if (outcome.status == Status::kNever) continue;
      if (outcome.leaves()) {
        cut_after(block, last);
        return outcome;
      }
      return guard_rest(block, last, std::move(outcome));
    }
    return end_of(block);
  }

  Outcome end_of(Block* block) {
    const auto found = table_.exits.find(block);
    if (found == table_.exits.end()) return {};
    const Exit& exit = found->second;
    if (exit.kind != kind_ || exit.target != target_) return {Status::kThrows, nullptr, {}};
    Outcome outcome{Status::kAlways, nullptr, exit.values};
    table_.exits.erase(found);
    return outcome;
  }

  // Removes what cannot be reached.
  void cut_after(Block* block, Node* last) {
    std::vector<Value*> outputs;
    const std::vector<TypePtr> types = output_types(block);
    block->ret()->remove_all_inputs();
    while (block->ret()->prev() != last) block->ret()->prev()->destroy();
    for (const TypePtr& type : types) outputs.push_back(placeholder(block, type));
    set_outputs(block, outputs);
    table_.exits.erase(block);
  }

  // Nodes after `last` run only if nothing exited: they move into the second branch of an If.
  Outcome guard_rest(Block* block, Node* last, Outcome outcome) {
    if (last->next() == block->ret() && !table_.exits.count(block) && !holds_target(block)) {
      return outcome;
    }
    Node* choice = graph_.create(Kind::kIf, {outcome.exited});
    choice->set_range(last->range());
    choice->add_block();
    move_rest(block, last, choice->add_block());
    block->append(choice);
    return finish_guard(block, choice, 0, outcome.values);
  }

  // One branch of an If exits: the nodes after it join the other branch.
  Outcome sink_rest(Block* block, Node* choice, size_t exiting, const std::vector<Value*>& values) {
    Block* live = choice->block_at(1 - exiting);
    for (size_t i = 0; i < choice->outputs().size(); ++i) {
      replace_everywhere(choice->output(i), live->outputs()[i]);
    }
    while (!choice->outputs().empty()) choice->remove_output(choice->outputs().size() - 1);
    for (Block* branch : choice->blocks()) branch->ret()->remove_all_inputs();
    move_rest(block, choice, live);
    return finish_guard(block, choice, exiting, values);
  }

  void replace_everywhere(Value* from, Value* to) {
    from->replace_all_uses_with(to);
    for (auto& [block, exit] : table_.exits) {
      std::replace(exit.values.begin(), exit.values.end(), from, to);
    }
  }

  // Moves what follows `last`, the outputs and the exit of `block` to the end of `to`.
  void move_rest(Block* block, Node* last, Block* to) {
    const std::vector<Value*> outputs(block->outputs().begin(), block->outputs().end());
    block->ret()->remove_all_inputs();
    while (last->next() != block->ret()) last->next()->move_before(to->ret());
    for (Value* output : outputs) to->add_output(output);
    if (auto exit = table_.exits.extract(block)) {
      exit.key() = to;
      table_.exits.insert(std::move(exit));
    }
  }

  // `choice` ends `block`: its branch `exiting` leaves with `values`, the other holds the rest.
  Outcome finish_guard(Block* block, Node* choice, size_t exiting,
                       const std::vector<Value*>& values) {
    Block* left = choice->block_at(exiting);
    Block* rest = choice->block_at(1 - exiting);
    if (holds_target(block)) {
      for (Value* value : values) left->add_output(value);
      rest_of_target_.push_back(rest);
      const Outcome after = lower(rest);
      if (after.status == Status::kAlways) set_outputs(rest, after.values);
      rest_of_target_.pop_back();
      for (const TypePtr& type : types()) block->add_output(choice->add_output(type));
      return {};
    }
    const std::vector<TypePtr> natural = output_types(rest);
    const Outcome after = lower(rest);
    for (const TypePtr& type : natural) left->add_output(placeholder(left, type));
    left->add_output(flag(left, true));
    for (Value* value : values) left->add_output(value);
    add_exit_outputs(rest, after);
    for (const TypePtr& type : natural) block->add_output(choice->add_output(type));
    Outcome joined = exit_results(choice);
    if (after.leaves()) joined = {Status::kAlways, nullptr, joined.values};
    return joined;
  }

  bool holds_target(const Block* block) const {
    return block == target_ || (!rest_of_target_.empty() && rest_of_target_.back() == block);
  }

  // Appends the exit flag and values to the outputs of a branch.
  void add_exit_outputs(Block* block, const Outcome& outcome) {
    const bool known = outcome.status == Status::kMaybe || outcome.status == Status::kAlways;
    block->add_output(outcome.exited ? outcome.exited
                                     : flag(block, outcome.status == Status::kAlways));
    for (size_t i = 0; i < types().size(); ++i) {
      block->add_output(known ? outcome.values[i] : placeholder(block, types()[i]));
    }
  }
  // The results that correspond to what add_exit_outputs() appended.
  Outcome exit_results(Node* node) {
    Outcome outcome;
    outcome.status = Status::kMaybe;
    outcome.exited = node->add_output(Type::boolean());
    for (const TypePtr& type : types()) outcome.values.push_back(node->add_output(type));
    return outcome;
  }

  Outcome join_branches(Node* node, const Outcome& first, const Outcome& second) {
    const bool throws_first = first.status == Status::kThrows;
    const bool throws_second = second.status == Status::kThrows;
    if (throws_first && throws_second) return {Status::kThrows, nullptr, {}};
    if ((throws_first || first.status == Status::kNever) &&
        (throws_second || second.status == Status::kNever)) {
      return {};
    }
    add_exit_outputs(node->block_at(0), first);
    add_exit_outputs(node->block_at(1), second);
    Outcome joined = exit_results(node);
    if (first.leaves() && second.leaves()) joined = {Status::kAlways, nullptr, joined.values};
    return joined;
  }

  Outcome lower_loop(Node* node) {
    Block* body = node->block_at(0);
    if (kind_ == Exit::kLoop) {
      std::vector<Block*> rest = std::exchange(rest_of_target_, {});
      resolve_target(body, body);
      rest_of_target_ = std::move(rest);
      return {};
    }
    const Outcome inside = lower(body);
    if (inside.status == Status::kNever || inside.status == Status::kThrows) return {};
    stop_when_exited(body, inside);
    add_exit_outputs(body, inside);
    // Nothing has exited before the first iteration.
    const InsertScope insert(&graph_, node);
    body->add_input(Type::boolean());
    node->add_input(graph_.insert_constant(IValue(false), Type::boolean()));
    for (const TypePtr& type : types()) {
      body->add_input(type);
      Node* empty = graph_.insert(graph_.create(Kind::kUninitialized));
      node->add_input(empty->add_output(type));
    }
    return exit_results(node);
  }

  // The condition of the next iteration: not after an exit.
  void stop_when_exited(Block* body, const Outcome& inside) {
    if (inside.status == Status::kAlways) return body->ret()->set_input(0, flag(body, false));
    Node* choice = graph_.create(Kind::kIf, {inside.exited});
    Block* stop = choice->add_block();
    Block* proceed = choice->add_block();
    Value* condition = body->outputs()[0];
    body->append(choice);
    stop->add_output(flag(stop, false));
    proceed->add_output(condition);
    body->ret()->set_input(0, choice->add_output(Type::boolean()));
  }

  Graph& graph_;
  ExitTable& table_;
  const Exit::Kind kind_;
  const TypePtr result_;
  Block* target_ = nullptr;
  std::vector<std::vector<TypePtr>> types_stack_;
  std::vector<Block*> rest_of_target_;
  int depth_ = 0;
};

}  // namespace

void lower_exits(Graph& graph, ExitTable table, const TypePtr& result) {
  if (table.exits.empty()) return;
  ExitLowering(graph, table, Exit::kLoop, result).run();
  ExitLowering(graph, table, Exit::kReturn, result).run();
}

}  // namespace temper::ir
