// What can be done with a value of the graph, by its type.

#include "core/value/containers.h"
#include "ir/script/emitter.h"
#include "ir/script/term_kinds.h"

namespace temper::ir {
namespace {

// Whether some overload takes the value as its argument named self.
bool is_receiver(const Schema& schema, const TypePtr& type) {
  const int index = schema.find_argument("self");
  if (index < 0) return false;
  TypeBindings bound;
  const TypePtr concrete =
      bind_type(schema.arguments[static_cast<size_t>(index)].type, type, bound);
  return concrete && is_subtype(type, concrete);
}

TermPtr property_operator(Emitter& emitter, std::string_view op, Value* value) {
  return make_value_term(emitter.operate(op, {value}));
}

TermPtr find_enum_attribute(Emitter& emitter, Value* value, const std::string& name) {
  const auto* type = value->type()->as<EnumType>();
  if (!type) return nullptr;
  Builder& builder = emitter.builder();
  if (name == "name") {
    return make_value_term(builder.value(Kind::kEnumName, {value}, Type::string()));
  }
  if (name == "value") {
    return make_value_term(builder.value(Kind::kEnumValue, {value}, type->value_type()));
  }
  return nullptr;
}

}  // namespace

std::string ValueTerm::describe() const {
  return str_cat("a value of type ", value_->type()->annotation());
}

TermPtr ValueTerm::find_object_attribute(Emitter& emitter, const std::string& name) const {
  if (const auto* interface = value_->type()->as<InterfaceType>()) {
    if (!interface->find_method(name)) return nullptr;
    return std::make_shared<MethodTerm>(value_, name);
  }
  const auto* type = value_->type()->as<ClassType>();
  if (!type) return nullptr;
  Builder& builder = emitter.builder();
  if (type->find_method(name) || type->find_hook(name)) {
    return std::make_shared<MethodTerm>(value_, name);
  }
  if (const int slot = type->find_attribute(name); slot >= 0) {
    Node* node =
        builder.node(Kind::kGetAttr, {value_}, type->attributes()[static_cast<size_t>(slot)].type);
    node->set_attribute("name", IValue(name));
    return make_value_term(node->output());
  }
  if (const IValue* constant = type->find_constant(name)) {
    return make_value_term(builder.constant(*constant));
  }
  const std::string native = native_method_op(type->name(), name);
  if (!native.empty() && !emitter.scope().candidates(native).empty()) {
    return OperatorTerm::with_first(native, value_);
  }
  const std::string getter = str_cat("__", name, "_getter");
  if (type->find_method(getter)) return emitter.call_method(value_, getter, {});
  return nullptr;
}

TermPtr ValueTerm::find_operator_method(Emitter& emitter, const std::string& name) const {
  std::string op = "aten::" + name;
  for (const Candidate& candidate : emitter.scope().candidates(op)) {
    if (is_receiver(candidate.schema(), value_->type())) {
      return std::make_shared<OperatorTerm>(std::move(op), value_);
    }
  }
  return nullptr;
}

TermPtr ValueTerm::attribute(Emitter& emitter, const std::string& name) const {
  const TypeKind kind = value_->type()->kind();
  if (kind == TypeKind::kTensor) {
    if (const auto dtype = find_tensor_cast(name)) {
      return std::make_shared<TensorCastTerm>(value_, *dtype);
    }
    const std::string_view op = find_tensor_property(name);
    if (!op.empty()) return property_operator(emitter, op, value_);
    if (name == "tolist") return std::make_shared<ToListTerm>(value_);
  }
  if (kind == TypeKind::kDevice) {
    const std::string_view op = find_device_property(name);
    if (!op.empty()) return property_operator(emitter, op, value_);
  }
  if (const auto* tuple = value_->type()->as<TupleType>()) {
    const int field = tuple->field_index(name);
    if (field >= 0) {
      return make_value_term(emitter.tuple_item(value_, static_cast<size_t>(field)));
    }
  }
  if (TermPtr found = find_object_attribute(emitter, name)) return found;
  if (TermPtr found = find_enum_attribute(emitter, value_, name)) return found;
  if (TermPtr found = find_operator_method(emitter, name)) return found;
  if (may_be_none(value_->type()) && kind != TypeKind::kAny) {
    emitter.fail("'", name, "' is read from a value of type ", value_->type()->annotation(),
                 ", which may be None; test it with 'is not None' first");
  }
  return Term::attribute(emitter, name);
}

TermPtr ValueTerm::apply(Emitter& emitter, const Actuals& actuals, const TypePtr& hint) const {
  if (value_->type()->kind() == TypeKind::kFunction && value_->node()->is(Kind::kConstant)) {
    return emitter.call_function(value_->node()->value().to_function(), actuals);
  }
  const TypeKind kind = value_->type()->kind();
  if (kind == TypeKind::kClass || kind == TypeKind::kInterface) {
    return emitter.call_object(value_, actuals);
  }
  return Term::apply(emitter, actuals, hint);
}

std::vector<TermPtr> ValueTerm::unpack(Emitter& emitter, std::optional<size_t> count) const {
  std::vector<TermPtr> items;
  Builder& builder = emitter.builder();
  if (const auto* tuple = value_->type()->as<TupleType>()) {
    Node* node = builder.node(Kind::kTupleUnpack, {value_});
    for (const TypePtr& type : tuple->elements()) {
      items.push_back(make_value_term(node->add_output(type)));
    }
    return items;
  }
  const TypeKind kind = value_->type()->kind();
  if (kind != TypeKind::kList && kind != TypeKind::kTensor) return Term::unpack(emitter, count);
  if (!count) {
    emitter.fail("a list cannot be unpacked into a starred target: its length is not known");
  }
  Value* list = kind == TypeKind::kTensor ? emitter.operate(op::kUnbind, {value_}) : value_;
  const TypePtr element = list->type()->expect<WrapperType>().element();
  Node* node = builder.node(Kind::kListUnpack, {list});
  for (size_t i = 0; i < *count; ++i) items.push_back(make_value_term(node->add_output(element)));
  return items;
}

IterablePtr ValueTerm::iterate(Emitter& emitter) const {
  if (IterablePtr found = iterate_value(emitter, value_)) return found;
  return Term::iterate(emitter);
}

TermPtr TensorCastTerm::apply(Emitter& emitter, const Actuals& actuals, const TypePtr&) const {
  Actuals full = actuals;
  full.self = tensor_;
  full.positional.insert(full.positional.begin(), Actual{emitter.builder().constant(dtype_), ""});
  return emitter.call_operator(op::kTo, full);
}

TermPtr ToListTerm::call(Emitter& emitter, const Expr& call, const TypePtr& hint) const {
  if (call.children.size() > 1 || !call.keywords.empty()) emitter.fail("tolist() has no arguments");
  if (!hint) emitter.fail("the result of tolist() needs an annotation: x : List[int] = t.tolist()");
  int64_t dim = 0;
  TypePtr element = hint;
  for (; element->kind() == TypeKind::kList; ++dim) {
    element = element->expect<WrapperType>().element();
  }
  static constexpr TypeKind kCodes[] = {TypeKind::kInt, TypeKind::kFloat, TypeKind::kBool,
                                        TypeKind::kComplex};
  Builder& builder = emitter.builder();
  for (int64_t code = 0; code < 4; ++code) {
    if (kCodes[code] != element->kind()) continue;
    Value* dim_value = builder.constant(dim);
    Value* code_value = builder.constant(code);
    return make_value_term(builder.value(Kind::kToList, {tensor_, dim_value, code_value}, hint));
  }
  emitter.fail("tolist() gives nested lists of int, float, bool or complex, not ",
               hint->annotation());
}

}  // namespace temper::ir
