// Assignments: to names, attributes, elements and tuples of them.

#include "core/value/containers.h"
#include "ir/script/emitter.h"
#include "ir/script/term_kinds.h"

namespace temper::ir {

void Emitter::emit_assignment(const Stmt& stmt) {
  if (!stmt.value) return emit_declaration(stmt);
  const TypePtr annotation = stmt.annotation ? resolve_type(*stmt.annotation) : nullptr;
  TermPtr term = emit(*stmt.value, annotation);
  if (stmt.targets.size() == 1 && stmt.targets[0]->kind == ExprKind::kName) {
    return assign_name(stmt.targets[0]->text, std::move(term), annotation);
  }
  if (annotation) {
    term = make_value_term(require(term->value(*this), annotation, "the assigned value"));
  }
  for (const ExprPtr& target : stmt.targets) assign_target(*target, term);
}

// "x : T" alone says nothing until x is assigned.
void Emitter::emit_declaration(const Stmt& stmt) { resolve_type(*stmt.annotation); }

void Emitter::assign_name(const std::string& name, TermPtr term, const TypePtr& annotation) {
  // Tuples become values as soon as they have a name.
  if (dynamic_cast<const TupleTerm*>(term.get()) || dynamic_cast<const NothingTerm*>(term.get())) {
    term = make_value_term(term->value(*this));
  }
  Value* value = term->plain_value();
  const TermPtr outer = frame_->parent ? frame_->parent->find(name) : nullptr;
  if (outer) {
    const Value* before = outer->plain_value();
    if (!before || !value) fail("'", name, "' cannot be bound to something else in an inner block");
    value = convert(builder_, before->type(), value, true);
    std::string why;
    if (!is_subtype(value->type(), before->type(), &why)) {
      fail("variable '", name, "' has type ", before->type()->annotation(),
           " in an enclosing block but is assigned a value of type ", value->type()->annotation(),
           why.empty() ? "" : ": ", why);
    }
  }
  if (annotation) {
    if (!value) fail("'", name, "' is annotated but ", term->describe(), " is no value");
    value = require(value, annotation, str_cat("variable '", name, "'"));
    if (!equal(value->type(), annotation)) {
      value = value->node()->is(Kind::kConstant) && value->type()->kind() == TypeKind::kNone
                  ? builder_.none(annotation)
                  : builder_.cast(value, annotation);
    }
  }
  if (value) {
    builder_.fix_type(value);
    if (value->name().empty()) name_value(value, name);
    term = make_value_term(value);
  }
  frame_->variables[name] = std::move(term);
  frame_->assigned.insert(name);
  frame_->lost.erase(name);
}

void Emitter::assign_target(const Expr& target, const TermPtr& term) {
  const Builder::At at(builder_, target.range);
  switch (target.kind) {
    case ExprKind::kName: return assign_name(target.text, term);
    case ExprKind::kTuple:
    case ExprKind::kList: return assign_tuple(target, term);
    case ExprKind::kAttribute: return assign_attribute(target, term->value(*this));
    case ExprKind::kSubscript: return assign_subscript(target, term->value(*this));
    default: fail("this cannot be assigned to");
  }
}

void Emitter::assign_tuple(const Expr& target, const TermPtr& term) {
  size_t starred = target.children.size();
  for (size_t i = 0; i < target.children.size(); ++i) {
    if (target.children[i]->kind != ExprKind::kStarred) continue;
    if (starred != target.children.size()) fail("only one target can be starred");
    starred = i;
  }
  const bool has_star = starred != target.children.size();
  const size_t fixed = target.children.size() - (has_star ? 1 : 0);
  const std::vector<TermPtr> items =
      term->unpack(*this, has_star ? std::nullopt : std::optional(fixed));
  if (has_star ? items.size() < fixed : items.size() != fixed) {
    fail("expected ", fixed, has_star ? " or more" : "", " values to unpack but got ",
         items.size());
  }
  const size_t taken = items.size() - fixed;  // by the starred target
  size_t next = 0;
  for (size_t i = 0; i < target.children.size(); ++i) {
    if (i != starred) {
      assign_target(*target.children[i], items[next++]);
      continue;
    }
    std::vector<TermPtr> rest(items.begin() + static_cast<ptrdiff_t>(next),
                              items.begin() + static_cast<ptrdiff_t>(next + taken));
    next += taken;
    assign_target(*target.children[i]->children[0], std::make_shared<TupleTerm>(std::move(rest)));
  }
}

void Emitter::bind_target(const Expr& target, const TermPtr& term) {
  const Builder::At at(builder_, target.range);
  if (target.kind == ExprKind::kName) {
    Value* value = term->value(*this);
    frame_->variables[target.text] = make_value_term(value);
    if (value->name().empty()) name_value(value, target.text);
    return;
  }
  if (target.kind != ExprKind::kTuple) fail("a comprehension binds names only");
  const std::vector<TermPtr> items = term->unpack(*this, target.children.size());
  if (items.size() != target.children.size()) {
    fail("expected ", target.children.size(), " values to unpack but got ", items.size());
  }
  for (size_t i = 0; i < items.size(); ++i) bind_target(*target.children[i], items[i]);
}

void Emitter::assign_attribute(const Expr& target, Value* value) {
  Value* object = emit_value(*target.children[0]);
  const auto* type = object->type()->as<ClassType>();
  if (!type) fail("attributes can be set on objects only, not on ", object->type()->annotation());
  const int slot = type->find_attribute(target.text);
  if (slot < 0) {
    const std::string setter = str_cat("__", target.text, "_setter");
    if (!type->find_method(setter)) fail(type->name(), " has no attribute '", target.text, "'");
    call_method(object, setter, {nullptr, {{value, ""}}, {}});
    return;
  }
  value = require(value, type->attributes()[static_cast<size_t>(slot)].type,
                  str_cat("attribute '", target.text, "'"));
  builder_.node(Kind::kSetAttr, {object, value})->set_attribute("name", IValue(target.text));
}

void Emitter::emit_augmented(const Stmt& stmt) {
  const Expr& target = *stmt.targets[0];
  if (target.kind == ExprKind::kSubscript) return augment_subscript(stmt, target);
  if (target.kind != ExprKind::kName && target.kind != ExprKind::kAttribute) {
    fail("this cannot be assigned to");
  }
  Value* before = emit_value(target);
  const TypePtr hint = before->type()->kind() == TypeKind::kList ? before->type() : nullptr;
  Value* after = augmented_value(stmt, before, emit_value(*stmt.value, hint));
  if (target.kind == ExprKind::kName) return assign_name(target.text, make_value_term(after));
  assign_attribute(target, after);
}

Value* Emitter::augmented_value(const Stmt& stmt, Value* target, Value* operand, bool changes) {
  const AugmentedSyntax* row = find_augmented_syntax(stmt.op);
  if (!row) fail("unknown operator '", stmt.op, "='");
  const TypeKind kind = target->type()->kind();
  if (kind == TypeKind::kClass || kind == TypeKind::kInterface) {
    const bool in_place = !row->in_place_method.empty() && has_method(target, row->in_place_method);
    const std::string_view method = in_place ? row->in_place_method : row->plain_method;
    if (method.empty()) fail("objects do not support '", stmt.op, "='");
    return call_method(target, std::string(method), {nullptr, {{operand, ""}}, {}})->value(*this);
  }
  if (kind == TypeKind::kTuple) return binary_values(stmt.op, target, operand)->value(*this);
  const bool in_place = changes && (kind == TypeKind::kTensor || kind == TypeKind::kList);
  return operate(in_place ? row->in_place : row->plain, {target, operand});
}

}  // namespace temper::ir
