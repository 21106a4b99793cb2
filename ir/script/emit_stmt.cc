// Functions and statements other than assignments and control flow.

#include "core/value/containers.h"
#include "ir/script/emitter.h"
#include "ir/script/term_kinds.h"
#include "ir/script/type_annotations.h"

namespace temper::ir {
namespace {

constexpr std::string_view kAssertion = "AssertionError";

// Names that carry no meaning for a reader: "_12", "$x".
bool is_meaningful(std::string_view name) {
  if (name.empty() || name[0] == '$') return false;
  if (name[0] != '_') return true;
  return name.size() > 1 && name.find_first_not_of("0123456789", 1) != std::string_view::npos;
}

bool contains_exit(const std::vector<StmtPtr>& body) {
  for (const StmtPtr& stmt : body) {
    switch (stmt->kind) {
      case StmtKind::kReturn:
      case StmtKind::kBreak:
      case StmtKind::kContinue: return true;
      default: break;
    }
    if (contains_exit(stmt->body) || contains_exit(stmt->orelse)) return true;
  }
  return false;
}

}  // namespace

void Emitter::name_value(Value* value, const std::string& name) {
  if (is_meaningful(name)) value->set_name(name);
}

TypePtr Emitter::emit_function(const FunctionDef& def, const Schema& schema) {
  const Builder::At at(builder_, def.range);
  Frame top(nullptr, builder_.graph().block());
  frame_ = &top;
  return_type_ = schema.returns.empty() ? nullptr : schema.returns[0].type;
  for (const Argument& argument : schema.arguments) {
    Value* value = builder_.graph().add_input(argument.type);
    name_value(value, argument.name);
    top.variables[argument.name] = make_value_term(value);
    top.assigned.insert(argument.name);
  }
  emit_statements(def.body);
  finish_returns(def);
  frame_ = nullptr;
  lower_exits(builder_.graph(), std::move(exits_), return_type_);
  drop_idle_outputs(builder_.graph());
  return return_type_;
}

TypePtr Emitter::emit_body(const std::function<Value*()>& body) {
  Frame top(nullptr, builder_.graph().block());
  frame_ = &top;
  Value* result = body();
  builder_.graph().block()->add_output(result);
  frame_ = nullptr;
  return result->type();
}

void Emitter::emit_lone_expression(const Expr& expr, const TypePtr& type) {
  const Builder::At at(builder_, expr.range);
  emit_body([&] {
    Value* value = emit_value(expr, type);
    return type ? require(value, type, "this value") : value;
  });
}

// The function's output at the end of its text.
void Emitter::finish_returns(const FunctionDef& def) {
  const auto found = exits_.exits.find(builder_.graph().block());
  const bool falls_through = found == exits_.exits.end();
  if (!return_type_) {
    if (falls_through) returned_.push_back(Type::none());
    for (const TypePtr& type : returned_) {
      TypePtr next = return_type_ ? unify(return_type_, type) : type;
      if (!next) {
        fail_at(def.range, "the results of '", def.name, "' have types ",
                return_type_->annotation(), " and ", type->annotation(), "; annotate the function");
      }
      return_type_ = std::move(next);
    }
    if (!return_type_) return_type_ = Type::none();
  } else if (falls_through && !may_be_none(return_type_)) {
    fail_at(def.range, "'", def.name, "' is declared to return ", return_type_->annotation(),
            " but some path ends without a return");
  }
  Value* output = nullptr;
  if (falls_through) {
    output = builder_.none(return_type_->kind() == TypeKind::kAny ? Type::none() : return_type_);
  } else if (found->second.kind == Exit::kReturn) {
    output = found->second.values[0];
    exits_.exits.erase(found);
  } else {
    output = builder_.uninitialized(return_type_);
  }
  builder_.graph().block()->add_output(output);
}

void Emitter::emit_statements(const std::vector<StmtPtr>& body) {
  for (const StmtPtr& stmt : body) {
    if (exits(frame_->block)) return;
    emit_statement(*stmt);
  }
}

void Emitter::emit_statement(const Stmt& stmt) {
  const Builder::At at(builder_, stmt.range);
  switch (stmt.kind) {
    case StmtKind::kExpr: emit(*stmt.value); return;
    case StmtKind::kAssign: return emit_assignment(stmt);
    case StmtKind::kAugAssign: return emit_augmented(stmt);
    case StmtKind::kIf: return emit_if(stmt);
    case StmtKind::kWhile: return emit_while(stmt);
    case StmtKind::kFor: return emit_for(stmt);
    case StmtKind::kReturn: return emit_return(stmt);
    case StmtKind::kRaise: return emit_raise(stmt);
    case StmtKind::kAssert: return emit_assert(stmt);
    case StmtKind::kBreak: return end_iteration(Exit::kLoop, false);
    case StmtKind::kContinue: return end_iteration(Exit::kLoop, true);
    case StmtKind::kPass: return;
    case StmtKind::kDelete: return emit_delete(stmt);
    case StmtKind::kWith: return emit_with(stmt);
    case StmtKind::kDef: return emit_closure(*stmt.function);
    case StmtKind::kGlobal: fail("global variables are not supported");
  }
}

void Emitter::emit_return(const Stmt& stmt) {
  Value* value = stmt.value ? emit_value(*stmt.value, return_type_) : builder_.none();
  if (return_type_) {
    value = require(value, return_type_, "the return value");
    // The text of a result depends on its type: keep the declared one.
    if (value->type()->kind() == TypeKind::kNone && return_type_->kind() != TypeKind::kNone &&
        return_type_->kind() != TypeKind::kAny) {
      value = builder_.none(return_type_);
    }
  } else {
    returned_.push_back(value->type());
  }
  set_exit({Exit::kReturn, builder_.graph().block(), {value}});
}

void Emitter::raise(std::string_view class_name, Value* message) {
  Value* name = class_name.empty() ? builder_.none(optional_of(Type::string()))
                                   : builder_.constant(IValue(class_name));
  builder_.node(Kind::kRaiseException, {message, name});
  set_exit({Exit::kThrow, nullptr, {}});
}

void Emitter::emit_raise(const Stmt& stmt) {
  const Expr& exception = *stmt.value;
  const bool call = exception.kind == ExprKind::kCall;
  std::string name = dotted_path(call ? *exception.children[0] : exception);
  if (name.empty()) fail("raise needs an exception: raise ValueError(\"text\")");
  Value* message = nullptr;
  const Actuals actuals = call ? emit_arguments(exception) : Actuals();
  if (actuals.positional.empty()) {
    message = builder_.constant(IValue(""));
  } else if (actuals.positional.size() == 1) {
    message = actuals.positional[0].value;
    if (message->type()->kind() != TypeKind::kString) message = operate(op::kStr, {message});
  } else {
    std::vector<Value*> parts;
    for (const Actual& actual : actuals.positional) parts.push_back(actual.value);
    message = operate(op::kStr, {builder_.tuple(parts)});
  }
  if (name == kAssertion) {
    message = operate(op::kAdd, {builder_.constant(IValue(str_cat(kAssertion, ": "))), message});
    return raise("", message);
  }
  raise(name.find('.') == std::string::npos ? "builtins." + name : name, message);
}

void Emitter::emit_assert(const Stmt& stmt) {
  const Condition condition = emit_condition(*stmt.value);
  const auto fail_assertion = [&] {
    Value* message = builder_.constant(IValue(str_cat(kAssertion, ": ")));
    if (stmt.message && stmt.message->kind == ExprKind::kString) {
      message = builder_.constant(IValue(str_cat(kAssertion, ": ", stmt.message->text)));
    } else if (stmt.message) {
      Value* text = emit_value(*stmt.message);
      if (text->type()->kind() != TypeKind::kString) text = operate(op::kStr, {text});
      message = operate(op::kAdd, {message, text});
    }
    raise("", message);
  };
  if (condition.known) {
    if (!*condition.known) return fail_assertion();
    return refine(condition.when_true);
  }
  emit_branches(
      condition, [] {}, fail_assertion);
}

void Emitter::emit_delete(const Stmt& stmt) {
  for (const ExprPtr& target : stmt.targets) {
    if (target->kind == ExprKind::kSubscript) {
      delete_subscript(*target);
    } else if (target->kind == ExprKind::kName) {
      if (!frame_->find_here(target->text)) {
        fail("'", target->text, "' cannot be deleted: it is not defined in this block");
      }
      frame_->variables.erase(target->text);
      frame_->assigned.erase(target->text);
      frame_->lost[target->text] = "it was deleted";
    } else {
      fail("del works on variables and on elements of lists and dicts");
    }
  }
}

void Emitter::emit_with(const Stmt& stmt) {
  std::vector<Value*> objects;
  for (const WithItem& item : stmt.items) {
    Value* object = emit_value(*item.value);
    const auto* type = object->type()->as<ClassType>();
    Function* enter = type ? type->find_method("__enter__") : nullptr;
    if (!enter || !type->find_method("__exit__")) {
      fail("'with' needs an object that has __enter__ and __exit__, not ",
           object->type()->annotation());
    }
    const Schema& schema = scope().complete_schema(*enter);
    Value* entered = builder_.value(Kind::kEnter, {object}, schema.returns.at(0).type);
    if (item.target) assign_target(*item.target, make_value_term(entered));
    objects.push_back(object);
  }
  Node* guard = nullptr;
  if (contains_exit(stmt.body)) {
    // Exits leave the branch, not the block, so that what follows can run whichever way it ends.
    Condition always;
    always.value = builder_.constant(IValue(true));
    guard = emit_branches(
        always, [&] { emit_statements(stmt.body); },
        [&] {
          set_exit({Exit::kThrow, nullptr, {}});
        });
  } else {
    emit_statements(stmt.body);
  }
  Node* end = guard;
  for (size_t i = objects.size(); i-- > 0;) {
    end = builder_.node(Kind::kExit, {objects[i]}, Type::any());
  }
  if (guard) exits_.with_ends[guard] = end;
}

}  // namespace temper::ir
