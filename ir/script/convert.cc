#include "ir/script/names.h"
#include "ir/script/schema_match.h"

namespace temper::ir {
namespace {

bool is_number(const TypePtr& type) {
  return type->kind() == TypeKind::kInt || type->kind() == TypeKind::kFloat ||
         type->kind() == TypeKind::kComplex || type->kind() == TypeKind::kNumber;
}

TypePtr bind_variable(const TypeVarType& variable, const TypePtr& actual, TypeBindings& bound) {
  const auto [it, fresh] = bound.emplace(variable.name(), actual);
  if (fresh || unify(it->second, actual)) return it->second;
  return nullptr;
}

TypePtr bind_list(const TypePtr& formal, const TypePtr& actual, TypeBindings& bound) {
  const TypePtr& element = formal->expect<WrapperType>().element();
  TypePtr given;
  if (actual->kind() == TypeKind::kList) {
    given = actual->expect<WrapperType>().element();
  } else if (const auto* tuple = actual->as<TupleType>()) {
    for (const TypePtr& item : tuple->elements()) {
      given = given ? unify(given, item) : item;
      if (!given) return nullptr;
    }
  }
  if (!given) return nullptr;
  TypePtr inner = bind_type(element, given, bound);
  return inner ? list_of(std::move(inner)) : nullptr;
}

TypePtr bind_optional(const TypePtr& formal, const TypePtr& actual, TypeBindings& bound) {
  const TypePtr& element = formal->expect<WrapperType>().element();
  if (actual->kind() == TypeKind::kNone) return nullptr;
  if (actual->kind() != TypeKind::kOptional) return bind_type(element, actual, bound);
  TypePtr inner = bind_type(element, actual->expect<WrapperType>().element(), bound);
  return inner ? optional_of(std::move(inner)) : nullptr;
}

// Rebuilds `shape` (a type with parameters) with other parameters.
TypePtr with_parameters(const TypePtr& shape, std::vector<TypePtr> parameters) {
  switch (shape->kind()) {
    case TypeKind::kList: return list_of(std::move(parameters[0]));
    case TypeKind::kOptional: return optional_of(std::move(parameters[0]));
    case TypeKind::kFuture: return future_of(std::move(parameters[0]));
    case TypeKind::kRRef: return rref_of(std::move(parameters[0]));
    case TypeKind::kDict: return DictType::make(std::move(parameters[0]), std::move(parameters[1]));
    case TypeKind::kTuple: return TupleType::make(std::move(parameters));
    default: return nullptr;
  }
}

Value* tuple_item(Builder& builder, Value* tuple, size_t i) {
  const TypePtr& type = tuple->type()->expect<TupleType>().elements()[i];
  Value* index = builder.constant(static_cast<int64_t>(i));
  return builder.value(Kind::kTupleIndex, {tuple, index}, type);
}

bool tuple_fits_list(const TypePtr& tuple, const TypePtr& element) {
  const auto* type = tuple->as<TupleType>();
  if (!type || type->elements().empty()) return false;
  for (const TypePtr& item : type->elements()) {
    if (!is_subtype(item, element)) return false;
  }
  return true;
}

std::vector<Value*> tuple_items(Builder& builder, Value* tuple) {
  if (tuple->node()->is(Kind::kTupleConstruct)) {
    return {tuple->node()->inputs().begin(), tuple->node()->inputs().end()};
  }
  std::vector<Value*> items;
  const size_t count = tuple->type()->expect<TupleType>().elements().size();
  for (size_t i = 0; i < count; ++i) items.push_back(tuple_item(builder, tuple, i));
  return items;
}

Value* convert_tuple(Builder& builder, const TypePtr& target, Value* value, bool implicit) {
  const auto& wanted = target->expect<TupleType>();
  const auto& have = value->type()->expect<TupleType>();
  if (wanted.elements().size() != have.elements().size()) return value;
  std::vector<Value*> items = tuple_items(builder, value);
  std::vector<TypePtr> types;
  for (size_t i = 0; i < items.size(); ++i) {
    items[i] = convert(builder, wanted.elements()[i], items[i], implicit);
    types.push_back(items[i]->type());
  }
  TypePtr type = have.named() ? TupleType::make_named(have.name(), have.fields(), std::move(types))
                              : TupleType::make(std::move(types));
  return builder.node(Kind::kTupleConstruct, items, std::move(type))->output();
}

Value* apply_conversion(Builder& builder, std::string_view op, Value* value, const TypePtr& type) {
  for (const Candidate& candidate : builder.scope().candidates(op)) {
    Actuals actuals;
    actuals.positional.push_back({value, ""});
    if (!candidate.op) continue;
    if (const auto match = match_schema(builder, candidate.schema(), actuals, false, nullptr)) {
      return builder.op(candidate.op, match->inputs, {&type, 1})->output();
    }
  }
  return value;
}

Value* convert_implicitly(Builder& builder, const TypePtr& target, Value* value) {
  const bool tensor = value->type()->kind() == TypeKind::kTensor;
  const bool number = value->type()->kind() == TypeKind::kNumber;
  switch (target->kind()) {
    case TypeKind::kInt:
      if (tensor || number) {
        return apply_conversion(builder, tensor ? op::kIntImplicit : op::kInt, value, target);
      }
      return value;
    case TypeKind::kFloat:
      if (tensor || number) {
        return apply_conversion(builder, tensor ? op::kFloatImplicit : op::kFloat, value, target);
      }
      return value;
    case TypeKind::kComplex:
      if (tensor || number) {
        return apply_conversion(builder, tensor ? op::kComplexImplicit : op::kComplex, value,
                                target);
      }
      return value;
    case TypeKind::kNumber:
      return tensor ? apply_conversion(builder, op::kScalarImplicit, value, target) : value;
    case TypeKind::kDevice:
      if (value->type()->kind() != TypeKind::kString) return value;
      return apply_conversion(builder, op::kDevice, value, target);
    default: return value;
  }
}

}  // namespace

TypePtr bind_type(const TypePtr& formal, const TypePtr& actual, TypeBindings& bound) {
  if (const auto* variable = formal->as<TypeVarType>()) {
    return bind_variable(*variable, actual, bound);
  }
  if (!has_type_vars(formal)) return formal;
  if (formal->kind() == TypeKind::kList) return bind_list(formal, actual, bound);
  if (formal->kind() == TypeKind::kOptional) return bind_optional(formal, actual, bound);
  if (formal->kind() != actual->kind()) return nullptr;
  const auto wanted = formal->contained();
  const auto given = actual->contained();
  if (wanted.size() != given.size()) return nullptr;
  std::vector<TypePtr> parameters;
  for (size_t i = 0; i < wanted.size(); ++i) {
    TypePtr parameter = bind_type(wanted[i], given[i], bound);
    if (!parameter) return nullptr;
    parameters.push_back(std::move(parameter));
  }
  return with_parameters(formal, std::move(parameters));
}

Value* convert(Builder& builder, const TypePtr& target, Value* value, bool implicit) {
  if (equal(value->type(), target)) return value;
  const TypeKind have = value->type()->kind();
  if (target->kind() == TypeKind::kOptional && have != TypeKind::kOptional &&
      have != TypeKind::kNone) {
    return convert(builder, target->expect<WrapperType>().element(), value, implicit);
  }
  if (target->kind() == TypeKind::kList) {
    const TypePtr& element = target->expect<WrapperType>().element();
    if (builder.is_untyped(value)) return builder.list(element, {});
    if (tuple_fits_list(value->type(), element)) {
      return builder.list(element, tuple_items(builder, value));
    }
  }
  if (target->kind() == TypeKind::kTuple && have == TypeKind::kTuple &&
      !is_subtype(value->type(), target)) {
    return convert_tuple(builder, target, value, implicit);
  }
  // Operators declare objects of native classes as "some class".
  if (target->kind() == TypeKind::kClass && have == TypeKind::kAnyClass) {
    return builder.cast(value, target);
  }
  if (implicit &&
      (have == TypeKind::kTensor || have == TypeKind::kString || is_number(value->type()))) {
    return convert_implicitly(builder, target, value);
  }
  return value;
}

}  // namespace temper::ir
