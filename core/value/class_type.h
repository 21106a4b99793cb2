#pragma once
// Types that programs define: classes (script classes and modules), interfaces, enums. Built by the
// source frontend; frozen before any program runs.

#include <memory>

#include "core/value/function.h"
#include "core/value/type.h"

namespace temper {

// A method of an interface: what a class must offer.
struct MethodSignature;

class ClassType final : public Type {
 public:
  static bool classof(TypeKind k) { return k == TypeKind::kClass; }
  struct Attribute {
    std::string name;
    TypePtr type;
    bool is_parameter = false;
    bool is_buffer = false;
  };

  static Ref<ClassType> make(std::string qualified_name, bool is_module);

  const std::string& name() const { return name_; }
  bool is_module() const { return is_module_; }
  const std::vector<Attribute>& attributes() const { return attributes_; }
  int find_attribute(std::string_view name) const;  // slot, -1 when absent
  // Appends a slot (or refines the type of an existing one); returns the slot.
  int add_attribute(Attribute attribute);
  void set_attribute_type(int slot, TypePtr type) { attributes_[slot].type = std::move(type); }

  // Methods in definition order. The class owns them; clear_methods() breaks the cycle
  // class -> method -> graph -> class and is called by the owner of the program.
  void add_method(Ref<Function> method);
  Function* find_method(std::string_view name) const;  // null when absent
  const std::vector<Ref<Function>>& methods() const { return methods_; }
  void clear_methods();

  void add_constant(std::string name, IValue value);
  const IValue* find_constant(std::string_view name) const;
  const std::vector<std::pair<std::string, IValue>>& constants() const { return constants_; }

  // Names of methods that run before / after forward, in order; bodies live in hooks().
  std::vector<std::string> forward_pre_hooks;
  std::vector<std::string> forward_hooks;
  void add_hook(Ref<Function> hook);
  Function* find_hook(std::string_view name) const;

  std::string annotation() const override { return name_; }
  std::string ir_text() const override { return name_; }

 private:
  ClassType(std::string name, bool is_module)
      : Type(TypeKind::kClass), name_(std::move(name)), is_module_(is_module) {}
  std::string name_;
  bool is_module_;
  std::vector<Attribute> attributes_;
  std::vector<Ref<Function>> methods_;
  std::vector<Ref<Function>> hooks_;
  std::vector<std::pair<std::string, IValue>> constants_;
};

class InterfaceType final : public Type {
 public:
  static bool classof(TypeKind k) { return k == TypeKind::kInterface; }
  static Ref<InterfaceType> make(std::string qualified_name, bool is_module);
  ~InterfaceType() override;
  const std::string& name() const { return name_; }
  bool is_module() const { return is_module_; }
  void add_method(MethodSignature method);
  const MethodSignature* find_method(std::string_view name) const;
  const std::vector<MethodSignature>& methods() const;
  // Signatures may mention the interface itself: the owner of the program breaks the cycle.
  void clear_methods();
  std::string annotation() const override { return name_; }
  std::string ir_text() const override { return name_; }

 private:
  InterfaceType(std::string name, bool is_module);
  std::string name_;
  bool is_module_;
  struct Methods;  // hides Schema, which needs complete types
  std::unique_ptr<Methods> methods_;
};

class EnumType final : public Type {
 public:
  static bool classof(TypeKind k) { return k == TypeKind::kEnum; }
  static Ref<EnumType> make(std::string qualified_name, TypePtr value_type);
  const std::string& name() const { return name_; }
  const TypePtr& value_type() const { return value_type_; }
  // All members share one EnumValue each, so that identity is equality.
  const std::vector<IValue>& members() const { return members_; }
  void add_member(std::string name, IValue value);
  const IValue* find_member(std::string_view name) const;
  const IValue* find_by_value(const IValue& value) const;
  // Members refer to their type: the owner of the program breaks the cycle.
  void clear_members() { members_.clear(); }
  std::string annotation() const override { return name_; }
  std::string ir_text() const override;

 private:
  EnumType(std::string name, TypePtr value_type)
      : Type(TypeKind::kEnum), name_(std::move(name)), value_type_(std::move(value_type)) {}
  std::string name_;
  TypePtr value_type_;
  std::vector<IValue> members_;
};

}  // namespace temper
