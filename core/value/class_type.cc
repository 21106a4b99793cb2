#include "core/value/class_type.h"

#include <algorithm>

#include "core/value/containers.h"
#include "core/value/function.h"

namespace temper {
namespace {

Function* find_function(const std::vector<Ref<Function>>& functions, std::string_view name) {
  for (const Ref<Function>& function : functions) {
    if (function->name() == name) return function.get();
  }
  return nullptr;
}

}  // namespace

Ref<ClassType> ClassType::make(std::string qualified_name, bool is_module) {
  return Ref<ClassType>(new ClassType(std::move(qualified_name), is_module));
}

int ClassType::find_attribute(std::string_view name) const {
  for (size_t i = 0; i < attributes_.size(); ++i) {
    if (attributes_[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

int ClassType::add_attribute(Attribute attribute) {
  const int slot = find_attribute(attribute.name);
  if (slot >= 0) {
    attributes_[static_cast<size_t>(slot)] = std::move(attribute);
    return slot;
  }
  attributes_.push_back(std::move(attribute));
  return static_cast<int>(attributes_.size()) - 1;
}

void ClassType::add_method(Ref<Function> method) { methods_.push_back(std::move(method)); }
Function* ClassType::find_method(std::string_view name) const {
  return find_function(methods_, name);
}

void ClassType::add_hook(Ref<Function> hook) { hooks_.push_back(std::move(hook)); }
Function* ClassType::find_hook(std::string_view name) const { return find_function(hooks_, name); }

void ClassType::clear_methods() {
  methods_.clear();
  hooks_.clear();
}

void ClassType::add_constant(std::string name, IValue value) {
  constants_.emplace_back(std::move(name), std::move(value));
}

const IValue* ClassType::find_constant(std::string_view name) const {
  for (const auto& [constant, value] : constants_) {
    if (constant == name) return &value;
  }
  return nullptr;
}

struct InterfaceType::Methods {
  std::vector<MethodSignature> list;
};

InterfaceType::InterfaceType(std::string name, bool is_module)
    : Type(TypeKind::kInterface),
      name_(std::move(name)),
      is_module_(is_module),
      methods_(std::make_unique<Methods>()) {}
InterfaceType::~InterfaceType() = default;

Ref<InterfaceType> InterfaceType::make(std::string qualified_name, bool is_module) {
  return Ref<InterfaceType>(new InterfaceType(std::move(qualified_name), is_module));
}

void InterfaceType::add_method(MethodSignature method) {
  methods_->list.push_back(std::move(method));
}

void InterfaceType::clear_methods() { methods_->list.clear(); }

const std::vector<MethodSignature>& InterfaceType::methods() const { return methods_->list; }

const MethodSignature* InterfaceType::find_method(std::string_view name) const {
  for (const MethodSignature& method : methods_->list) {
    if (method.name == name) return &method;
  }
  return nullptr;
}

Ref<EnumType> EnumType::make(std::string qualified_name, TypePtr value_type) {
  return Ref<EnumType>(new EnumType(std::move(qualified_name), std::move(value_type)));
}

void EnumType::add_member(std::string name, IValue value) {
  members_.emplace_back(
      make_ref<EnumValue>(Ref<const EnumType>(this), std::move(name), std::move(value)));
}

const IValue* EnumType::find_member(std::string_view name) const {
  for (const IValue& member : members_) {
    if (member.to_enum().name == name) return &member;
  }
  return nullptr;
}

const IValue* EnumType::find_by_value(const IValue& value) const {
  for (const IValue& member : members_) {
    if (equal(member.to_enum().value, value)) return &member;
  }
  return nullptr;
}

std::string EnumType::ir_text() const { return str_cat("Enum<", name_, ">"); }

}  // namespace temper
