// Numbers, lists, dicts and tuples.

#include "core/value/containers.h"
#include "ir/script/emitter.h"
#include "ir/script/literals.h"
#include "ir/script/term_kinds.h"

namespace temper::ir {
namespace {

// The member of a Union or Optional hint that a literal of `kind` takes, or the hint itself.
TypePtr hint_of_kind(const TypePtr& hint, TypeKind kind) {
  if (!hint || hint->kind() == kind) return hint;
  if (hint->kind() != TypeKind::kOptional && hint->kind() != TypeKind::kUnion) return nullptr;
  TypePtr found;
  for (const TypePtr& member : hint->contained()) {
    if (member->kind() != kind) continue;
    if (found) return nullptr;
    found = member;
  }
  return found;
}

}  // namespace

Value* Emitter::emit_number(const Expr& expr, bool negative) {
  return builder_.constant(number_value(expr, negative));
}

TypePtr Emitter::common_type(absl::Span<Value* const> values, std::string_view what) {
  TypePtr type = values[0]->type();
  for (const Value* value : values) {
    TypePtr next = unify(type, value->type(), true);
    if (!next) {
      fail(what, " must have one type, but has ", type->annotation(), " and ",
           value->type()->annotation());
    }
    type = std::move(next);
  }
  return type;
}

Value* Emitter::emit_list(const Expr& expr, const TypePtr& hint) {
  const TypePtr wanted = hint_of_kind(hint, TypeKind::kList);
  const TypePtr element = wanted ? wanted->expect<WrapperType>().element() : nullptr;
  std::vector<Value*> items;
  for (const ExprPtr& child : expr.children) {
    if (child->kind == ExprKind::kStarred) {
      for (const TermPtr& item : emit(*child->children[0])->unpack(*this, std::nullopt)) {
        items.push_back(item->value(*this));
      }
      continue;
    }
    Value* item = emit_value(*child, element);
    items.push_back(element ? require(item, element, "an element of the list") : item);
  }
  if (element) return builder_.list(element, items);
  if (items.empty()) {
    Value* list = builder_.list(Type::tensor(), items);
    builder_.mark_untyped(list);
    return list;
  }
  // "[[1], []]": empty lists follow the others.
  std::vector<Value*> typed;
  for (Value* item : items) {
    if (!builder_.is_untyped(item)) typed.push_back(item);
  }
  if (!typed.empty() && typed.size() < items.size()) {
    const TypePtr wish = common_type(typed, "the elements of a list");
    for (Value*& item : items) item = convert(builder_, wish, item, false);
  }
  const TypePtr common = common_type(items, "the elements of a list");
  return builder_.list(common, items);
}

Value* Emitter::emit_dict(const Expr& expr, const TypePtr& hint) {
  const TypePtr wanted = hint_of_kind(hint, TypeKind::kDict);
  const DictType* dict = wanted ? wanted->as<DictType>() : nullptr;
  std::vector<Value*> keys;
  std::vector<Value*> values;
  std::vector<Value*> items;
  for (size_t i = 0; i + 1 < expr.children.size(); i += 2) {
    Value* key = emit_value(*expr.children[i]);
    Value* value = emit_value(*expr.children[i + 1], dict ? dict->value() : nullptr);
    if (dict) {
      key = require(key, dict->key(), "a key of the dict");
      value = require(value, dict->value(), "a value of the dict");
    }
    keys.push_back(key);
    values.push_back(value);
    items.insert(items.end(), {key, value});
  }
  TypePtr type = wanted;
  if (!type && keys.empty()) type = DictType::make(Type::string(), Type::tensor());
  if (!type) {
    for (const Value* key : keys) {
      if (!equal(key->type(), keys[0]->type())) fail("the keys of a dict must have one type");
    }
    type = DictType::make(keys[0]->type(), common_type(values, "the values of a dict"));
  }
  return builder_.node(Kind::kDictConstruct, items, type)->output();
}

TermPtr Emitter::emit_tuple(const Expr& expr, const TypePtr& hint) {
  const TypePtr wanted = hint_of_kind(hint, TypeKind::kTuple);
  const TupleType* tuple = wanted ? wanted->as<TupleType>() : nullptr;
  if (tuple && tuple->elements().size() != expr.children.size()) tuple = nullptr;
  std::vector<TermPtr> items;
  for (size_t i = 0; i < expr.children.size(); ++i) {
    const Expr& child = *expr.children[i];
    if (child.kind == ExprKind::kStarred) {
      for (TermPtr& item : emit(*child.children[0])->unpack(*this, std::nullopt)) {
        items.push_back(std::move(item));
      }
      continue;
    }
    items.push_back(make_value_term(emit_value(child, tuple ? tuple->elements()[i] : nullptr)));
  }
  return std::make_shared<TupleTerm>(std::move(items));
}

}  // namespace temper::ir
