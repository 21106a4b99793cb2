#include <unordered_set>

#include "core/base/error.h"
#include "ir/archive/pickle.h"

namespace temper::ir {
namespace {

bool untagged(const TypePtr& type) { return type->kind() == TypeKind::kAny; }

IValue checked(IValue value, const TypePtr& type) {
  value = restore_types(std::move(value), type);
  if (!matches_type(value, type)) {
    fail("a container of ", type->annotation(), " holds a value of type ",
         type_of(value)->annotation());
  }
  return value;
}

void restore_dict(DictValue& dict, const DictType& type) {
  // Overwriting while walking is not allowed: collect first.
  std::vector<DictValue::Entry> entries;
  dict.each([&](const IValue& key, const IValue& value) {
    entries.push_back({checked(key, type.key()), checked(value, type.value())});
  });
  for (DictValue::Entry& entry : entries) dict.set(entry.key, std::move(entry.value));
  dict.key_type = type.key();
  dict.value_type = type.value();
}

IValue restore_tuple(IValue value, const TypePtr& type) {
  const TupleType& wanted = type->expect<TupleType>();
  const TupleValue& tuple = value.to_tuple();
  if (tuple.items.size() != wanted.elements().size()) return value;
  const NestingGuard guard;
  std::vector<IValue> items;
  bool changed = wanted.named() && !tuple.type;
  for (size_t i = 0; i < tuple.items.size(); ++i) {
    items.push_back(restore_types(tuple.items[i], wanted.elements()[i]));
    changed |= items[i].to_reference() != tuple.items[i].to_reference();
  }
  if (!changed) return value;
  return make_ref<TupleValue>(std::move(items), wanted.named() ? type : tuple.type);
}

TypePtr common_type(const TypePtr& so_far, const IValue& item) {
  TypePtr type = type_of(item);
  if (type->kind() == TypeKind::kTensor) type = Type::tensor();
  return so_far ? unify(so_far, type) : type;
}

void infer(const IValue& value, std::unordered_set<const RefCounted*>* seen) {
  if (!value.is_tuple() && !value.is_list() && !value.is_dict()) return;
  if (!seen->insert(value.to_reference()).second) return;
  if (value.is_tuple()) {
    for (const IValue& item : value.to_tuple().items) infer(item, seen);
  } else if (value.is_list()) {
    ListValue& list = value.to_list();
    TypePtr element;
    for (size_t i = 0; i < list.items.size(); ++i) {
      infer(list.items[i], seen);
      if (i == 0 || element) element = common_type(element, list.items[i]);
    }
    if (element && untagged(list.element_type)) list.element_type = element;
  } else {
    DictValue& dict = value.to_dict();
    TypePtr keys, values;
    bool first = true;
    dict.each([&](const IValue& key, const IValue& item) {
      infer(item, seen);
      if (first || keys) keys = common_type(keys, key);
      if (first || values) values = common_type(values, item);
      first = false;
    });
    if (keys && untagged(dict.key_type)) dict.key_type = keys;
    if (values && untagged(dict.value_type)) dict.value_type = values;
  }
}

}  // namespace

IValue restore_types(IValue value, const TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::kOptional:
      return value.is_none()
                 ? value
                 : restore_types(std::move(value), type->expect<WrapperType>().element());
    case TypeKind::kList: {
      if (!value.is_list() || !untagged(value.to_list().element_type)) return value;
      const TypePtr& element = type->expect<WrapperType>().element();
      if (untagged(element)) return value;
      for (IValue& item : value.to_list().items) item = checked(std::move(item), element);
      value.to_list().element_type = element;
      return value;
    }
    case TypeKind::kDict:
      if (value.is_dict() && untagged(value.to_dict().key_type)) {
        restore_dict(value.to_dict(), type->expect<DictType>());
      }
      return value;
    case TypeKind::kTuple: return value.is_tuple() ? restore_tuple(std::move(value), type) : value;
    default: return value;
  }
}

void infer_types(const IValue& value) {
  std::unordered_set<const RefCounted*> seen;
  infer(value, &seen);
}

}  // namespace temper::ir
