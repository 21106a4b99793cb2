// Branches, and the variables that leave them.

#include "ir/script/emitter.h"
#include "ir/script/term_kinds.h"

namespace temper::ir {

Emitter::BlockScope::BlockScope(Emitter& emitter, Block* block)
    : emitter_(emitter),
      frame_(emitter.frame_, block),
      insert_(&emitter.builder_.graph(), block->ret()) {
  emitter.frame_ = &frame_;
}

Emitter::BlockScope::~BlockScope() { emitter_.frame_ = frame_.parent; }

void Emitter::emit_if(const Stmt& stmt) {
  const Condition condition = emit_condition(*stmt.value);
  if (condition.known) {
    refine(*condition.known ? condition.when_true : condition.when_false);
    emit_statements(*condition.known ? stmt.body : stmt.orelse);
    return;
  }
  emit_branches(
      condition, [&] { emit_statements(stmt.body); }, [&] { emit_statements(stmt.orelse); });
}

Node* Emitter::emit_branches(const Condition& condition, const Body& then, const Body& otherwise) {
  Node* node = builder_.node(Kind::kIf, {condition.value});
  Frame frames[2] = {Frame(nullptr, nullptr), Frame(nullptr, nullptr)};
  for (size_t i = 0; i < 2; ++i) {
    BlockScope scope(*this, node->add_block());
    refine(i == 0 ? condition.when_true : condition.when_false);
    (i == 0 ? then : otherwise)();
    frames[i] = scope.frame();
  }
  join_branches(node, frames[0], frames[1]);
  return node;
}

void Emitter::join_branches(Node* node, Frame& then, Frame& otherwise) {
  const bool then_exits = exits(then.block);
  const bool otherwise_exits = exits(otherwise.block);
  if (then_exits && otherwise_exits) {
    set_exit({Exit::kNested, nullptr, {}});
    return;
  }
  std::set<std::string, std::less<>> names = then.assigned;
  names.insert(otherwise.assigned.begin(), otherwise.assigned.end());
  for (const std::string& name : names) {
    const bool in_then = then_exits || then.find(name);
    const bool in_otherwise = otherwise_exits || otherwise.find(name);
    if (in_then && in_otherwise) {
      join_variable(node, name, then, otherwise);
    } else {
      frame_->lost[name] = "only one branch of a condition defines it";
    }
  }
  join_refinements(then, otherwise);
}

// Types know returns and raises; after "if x is None: break" x may still be None, so that the rest
// of the loop may assign it.
bool Emitter::returns(const Block* block) const {
  const auto found = exits_.exits.find(block);
  if (found == exits_.exits.end()) return false;
  if (found->second.kind != Exit::kNested) return found->second.kind != Exit::kLoop;
  const Node* last = block->ret()->prev();
  while (!last->is(Kind::kIf)) last = last->prev();  // the end of a with statement may follow
  return returns(last->block_at(0)) && returns(last->block_at(1));
}

// The variable's value at the end of a branch; null when the branch gives it no value.
Value* Emitter::branch_value(Frame& frame, const std::string& name) {
  const TermPtr term = frame.find(name);
  return term ? term->plain_value() : nullptr;
}

void Emitter::join_variable(Node* node, const std::string& name, Frame& then, Frame& otherwise) {
  const bool then_exits = exits(then.block);
  const bool otherwise_exits = exits(otherwise.block);
  // What an exiting branch assigned is gone.
  if (then_exits && !otherwise.is_assigned(name)) return;
  if (otherwise_exits && !then.is_assigned(name)) return;
  Value* values[2] = {then_exits ? nullptr : branch_value(then, name),
                      otherwise_exits ? nullptr : branch_value(otherwise, name)};
  if ((!values[0] && !then_exits) || (!values[1] && !otherwise_exits)) {
    const TermPtr term = then_exits ? otherwise.find(name) : then.find(name);
    const bool agree = then_exits || otherwise_exits || term == otherwise.find(name);
    return join_term(name, agree ? term : nullptr);
  }
  const Value* before = branch_value(*frame_, name);
  const TypeKind kind = before ? before->type()->kind() : TypeKind::kNone;
  const bool to_union =
      kind == TypeKind::kUnion || kind == TypeKind::kOptional || kind == TypeKind::kNumber;
  const Value* typed[2] = {values[0], values[1]};
  if (!typed[0] && !returns(then.block)) typed[0] = branch_value(then, name);
  if (!typed[1] && !returns(otherwise.block)) typed[1] = branch_value(otherwise, name);
  TypePtr type = typed[0] && typed[1] ? unify(typed[0]->type(), typed[1]->type(), to_union)
                                      : (typed[0] ? typed[0] : typed[1])->type();
  if (!type && (then_exits || otherwise_exits)) type = values[then_exits ? 1 : 0]->type();
  if (!type) {
    frame_->lost[name] =
        str_cat("it is a ", values[0]->type()->annotation(), " after one branch and a ",
                values[1]->type()->annotation(), " after the other");
    return;
  }
  for (size_t i = 0; i < 2; ++i) {
    if (!values[i]) {
      const InsertScope insert(&builder_.graph(), node->block_at(i)->ret());
      values[i] = builder_.uninitialized(type);
    }
    node->block_at(i)->add_output(values[i]);
  }
  Value* joined = node->add_output(std::move(type));
  frame_->variables[name] = make_value_term(joined);
  frame_->assigned.insert(name);
  frame_->lost.erase(name);
  name_value(joined, name);
}

// A function or another term that is no value; null when the branches disagree about it.
void Emitter::join_term(const std::string& name, TermPtr term) {
  if (!term) {
    frame_->lost[name] = "the branches of a condition bind it to something that is no value";
    return;
  }
  frame_->variables[name] = std::move(term);
  frame_->assigned.insert(name);
}

// "if x is None: return" narrows x afterwards.
void Emitter::join_refinements(Frame& then, Frame& otherwise) {
  TypeMap narrowed;
  const bool then_exits = returns(then.block);
  const bool otherwise_exits = returns(otherwise.block);
  Frame& first = then_exits ? otherwise : then;
  for (const auto& [name, term] : first.variables) {
    if (then.is_assigned(name) || otherwise.is_assigned(name)) {
      if (!(then_exits && !otherwise.is_assigned(name)) &&
          !(otherwise_exits && !then.is_assigned(name))) {
        continue;
      }
    }
    const Value* value = term->plain_value();
    if (!value) continue;
    TypePtr type = value->type();
    if (!then_exits && !otherwise_exits) {
      const Value* other = branch_value(otherwise, name);
      type = other ? unify(type, other->type(), true) : nullptr;
    }
    const Value* before = branch_value(*frame_, name);
    const TermPtr outer = before ? nullptr : lookup(name);
    if (!before && outer) before = outer->plain_value();
    if (type && before && !equal(type, before->type()) && is_subtype(type, before->type())) {
      narrowed[name] = std::move(type);
    }
  }
  refine(narrowed);
}

}  // namespace temper::ir
