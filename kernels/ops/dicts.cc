// Methods and operators of dicts. One kernel serves every key type.
#include "core/base/error.h"
#include "kernels/ops/families.h"
#include "kernels/ops/overloads.h"

namespace temper {
namespace {

DictValue& dict(const OpCall& call, size_t i) { return call.in(i).to_dict(); }

[[noreturn]] void missing(const IValue& key) { fail("KeyError: ", to_text(key)); }

IValue make_copy(const DictValue& self) {
  auto out = make_ref<DictValue>(self.key_type, self.value_type);
  self.each([&](const IValue& key, const IValue& value) { out->set(key, value); });
  return out;
}

void get_item(OpCall& call) {
  const IValue* found = dict(call, 0).find(call.in(1));
  if (!found) missing(call.in(1));
  IValue value = *found;
  call.ret(std::move(value));
}

void get(OpCall& call) {
  const IValue* found = dict(call, 0).find(call.in(1));
  IValue value = found ? *found : call.size() > 2 ? call.in(2) : IValue();
  call.ret(std::move(value));
}

void set_item(OpCall& call) { dict(call, 0).set(call.in(1), call.in(2)); }

void set_default(OpCall& call) {
  DictValue& self = dict(call, 0);
  const IValue* found = self.find(call.in(1));
  IValue value = found ? *found : call.in(2);
  if (!found) self.set(call.in(1), value);
  call.ret(std::move(value));
}

void erase(OpCall& call) {
  if (!dict(call, 0).erase(call.in(1))) missing(call.in(1));
}

void pop(OpCall& call) {
  DictValue& self = dict(call, 0);
  const IValue* found = self.find(call.in(1));
  if (!found && call.size() < 3) missing(call.in(1));
  IValue value = found ? *found : call.in(2);
  self.erase(call.in(1));
  call.ret(std::move(value));
}

// The oldest entry, unlike Python's newest.
void pop_item(OpCall& call) {
  DictValue& self = dict(call, 0);
  std::vector<IValue> first;
  self.each([&](const IValue& key, const IValue& value) {
    if (first.empty()) first = {key, value};
  });
  if (first.empty()) fail("popitem(): dictionary is empty");
  // A NaN is never found again.
  if (!self.erase(first[0])) fail("Expected to erase 1 item, found 0");
  call.ret(make_tuple(std::move(first)));
}

void update(OpCall& call) {
  DictValue& self = dict(call, 0);
  if (&self == &dict(call, 1)) return;
  dict(call, 1).each([&](const IValue& key, const IValue& value) { self.set(key, value); });
}

void contains(OpCall& call) { call.ret(dict(call, 0).find(call.in(1)) != nullptr); }
void length(OpCall& call) { call.ret(static_cast<int64_t>(dict(call, 0).size())); }
void clear(OpCall& call) { dict(call, 0).clear(); }
void copy(OpCall& call) { call.ret(make_copy(dict(call, 0))); }

void keys(OpCall& call) {
  const DictValue& self = dict(call, 0);
  std::vector<IValue> out;
  self.each([&](const IValue& key, const IValue&) { out.push_back(key); });
  call.ret(make_list(self.key_type, std::move(out)));
}

void values(OpCall& call) {
  const DictValue& self = dict(call, 0);
  std::vector<IValue> out;
  self.each([&](const IValue&, const IValue& value) { out.push_back(value); });
  call.ret(make_list(self.value_type, std::move(out)));
}

void items(OpCall& call) {
  const DictValue& self = dict(call, 0);
  std::vector<IValue> out;
  self.each([&](const IValue& key, const IValue& value) {
    out.push_back(make_tuple({key, value}));
  });
  call.ret(make_list(TupleType::make({self.key_type, self.value_type}), std::move(out)));
}

void from_items(OpCall& call) {
  const ListValue& pairs = call.in(0).to_list();
  const auto& types = pairs.element_type->expect<TupleType>().elements();
  if (types.size() != 2) fail("dict() takes a list of pairs");
  auto out = make_ref<DictValue>(types[0], types[1]);
  for (const IValue& pair : pairs.items) {
    const auto& entry = pair.to_tuple().items;
    out->set(entry[0], entry[1]);
  }
  call.ret(std::move(out));
}

void empty_dict(OpCall& call) { call.ret(make_ref<DictValue>(Type::string(), Type::tensor())); }

// Adds the overload of every key type, whose names share a prefix.
void add_for_keys(OpRegistry& registry, std::string_view name, std::string_view prefix,
                  Kernel kernel) {
  for (std::string_view key : {"str", "int", "bool", "float", "complex", "Tensor"}) {
    const std::string overload = str_cat(prefix, key);
    add_overloads(registry, name, {overload}, kernel, 0);
  }
}

}  // namespace

void add_dicts(OpRegistry& registry) {
  add_for_keys(registry, "aten::Delete", "Dict_", erase);
  add_for_keys(registry, "aten::__contains__", "", contains);
  add_for_keys(registry, "aten::__getitem__", "Dict_", get_item);
  add_for_keys(registry, "aten::_set_item", "", set_item);
  add_for_keys(registry, "aten::clear", "", clear);
  add_for_keys(registry, "aten::copy", "Dict_", copy);
  add_for_keys(registry, "aten::dict", "", from_items);
  add_for_keys(registry, "aten::dict", "Dict_", copy);
  add_for_keys(registry, "aten::get", "", get);
  add_for_keys(registry, "aten::get", "default_", get);
  add_for_keys(registry, "aten::items", "", items);
  add_for_keys(registry, "aten::keys", "", keys);
  add_for_keys(registry, "aten::len", "Dict_", length);
  add_for_keys(registry, "aten::pop", "Dict_", pop);
  add_for_keys(registry, "aten::pop", "Dict_default_", pop);
  add_for_keys(registry, "aten::popitem", "", pop_item);
  add_for_keys(registry, "aten::setdefault", "", set_default);
  add_for_keys(registry, "aten::update", "", update);
  add_for_keys(registry, "aten::values", "", values);
  add_overloads(registry, "aten::dict", {""}, empty_dict, 0);
}

}  // namespace temper
