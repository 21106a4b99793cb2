#include "core/value/containers.h"

namespace temper {

DictValue::~DictValue() {
  std::vector<IValue> values;
  for (Entry& entry : slots_) values.push_back(std::move(entry.value));
  release_items(std::move(values));
}

const IValue* DictValue::find(const IValue& key) const {
  const auto it = index_.find(key);
  return it == index_.end() ? nullptr : &slots_[it->second].value;
}

void DictValue::set(const IValue& key, IValue value) {
  const auto [it, inserted] = index_.try_emplace(key, slots_.size());
  if (!inserted) {
    slots_[it->second].value = std::move(value);
    return;
  }
  slots_.push_back({key, std::move(value)});
  live_.push_back(true);
}

bool DictValue::erase(const IValue& key) {
  const auto it = index_.find(key);
  if (it == index_.end()) return false;
  const size_t slot = it->second;
  index_.erase(it);
  slots_[slot] = {};
  live_[slot] = false;
  if (slots_.size() > 16 && index_.size() * 2 < slots_.size()) compact();
  return true;
}

void DictValue::clear() {
  slots_.clear();
  live_.clear();
  index_.clear();
}

void DictValue::compact() {
  // The index is made anew: a NaN key could not be looked up to move it.
  index_.clear();
  size_t kept = 0;
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (!live_[i]) continue;
    if (kept != i) slots_[kept] = std::move(slots_[i]);
    index_.emplace(slots_[kept].key, kept);
    ++kept;
  }
  slots_.resize(kept);
  live_.assign(kept, true);
}

namespace {

TypePtr tuple_type(const TupleValue& tuple) {
  const NestingGuard guard;
  if (tuple.type) return tuple.type;
  std::vector<TypePtr> elements;
  elements.reserve(tuple.items.size());
  for (const IValue& item : tuple.items) elements.push_back(type_of(item));
  return TupleType::make(std::move(elements));
}

}  // namespace

TypePtr type_of(const IValue& value) {
  switch (value.tag()) {
    case Tag::kNone: return Type::none();
    case Tag::kBool: return Type::boolean();
    case Tag::kInt: return Type::integer();
    case Tag::kDouble: return Type::floating();
    case Tag::kDevice: return Type::device();
    case Tag::kUninitialized: return Type::any();
    case Tag::kTensor: return Type::tensor();
    case Tag::kString: return Type::string();
    case Tag::kComplex: return Type::complex();
    case Tag::kList: return list_of(value.to_list().element_type);
    case Tag::kDict: return DictType::make(value.to_dict().key_type, value.to_dict().value_type);
    case Tag::kTuple: return tuple_type(value.to_tuple());
    case Tag::kObject: return value.to_object().type;
    case Tag::kEnum: return value.to_enum().type;
    case Tag::kFuture: return future_of(value.to_future().element_type);
    case Tag::kRRef: return rref_of(Type::any());
    case Tag::kGenerator: return Type::simple(TypeKind::kGenerator);
    case Tag::kFunction: return Type::simple(TypeKind::kFunction);
    case Tag::kCapsule: return Type::simple(TypeKind::kCapsule);
  }
  return Type::any();
}

bool matches_type(const IValue& value, const TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::kAny: return true;
    case TypeKind::kOptional:
      return value.is_none() || matches_type(value, type->expect<WrapperType>().element());
    case TypeKind::kUnion:
      for (const TypePtr& member : type->contained()) {
        if (matches_type(value, member)) return true;
      }
      return false;
    case TypeKind::kTuple: {
      if (!value.is_tuple()) return false;
      const auto& items = value.to_tuple().items;
      const auto& elements = type->expect<TupleType>().elements();
      if (items.size() != elements.size()) return false;
      const NestingGuard guard;
      for (size_t i = 0; i < items.size(); ++i) {
        if (!matches_type(items[i], elements[i])) return false;
      }
      return true;
    }
    default: return is_subtype(type_of(value), type);
  }
}

IValue make_list(TypePtr element, std::vector<IValue> items) {
  return make_ref<ListValue>(std::move(element), std::move(items));
}

IValue make_int_list(DimsView values) {
  return make_list(Type::integer(), std::vector<IValue>(values.begin(), values.end()));
}

IValue make_tensor_list(const std::vector<Tensor>& tensors) {
  return make_list(Type::tensor(), std::vector<IValue>(tensors.begin(), tensors.end()));
}

IValue make_tuple(std::vector<IValue> items) { return make_ref<TupleValue>(std::move(items)); }

}  // namespace temper
