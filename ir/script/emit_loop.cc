// for and while. A loop carries the variables of the enclosing blocks that its body assigns; which
// ones is read off the syntax before the body is emitted.

#include <algorithm>

#include "ir/script/emitter.h"
#include "ir/script/term_kinds.h"

namespace temper::ir {
namespace {

using Names = std::set<std::string>;

void add_target(const Expr& target, Names* names) {
  if (target.kind == ExprKind::kName) names->insert(target.text);
  if (target.kind == ExprKind::kTuple || target.kind == ExprKind::kList ||
      target.kind == ExprKind::kStarred) {
    for (const ExprPtr& child : target.children) add_target(*child, names);
  }
}

void add_assigned(const std::vector<StmtPtr>& body, Names* names) {
  for (const StmtPtr& stmt : body) {
    for (const ExprPtr& target : stmt->targets) {
      if (stmt->kind != StmtKind::kDelete) add_target(*target, names);
    }
    for (const WithItem& item : stmt->items) {
      if (item.target) add_target(*item.target, names);
    }
    add_assigned(stmt->body, names);
    add_assigned(stmt->orelse, names);
  }
}

}  // namespace

void Emitter::emit_while(const Stmt& stmt) {
  LoopParts parts;
  parts.condition = stmt.value.get();
  add_assigned(stmt.body, &parts.assigned);
  emit_loop(parts, [&] { emit_statements(stmt.body); });
}

void Emitter::emit_for(const Stmt& stmt) {
  const TermPtr source = emit(*stmt.value);
  IterablePtr iterable;
  {
    const Builder::At at(builder_, stmt.value->range);
    iterable = source->iterate(*this);
  }
  if (const auto count = iterable->static_size()) return emit_unrolled(stmt, *iterable, *count);
  LoopParts parts;
  parts.trip_count = iterable->size(*this);
  if (!parts.trip_count) fail("this loop has no end");
  parts.begin_iteration = [&](Value* index) {
    assign_target(*stmt.targets[0], iterable->item(*this, index));
  };
  add_assigned(stmt.body, &parts.assigned);
  add_target(*stmt.targets[0], &parts.assigned);
  emit_loop(parts, [&] { emit_statements(stmt.body); });
}

void Emitter::emit_unrolled(const Stmt& stmt, Iterable& iterable, size_t count) {
  LoopScope unrolled{nullptr, {}, nullptr};
  LoopScope* outer = std::exchange(loop_, &unrolled);
  for (size_t i = 0; i < count && !exits(frame_->block); ++i) {
    assign_target(*stmt.targets[0], iterable.static_item(*this, i));
    emit_statements(stmt.body);
  }
  loop_ = outer;
}

void Emitter::emit_loop(const LoopParts& parts, const Body& body) {
  const Builder::At at(builder_, builder_.range());
  Value* max = parts.trip_count ? parts.trip_count : builder_.constant(INT64_MAX);
  Value* first = parts.condition ? condition_value(emit_condition(*parts.condition))
                                 : builder_.constant(IValue(true));
  LoopScope loop{nullptr, {}, parts.condition};
  std::vector<Value*> inputs{max, first};
  for (const std::string& name : parts.assigned) {
    const TermPtr term = frame_->find(name);
    if (!term || !term->plain_value()) continue;
    loop.carried.push_back(name);
    inputs.push_back(term->plain_value());
  }
  Node* node = builder_.node(Kind::kLoop, inputs);
  loop.body = node->add_block();
  LoopScope* outer = std::exchange(loop_, &loop);
  Names inside = fill_loop_body(loop, parts, inputs, body);
  loop_ = outer;
  for (size_t i = 0; i < loop.carried.size(); ++i) {
    Value* result = node->add_output(inputs[i + 2]->type());
    frame_->variables[loop.carried[i]] = make_value_term(result);
    frame_->assigned.insert(loop.carried[i]);
    name_value(result, loop.carried[i]);
    inside.erase(loop.carried[i]);
  }
  for (const std::string& name : inside) {
    if (!frame_->find(name)) frame_->lost[name] = "only the body of a loop defines it";
  }
}

// Returns the names that the body assigns.
std::set<std::string> Emitter::fill_loop_body(const LoopScope& loop, const LoopParts& parts,
                                              absl::Span<Value* const> inputs, const Body& body) {
  Value* index = loop.body->add_input(Type::integer());
  BlockScope carried(*this, loop.body);
  for (size_t i = 0; i < loop.carried.size(); ++i) {
    Value* param = loop.body->add_input(inputs[i + 2]->type());
    carried.frame().variables[loop.carried[i]] = make_value_term(param);
    name_value(param, loop.carried[i]);
  }
  BlockScope scope(*this, loop.body);
  if (parts.begin_iteration) parts.begin_iteration(index);
  body();
  std::vector<Value*> outputs;
  if (!exits(loop.body)) {
    outputs = loop_outputs(loop, true);
  } else {
    outputs.push_back(builder_.uninitialized(Type::boolean()));
    for (const Value* input : inputs.subspan(2)) {
      outputs.push_back(builder_.uninitialized(input->type()));
    }
  }
  for (Value* output : outputs) loop.body->add_output(output);
  return {scope.frame().assigned.begin(), scope.frame().assigned.end()};
}

// What the body of `loop` hands to the next iteration from here.
std::vector<Value*> Emitter::loop_outputs(const LoopScope& loop, bool proceed) {
  std::vector<Value*> outputs;
  const bool test = proceed && loop.condition;
  outputs.push_back(test ? condition_value(emit_condition(*loop.condition))
                         : builder_.constant(IValue(proceed)));
  for (const std::string& name : loop.carried) {
    const TermPtr term = frame_->find(name);
    if (!term || !term->plain_value()) fail("'", name, "' has no value at the end of the loop");
    outputs.push_back(term->plain_value());
  }
  return outputs;
}

void Emitter::end_iteration(Exit::Kind kind, bool proceed) {
  if (!loop_) fail(proceed ? "'continue'" : "'break'", " is outside of a loop");
  if (!loop_->body) {
    fail(proceed ? "'continue'" : "'break'",
         " cannot be used in a loop over a tuple: it is unrolled when compiling");
  }
  set_exit({kind, loop_->body, loop_outputs(*loop_, proceed)});
}

}  // namespace temper::ir
