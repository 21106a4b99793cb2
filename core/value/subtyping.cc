#include <algorithm>

#include "core/base/error.h"
#include "core/value/class_type.h"
#include "core/value/function.h"
#include "core/value/type.h"

namespace temper {
namespace {

bool all_equal(absl::Span<const TypePtr> a, absl::Span<const TypePtr> b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(),
                    [](const TypePtr& x, const TypePtr& y) { return equal(x, y); });
}

bool tensor_subtype(const TensorType& a, const TensorType& b) {
  const auto& x = a.known();
  const auto& y = b.known();
  if (y == TensorType::Known{}) return true;
  return (y.dtype < 0 || x.dtype == y.dtype) && (y.device.empty() || x.device == y.device) &&
         (y.requires_grad < 0 || x.requires_grad == y.requires_grad) &&
         (!y.has_rank || (x.has_rank && x.sizes == y.sizes)) &&
         (y.strides.empty() || x.strides == y.strides) && x.undefined == y.undefined;
}

bool tuple_subtype(const TupleType& a, const TupleType& b) {
  if (b.named() && (!a.named() || a.fields() != b.fields())) return false;
  if (b.named() && !b.name().empty() && !a.name().empty() && a.name() != b.name()) return false;
  if (a.elements().size() != b.elements().size()) return false;
  for (size_t i = 0; i < a.elements().size(); ++i) {
    if (!is_subtype(a.elements()[i], b.elements()[i])) return false;
  }
  return true;
}

// Parameters may be more general and results more specific; self does not count.
bool signature_fits(const Schema& have, const Schema& wanted) {
  if (have.arguments.size() != wanted.arguments.size()) return false;
  for (size_t i = 1; i < have.arguments.size(); ++i) {
    if (!is_subtype(wanted.arguments[i].type, have.arguments[i].type)) return false;
  }
  if (have.returns.size() != wanted.returns.size()) return false;
  for (size_t i = 0; i < have.returns.size(); ++i) {
    if (!is_subtype(have.returns[i].type, wanted.returns[i].type)) return false;
  }
  return true;
}

bool implements(const Type& type, const InterfaceType& wanted, std::string* why) {
  const auto* klass = type.as<ClassType>();
  const auto* interface = type.as<InterfaceType>();
  if (!klass && !interface) return false;
  if (wanted.is_module() && !(klass ? klass->is_module() : interface->is_module())) {
    if (why) *why = str_cat(type.annotation(), " is not a module, ", wanted.name(), " needs one");
    return false;
  }
  for (const MethodSignature& method : wanted.methods()) {
    const Schema* have = nullptr;
    if (klass) {
      const Function* function = klass->find_method(method.name);
      if (function) have = &function->schema();
    } else if (const MethodSignature* signature = interface->find_method(method.name)) {
      have = &signature->schema;
    }
    if (!have || !signature_fits(*have, method.schema)) {
      if (why) {
        *why = str_cat("method '", method.name, "' of ", type.annotation(),
                       have ? " does not fit interface " : " is missing for interface ",
                       wanted.name());
      }
      return false;
    }
  }
  return true;
}

TypePtr unify_tuples(const TupleType& a, const TupleType& b) {
  if (a.elements().size() != b.elements().size()) return nullptr;
  std::vector<TypePtr> elements;
  for (size_t i = 0; i < a.elements().size(); ++i) {
    TypePtr element = unify(a.elements()[i], b.elements()[i]);
    if (!element) return nullptr;
    elements.push_back(std::move(element));
  }
  return TupleType::make(std::move(elements));
}

TypePtr unify_same_kind(const TypePtr& a, const TypePtr& b) {
  if (a->kind() != b->kind()) return nullptr;
  switch (a->kind()) {
    case TypeKind::kTensor: return Type::tensor();
    case TypeKind::kTuple: return unify_tuples(a->expect<TupleType>(), b->expect<TupleType>());
    case TypeKind::kFuture:
    case TypeKind::kOptional: {
      TypePtr element =
          unify(a->expect<WrapperType>().element(), b->expect<WrapperType>().element());
      if (!element) return nullptr;
      return a->kind() == TypeKind::kFuture ? future_of(element) : optional_of(element);
    }
    default: return nullptr;
  }
}

void flatten(const TypePtr& type, std::vector<TypePtr>& out) {
  if (const auto* members = type->as<UnionType>()) {
    for (const TypePtr& member : members->members()) flatten(member, out);
  } else if (type->kind() == TypeKind::kOptional) {
    flatten(type->expect<WrapperType>().element(), out);
    flatten(Type::none(), out);
  } else if (type->kind() == TypeKind::kNumber) {
    out.insert(out.end(), {Type::integer(), Type::floating(), Type::complex()});
  } else {
    out.push_back(type);
  }
}

// Drops members that another one covers.
std::vector<TypePtr> without_covered(const std::vector<TypePtr>& all) {
  std::vector<TypePtr> kept;
  for (const TypePtr& type : all) {
    const bool covered = std::any_of(kept.begin(), kept.end(),
                                     [&](const TypePtr& k) { return is_subtype(type, k); });
    if (covered) continue;
    std::erase_if(kept, [&](const TypePtr& k) { return is_subtype(k, type); });
    kept.push_back(type);
  }
  return kept;
}

}  // namespace

bool equal(const Type& a, const Type& b) {
  if (&a == &b) return true;
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case TypeKind::kTensor: return a.expect<TensorType>().known() == b.expect<TensorType>().known();
    case TypeKind::kList:
    case TypeKind::kOptional:
    case TypeKind::kFuture:
    case TypeKind::kRRef:
    case TypeKind::kDict:
    case TypeKind::kUnion: return all_equal(a.contained(), b.contained());
    case TypeKind::kTuple: {
      const auto& x = a.expect<TupleType>();
      const auto& y = b.expect<TupleType>();
      return x.name() == y.name() && x.fields() == y.fields() &&
             all_equal(a.contained(), b.contained());
    }
    case TypeKind::kTypeVar:
      return a.expect<TypeVarType>().name() == b.expect<TypeVarType>().name();
    case TypeKind::kClass:
    case TypeKind::kInterface:
    case TypeKind::kEnum: return false;  // identity
    default: return true;
  }
}

bool is_subtype(const TypePtr& a, const TypePtr& b, std::string* why) {
  if (equal(a, b) || b->kind() == TypeKind::kAny) return true;
  if (const auto* members = a->as<UnionType>()) {
    return std::all_of(members->members().begin(), members->members().end(),
                       [&](const TypePtr& member) { return is_subtype(member, b); });
  }
  if (a->kind() == TypeKind::kOptional && b->kind() != TypeKind::kOptional) {
    return is_subtype(Type::none(), b) && is_subtype(a->expect<WrapperType>().element(), b, why);
  }
  switch (b->kind()) {
    case TypeKind::kTensor:
      return a->kind() == TypeKind::kTensor &&
             tensor_subtype(a->expect<TensorType>(), b->expect<TensorType>());
    case TypeKind::kOptional: {
      const TypePtr& inner = b->expect<WrapperType>().element();
      if (a->kind() == TypeKind::kNone) return true;
      if (a->kind() == TypeKind::kOptional) {
        return is_subtype(a->expect<WrapperType>().element(), inner, why);
      }
      return is_subtype(a, inner, why);
    }
    case TypeKind::kUnion:
      return std::any_of(b->contained().begin(), b->contained().end(),
                         [&](const TypePtr& member) { return is_subtype(a, member); });
    case TypeKind::kNumber:
      return a->kind() == TypeKind::kInt || a->kind() == TypeKind::kFloat ||
             a->kind() == TypeKind::kComplex;
    case TypeKind::kTuple:
      return a->kind() == TypeKind::kTuple &&
             tuple_subtype(a->expect<TupleType>(), b->expect<TupleType>());
    case TypeKind::kAnyTuple: return a->kind() == TypeKind::kTuple;
    case TypeKind::kAnyList: return a->kind() == TypeKind::kList;
    case TypeKind::kAnyClass: return a->kind() == TypeKind::kClass;
    case TypeKind::kAnyEnum: return a->kind() == TypeKind::kEnum;
    case TypeKind::kInterface: return implements(*a, b->expect<InterfaceType>(), why);
    case TypeKind::kFuture:
    case TypeKind::kRRef:
      return a->kind() == b->kind() && is_subtype(a->expect<WrapperType>().element(),
                                                  b->expect<WrapperType>().element(), why);
    // Enumerations of the schema language are plain ints to programs.
    case TypeKind::kInt:
      return a->kind() == TypeKind::kScalarType || a->kind() == TypeKind::kLayout ||
             a->kind() == TypeKind::kMemoryFormat;
    case TypeKind::kScalarType:
    case TypeKind::kLayout:
    case TypeKind::kMemoryFormat: return a->kind() == TypeKind::kInt;
    default: return false;  // List and Dict are invariant
  }
}

TypePtr unify(const TypePtr& a, const TypePtr& b, bool to_union) {
  if (is_subtype(a, b)) return b;
  if (is_subtype(b, a)) return a;
  if (a->kind() == TypeKind::kNone) return optional_of(b);
  if (b->kind() == TypeKind::kNone) return optional_of(a);
  if (TypePtr same = unify_same_kind(a, b)) return same;
  const bool optional_a = a->kind() == TypeKind::kOptional;
  const bool optional_b = b->kind() == TypeKind::kOptional;
  if (optional_a || optional_b) {
    TypePtr inner = unify(optional_a ? a->expect<WrapperType>().element() : a,
                          optional_b ? b->expect<WrapperType>().element() : b);
    if (inner) return optional_of(inner);
  }
  return to_union ? union_of({a, b}) : nullptr;
}

TypePtr union_of(std::vector<TypePtr> members) {
  std::vector<TypePtr> flat;
  for (const TypePtr& member : members) flatten(member, flat);
  std::vector<TypePtr> kept = without_covered(flat);
  std::sort(kept.begin(), kept.end(), [](const TypePtr& a, const TypePtr& b) {
    if (a->kind() != b->kind()) return a->kind() < b->kind();
    const std::string one = a->annotation(), other = b->annotation();
    if (one != other) return one < other;
    return a->ir_text() < b->ir_text();  // tuples whose fields have other names
  });
  const auto has = [&](TypeKind kind) {
    return std::any_of(kept.begin(), kept.end(),
                       [&](const TypePtr& t) { return t->kind() == kind; });
  };
  if (has(TypeKind::kInt) && has(TypeKind::kFloat) && has(TypeKind::kComplex)) {
    std::erase_if(kept, [](const TypePtr& t) {
      return t->kind() == TypeKind::kInt || t->kind() == TypeKind::kFloat ||
             t->kind() == TypeKind::kComplex;
    });
    const auto at = std::find_if(kept.begin(), kept.end(),
                                 [](const TypePtr& t) { return t->kind() > TypeKind::kNumber; });
    kept.insert(at, Type::number());
  }
  if (kept.size() == 1) return kept[0];
  if (kept.size() == 2 && has(TypeKind::kNone)) {
    return optional_of(kept[0]->kind() == TypeKind::kNone ? kept[1] : kept[0]);
  }
  return TypePtr(new UnionType(std::move(kept)));
}

bool may_be_none(const TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::kOptional:
    case TypeKind::kNone:
    case TypeKind::kAny: return true;
    case TypeKind::kUnion:
      return std::any_of(type->contained().begin(), type->contained().end(), may_be_none);
    default: return false;
  }
}

TypePtr without_none(const TypePtr& type) {
  if (type->kind() == TypeKind::kOptional) return type->expect<WrapperType>().element();
  const auto* members = type->as<UnionType>();
  if (!members) return type;
  std::vector<TypePtr> rest;
  for (const TypePtr& member : members->members()) {
    if (member->kind() != TypeKind::kNone) rest.push_back(member);
  }
  return union_of(std::move(rest));
}

bool has_type_vars(const TypePtr& type) {
  if (type->kind() == TypeKind::kTypeVar) return true;
  return std::any_of(type->contained().begin(), type->contained().end(), has_type_vars);
}

}  // namespace temper
