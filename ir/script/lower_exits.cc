#include "ir/script/lower_exits.h"

namespace temper::ir {
namespace {

enum class Status : uint8_t { kNever, kMaybe, kAlways, kThrows };

// How control leaves a block early. `exited` (a bool) and `values` are set for kMaybe and kAlways
// and visible after the node they come from.
struct Outcome {
  Status status = Status::kNever;
  Value* exited = nullptr;
  std::vector<Value*> values;

  bool leaves() const { return status == Status::kAlways || status == Status::kThrows; }
};

// Lowers one kind of exit; what leaves further out is treated like an exception until its turn.
class ExitLowering {
 public:
  ExitLowering(Graph& graph, ExitTable& table, Exit::Kind kind)
      : graph_(graph), table_(table), kind_(kind) {}

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
  // What the target expects: the outputs of its block when nothing exits early.
  std::vector<TypePtr> target_types() const {
    if (!target_->owner()) return output_types(target_);
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
    for (Node* node = block->first(); node != block->ret(); node = node->next()) {
      Outcome outcome;
      if (node->is(Kind::kIf)) outcome = lower_if(node);
      if (node->is(Kind::kLoop)) outcome = lower_loop(node);
      if (outcome.status == Status::kNever) continue;
      const auto with = table_.with_ends.find(node);
      Node* last = with == table_.with_ends.end() ? node : with->second;
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
    Outcome outcome{Status::kAlways, flag(block, true), exit.values};
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
    const bool is_target = holds_target(block);
    if (last->next() == block->ret() && !table_.exits.count(block) && !is_target) return outcome;
    const std::vector<TypePtr> natural = output_types(block);
    Node* choice = graph_.create(Kind::kIf, {outcome.exited});
    choice->set_range(last->range());
    Block* left = choice->add_block();
    Block* rest = choice->add_block();
    const std::vector<Value*> outputs(block->outputs().begin(), block->outputs().end());
    block->ret()->remove_all_inputs();
    while (last->next() != block->ret()) last->next()->move_before(rest->ret());
    block->append(choice);
    for (Value* output : outputs) rest->add_output(output);
    if (auto exit = table_.exits.extract(block)) {
      exit.key() = rest;
      table_.exits.insert(std::move(exit));
    }
    if (is_target) return guard_target(block, choice, outcome);
    Outcome after = lower(rest);
    for (const TypePtr& type : natural) left->add_output(placeholder(left, type));
    left->add_output(flag(left, true));
    for (Value* value : outcome.values) left->add_output(value);
    add_exit_outputs(rest, after);
    for (const TypePtr& type : natural) block->add_output(choice->add_output(type));
    Outcome joined = exit_results(choice);
    joined.status = after.leaves() ? Status::kAlways : Status::kMaybe;
    return joined;
  }

  // The rest of the target's block: its outputs become the target's in either case.
  Outcome guard_target(Block* block, Node* choice, const Outcome& outcome) {
    for (Value* value : outcome.values) choice->block_at(0)->add_output(value);
    Block* rest = choice->block_at(1);
    rest_of_target_.push_back(rest);
    const Outcome after = lower(rest);
    if (after.status == Status::kAlways) set_outputs(rest, after.values);
    rest_of_target_.pop_back();
    for (const TypePtr& type : types()) block->add_output(choice->add_output(type));
    return {};
  }
  bool holds_target(const Block* block) const {
    return block == target_ || (!rest_of_target_.empty() && rest_of_target_.back() == block);
  }

  // Appends the exit flag and values to the outputs of a branch.
  void add_exit_outputs(Block* block, const Outcome& outcome) {
    const bool known = outcome.status == Status::kMaybe || outcome.status == Status::kAlways;
    block->add_output(known ? outcome.exited : flag(block, false));
    for (size_t i = 0; i < types().size(); ++i) {
      block->add_output(known ? outcome.values[i] : placeholder(block, types()[i]));
    }
  }
  // The results that correspond to what add_exit_outputs() appended.
  Outcome exit_results(Node* node) {
    Outcome outcome;
    outcome.exited = node->add_output(Type::boolean());
    for (const TypePtr& type : types()) outcome.values.push_back(node->add_output(type));
    return outcome;
  }

  Outcome lower_if(Node* node) {
    const Outcome first = lower(node->block_at(0));
    const Outcome second = lower(node->block_at(1));
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
    joined.status = first.leaves() && second.leaves() ? Status::kAlways : Status::kMaybe;
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
    Outcome outcome = exit_results(node);
    outcome.status = Status::kMaybe;
    return outcome;
  }

  // The condition of the next iteration: not after an exit.
  void stop_when_exited(Block* body, const Outcome& inside) {
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
  Block* target_ = nullptr;
  std::vector<std::vector<TypePtr>> types_stack_;
  std::vector<Block*> rest_of_target_;
};

}  // namespace

void lower_exits(Graph& graph, ExitTable table) {
  if (table.exits.empty()) return;
  ExitLowering(graph, table, Exit::kLoop).run();
  ExitLowering(graph, table, Exit::kReturn).run();
}

}  // namespace temper::ir
