// Conditions: what they say about the types of variables, and those that types decide.

#include "ir/script/emitter.h"
#include "ir/script/term_kinds.h"

namespace temper::ir {
namespace {

// What `and` knows: facts of both sides; a fact of the later side is the narrower one.
TypeMap both(const TypeMap& first, const TypeMap& second) {
  TypeMap facts = first;
  for (const auto& [name, type] : second) facts[name] = type;
  return facts;
}

// What `or` knows: only names with a fact on each side.
TypeMap either(const TypeMap& first, const TypeMap& second) {
  TypeMap facts;
  for (const auto& [name, type] : first) {
    const auto other = second.find(name);
    if (other == second.end()) continue;
    if (TypePtr joined = unify(type, other->second, true)) facts[name] = std::move(joined);
  }
  return facts;
}

std::vector<TypePtr> members_of(const TypePtr& type) {
  if (type->kind() == TypeKind::kOptional) {
    std::vector<TypePtr> members = members_of(type->expect<WrapperType>().element());
    members.push_back(Type::none());
    return members;
  }
  if (type->kind() == TypeKind::kUnion) {
    return {type->contained().begin(), type->contained().end()};
  }
  if (type->kind() == TypeKind::kNumber) {
    return {Type::integer(), Type::floating(), Type::complex()};
  }
  return {type};
}

bool subtype_of_any(const TypePtr& type, const std::vector<TypePtr>& candidates) {
  for (const TypePtr& candidate : candidates) {
    if (is_subtype(type, candidate)) return true;
  }
  return false;
}

// What isinstance says of a value of `type`: what it can be when it holds, and when it does not.
struct TypeSplit {
  std::vector<TypePtr> inside;
  std::vector<TypePtr> outside;
};
TypeSplit split_type(const TypePtr& type, const std::vector<TypePtr>& wanted) {
  TypeSplit split;
  for (const TypePtr& member : members_of(type)) {
    if (subtype_of_any(member, wanted)) {
      split.inside.push_back(member);
      continue;
    }
    for (const TypePtr& narrower : wanted) {
      if (is_subtype(narrower, member)) split.inside.push_back(narrower);
    }
    split.outside.push_back(member);
  }
  return split;
}

bool is_none(const Expr& expr) { return expr.kind == ExprKind::kNone; }

}  // namespace

Condition Emitter::known_condition(bool value) {
  Condition condition;
  condition.known = value;
  return condition;
}

Value* Emitter::condition_value(const Condition& condition) {
  return condition.known ? builder_.constant(IValue(*condition.known)) : condition.value;
}

std::string Emitter::refinable_name(const Expr& expr) {
  if (expr.kind != ExprKind::kName) return "";
  const TermPtr term = lookup(expr.text);
  return term && term->plain_value() ? expr.text : "";
}

void Emitter::refine(const TypeMap& types) {
  for (const auto& [name, type] : types) {
    const TermPtr term = lookup(name);
    Value* value = term ? term->plain_value() : nullptr;
    if (!value || equal(value->type(), type)) continue;
    Value* narrowed =
        type->kind() == TypeKind::kNone ? builder_.none() : builder_.cast(value, type);
    frame_->variables[name] = make_value_term(narrowed);
    name_value(narrowed, name);
  }
}

Condition Emitter::emit_condition(const Expr& expr) {
  const Builder::At at(builder_, expr.range);
  if (expr.kind == ExprKind::kTrue || expr.kind == ExprKind::kFalse) {
    return known_condition(expr.kind == ExprKind::kTrue);
  }
  if (expr.kind == ExprKind::kUnary && expr.text == "not") {
    Condition inner = emit_condition(*expr.children[0]);
    std::swap(inner.when_true, inner.when_false);
    if (inner.known) inner.known = !*inner.known;
    if (inner.value) inner.value = operate(op::kNot, {inner.value});
    return inner;
  }
  if (expr.kind == ExprKind::kBinary) {
    if (expr.text == "and" || expr.text == "or") return test_short_circuit(expr);
    if (expr.text == "is" || expr.text == "is not") return test_none(expr, expr.text == "is not");
  }
  if (expr.kind == ExprKind::kCall) {
    const Expr& callee = *expr.children[0];
    if (callee.kind == ExprKind::kName || callee.kind == ExprKind::kAttribute) {
      const TermPtr term = emit(callee);
      const auto* form = dynamic_cast<const FormTerm*>(term.get());
      if (form && form->form() == SpecialForm::kIsInstance) return test_isinstance(expr);
      if (form && form->form() == SpecialForm::kHasAttr) return test_hasattr(expr);
      if (form && form->form() == SpecialForm::kIsScripting) return known_condition(true);
      Condition condition;
      condition.value = to_bool(term->call(*this, expr, nullptr)->value(*this));
      return condition;
    }
  }
  Condition condition;
  condition.value = to_bool(emit_value(expr));
  return condition;
}

Condition Emitter::test_short_circuit(const Expr& expr) {
  const bool is_and = expr.text == "and";
  Condition left = emit_condition(*expr.children[0]);
  if (left.known) {
    if (*left.known != is_and) return left;
    // Only the right side decides; it may rely on what the left one showed.
    refine(is_and ? left.when_true : left.when_false);
    Condition right = emit_condition(*expr.children[1]);
    right.when_true =
        is_and ? both(left.when_true, right.when_true) : either(left.when_true, right.when_true);
    right.when_false = is_and ? either(left.when_false, right.when_false)
                              : both(left.when_false, right.when_false);
    return right;
  }
  Node* node = builder_.node(Kind::kIf, {left.value});
  Block* evaluate = nullptr;
  Block* skip = nullptr;
  for (int i = 0; i < 2; ++i) ((i == 0) == is_and ? evaluate : skip) = node->add_block();
  Condition right;
  {
    BlockScope scope(*this, evaluate);
    refine(is_and ? left.when_true : left.when_false);
    right = emit_condition(*expr.children[1]);
    evaluate->add_output(condition_value(right));
  }
  {
    BlockScope scope(*this, skip);
    skip->add_output(builder_.constant(IValue(!is_and)));
  }
  Condition result;
  result.value = node->add_output(Type::boolean());
  if (is_and) {
    result.when_true = both(left.when_true, right.when_true);
    result.when_false = either(left.when_false, right.when_false);
  } else {
    result.when_true = either(left.when_true, right.when_true);
    result.when_false = both(left.when_false, right.when_false);
  }
  if (right.known && *right.known != is_and) result.known = *right.known;
  return result;
}

Condition Emitter::test_none(const Expr& expr, bool negated) {
  const Expr* subject = expr.children[0].get();
  const Expr* other = expr.children[1].get();
  if (is_none(*subject) && !is_none(*other)) std::swap(subject, other);
  Value* value = emit_value(*subject);
  Condition condition;
  if (!is_none(*other)) {
    Value* right = emit_value(*other);
    const bool bools =
        value->type()->kind() == TypeKind::kBool && right->type()->kind() == TypeKind::kBool;
    const std::string_view same = bools ? op::kEq : op::kIs;
    const std::string_view different = bools ? op::kNe : op::kIsNot;
    const bool left_none = value->type()->kind() == TypeKind::kNone;
    const bool right_none = right->type()->kind() == TypeKind::kNone;
    if (left_none && right_none) return known_condition(!negated);
    if ((left_none && !may_be_none(right->type())) || (right_none && !may_be_none(value->type()))) {
      return known_condition(negated);
    }
    condition.value = operate(negated ? different : same, {value, right});
    return condition;
  }
  if (value->type()->kind() == TypeKind::kNone) return known_condition(!negated);
  if (!may_be_none(value->type())) return known_condition(negated);
  condition.value = operate(negated ? op::kIsNot : op::kIs, {value, builder_.none()});
  const std::string name = refinable_name(*subject);
  if (!name.empty() && value->type()->kind() != TypeKind::kAny) {
    // The None side keeps its type, so that the variable can be set there.
    TypeMap& otherwise = negated ? condition.when_true : condition.when_false;
    otherwise[name] = without_none(value->type());
  }
  return condition;
}

Condition Emitter::test_isinstance(const Expr& call) {
  if (call.children.size() != 3 || !call.keywords.empty()) {
    fail("isinstance() takes a value and a type or a tuple of types");
  }
  Value* value = emit_value(*call.children[1]);
  std::vector<TypePtr> types;
  const Expr& wanted = *call.children[2];
  if (wanted.kind == ExprKind::kTuple || wanted.kind == ExprKind::kList) {
    for (const ExprPtr& child : wanted.children) types.push_back(resolve_type(*child));
  } else {
    types.push_back(resolve_type(wanted));
  }
  std::vector<TypePtr> flat;
  for (const TypePtr& type : types) {
    for (TypePtr& member : members_of(type)) flat.push_back(std::move(member));
  }
  const TypeSplit split = split_type(value->type(), flat);
  if (split.inside.empty()) return known_condition(false);
  if (split.outside.empty()) return known_condition(true);
  Condition condition;
  Node* node = builder_.node(Kind::kIsInstance, {value}, Type::boolean());
  node->set_attribute("types", types);
  condition.value = node->output();
  if (const std::string name = refinable_name(*call.children[1]); !name.empty()) {
    condition.when_true[name] = union_of(split.inside);
    if (!split.outside.empty()) condition.when_false[name] = union_of(split.outside);
  }
  return condition;
}

Condition Emitter::test_hasattr(const Expr& call) {
  if (call.children.size() < 3 || call.children[2]->kind != ExprKind::kString) {
    fail("hasattr() takes an object and the name of an attribute as a string literal");
  }
  Value* value = emit_value(*call.children[1]);
  const std::string& name = call.children[2]->text;
  if (const auto* type = value->type()->as<ClassType>()) {
    return known_condition(type->find_attribute(name) >= 0 || type->find_method(name) ||
                           type->find_constant(name));
  }
  if (const auto* interface = value->type()->as<InterfaceType>()) {
    if (interface->find_method(name)) return known_condition(true);
    fail("hasattr() cannot tell whether an object behind interface ", interface->name(), " has '",
         name, "'");
  }
  if (const auto* tuple = value->type()->as<TupleType>()) {
    return known_condition(tuple->field_index(name) >= 0);
  }
  fail("hasattr() needs an object, not ", value->type()->annotation());
}

}  // namespace temper::ir
