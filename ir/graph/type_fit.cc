#include "ir/graph/type_fit.h"

namespace temper::ir {
namespace {

bool is_tensor(const TypePtr& type) { return type->kind() == TypeKind::kTensor; }

bool all_fit(absl::Span<const TypePtr> actual, absl::Span<const TypePtr> formal) {
  if (actual.size() != formal.size()) return false;
  for (size_t i = 0; i < actual.size(); ++i) {
    if (!type_fits(actual[i], formal[i])) return false;
  }
  return true;
}

std::vector<TypePtr> substitute_all(absl::Span<const TypePtr> types, const TypeBindings& bound) {
  std::vector<TypePtr> result;
  for (const TypePtr& type : types) result.push_back(substitute(type, bound));
  return result;
}

bool takes(const Schema& schema, absl::Span<Value* const> inputs, absl::Span<const TypePtr> outputs,
           bool strict) {
  if (inputs.size() < schema.arguments.size()) return false;
  if (inputs.size() > schema.arguments.size() && !schema.vararg) return false;
  if (!outputs.empty() && !schema.varret && outputs.size() != schema.returns.size()) return false;
  TypeBindings bound;
  for (size_t i = 0; i < schema.arguments.size(); ++i) {
    const TypePtr& formal = schema.arguments[i].type;
    const TypePtr& actual = inputs[i]->type();
    if (strict && !has_type_vars(formal) && !is_subtype(actual, formal)) return false;
    if (!match_schema_type(formal, actual, &bound)) return false;
  }
  for (size_t i = 0; i < outputs.size() && i < schema.returns.size(); ++i) {
    const TypePtr formal = substitute(schema.returns[i].type, bound);
    if (!match_schema_type(formal, outputs[i], &bound)) return false;
  }
  return true;
}

}  // namespace

// Matches a schema type with variables against the type of an argument.
bool match_schema_type(const TypePtr& formal, const TypePtr& actual, TypeBindings* bound) {
  if (const auto* variable = formal->as<TypeVarType>()) {
    const auto [it, fresh] = bound->emplace(variable->name(), actual);
    return fresh || type_fits(actual, it->second) || type_fits(it->second, actual);
  }
  if (!has_type_vars(formal)) return type_fits(actual, formal);
  if (formal->kind() == TypeKind::kOptional) {
    if (may_be_none(actual) && actual->kind() == TypeKind::kNone) return true;
    const TypePtr inner = may_be_none(actual) ? without_none(actual) : actual;
    return match_schema_type(formal->expect<WrapperType>().element(), inner, bound);
  }
  if (actual->kind() != formal->kind()) return actual->kind() == TypeKind::kAny;
  const auto want = formal->contained();
  const auto have = actual->contained();
  if (want.size() != have.size()) return false;
  for (size_t i = 0; i < want.size(); ++i) {
    if (!match_schema_type(want[i], have[i], bound)) return false;
  }
  return true;
}

bool type_fits(const TypePtr& actual, const TypePtr& formal) {
  if (actual == formal || formal->kind() == TypeKind::kAny) return true;
  if (is_tensor(actual) && is_tensor(formal)) return true;
  if (is_subtype(actual, formal)) return true;
  if (formal->kind() == TypeKind::kOptional) {
    const TypePtr& inner = formal->expect<WrapperType>().element();
    return type_fits(may_be_none(actual) ? without_none(actual) : actual, inner);
  }
  if (actual->kind() != formal->kind()) return false;
  switch (formal->kind()) {
    case TypeKind::kTuple:
    case TypeKind::kList:
    case TypeKind::kDict:
    case TypeKind::kFuture: return all_fit(actual->contained(), formal->contained());
    default: return false;
  }
}

TypePtr substitute(const TypePtr& formal, const TypeBindings& bound) {
  if (!has_type_vars(formal)) return formal;
  if (const auto* variable = formal->as<TypeVarType>()) {
    const auto it = bound.find(variable->name());
    return it == bound.end() ? formal : it->second;
  }
  std::vector<TypePtr> parts = substitute_all(formal->contained(), bound);
  switch (formal->kind()) {
    case TypeKind::kList: return list_of(parts[0]);
    case TypeKind::kOptional: return optional_of(parts[0]);
    case TypeKind::kFuture: return future_of(parts[0]);
    case TypeKind::kRRef: return rref_of(parts[0]);
    case TypeKind::kDict: return DictType::make(parts[0], parts[1]);
    case TypeKind::kTuple: return TupleType::make(std::move(parts));
    case TypeKind::kUnion: return union_of(std::move(parts));
    default: return formal;
  }
}

const OpDef* find_overload(const OpRegistry& ops, std::string_view name,
                           absl::Span<Value* const> inputs, absl::Span<const TypePtr> outputs) {
  for (const bool strict : {true, false}) {
    for (const OpDef* op : ops.overloads(name)) {
      if (takes(op->schema(), inputs, outputs, strict)) return op;
    }
  }
  return nullptr;
}

}  // namespace temper::ir
