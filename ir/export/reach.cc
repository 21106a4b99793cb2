#include "ir/export/reach.h"

namespace temper::ir {

// Data leads to classes, code to attributes, and attributes to further data: until nothing is new.
Reach::Reach(const Module& module, GraphOf graph_of, bool prune)
    : module_(module), graph_of_(std::move(graph_of)), prune_(prune) {
  add_root();
  do {
    changed_ = false;
    walked_.clear();
    add_value(module_.root());
    add_implementations();
  } while (changed_);
}

const Graph& Reach::graph(ScriptFunction& function) {
  std::shared_ptr<Graph>& graph = graphs_[&function];
  if (!graph) graph = graph_of_(function);
  return *graph;
}

bool Reach::keeps_attribute(const ClassType& type, const std::string& name) const {
  return whole(type) || attributes_.count({&type, name}) != 0;
}

bool Reach::keeps_method(const ClassType& type, std::string_view name) const {
  return type.find_method(name) && (whole(type) || methods_.count({&type, std::string(name)}));
}

bool Reach::keeps_hooks(const ClassType& type) const {
  return whole(type) || &type == &module_.type();
}

void Reach::add_root() {
  const ClassType& type = module_.type();
  add_class(type);
  if (whole(type)) return;
  for (const ScriptFunction* method : module_.methods()) {
    const std::string_view name = method->name();
    if (name != "__getstate__" && name != "__setstate__") add_method(type, name);
  }
  for (const auto* hooks : {&type.forward_pre_hooks, &type.forward_hooks}) {
    for (const std::string& hook : *hooks) {
      scan(dynamic_cast<ScriptFunction&>(*type.find_hook(hook)));
    }
  }
}

void Reach::add_type(const TypePtr& type) {
  for (const TypePtr& part : type->contained()) add_type(part);
  if (const auto* klass = type->as<ClassType>()) return add_class(*klass);
  if (const auto* interface = type->as<InterfaceType>()) {
    if (!types_.try_emplace(interface->name(), type).second) return;
    for (const MethodSignature& method : interface->methods()) add_schema(method.schema);
  } else if (const auto* enumeration = type->as<EnumType>()) {
    types_.try_emplace(enumeration->name(), type);
  } else if (const auto* tuple = type->as<TupleType>(); tuple && !tuple->name().empty()) {
    types_.try_emplace(tuple->name(), type);
  }
}

void Reach::add_class(const ClassType& type) {
  if (type.name().starts_with(kNativeClasses)) return;
  if (!types_.try_emplace(type.name(), TypePtr(&type)).second) return;
  changed_ = true;
  if (!whole(type)) return;
  add_all_attributes(type);
  for (const Ref<Function>& method : type.methods()) add_method(type, method->name());
  for (const auto* hooks : {&type.forward_pre_hooks, &type.forward_hooks}) {
    for (const std::string& hook : *hooks) {
      scan(dynamic_cast<ScriptFunction&>(*type.find_hook(hook)));
    }
  }
}

void Reach::add_schema(const Schema& schema) {
  for (const Argument& argument : schema.arguments) {
    add_type(argument.type);
    if (argument.default_value) add_value(*argument.default_value);
  }
  for (const Argument& result : schema.returns) add_type(result.type);
}

void Reach::add_method(const ClassType& type, std::string_view name) {
  auto* method = dynamic_cast<ScriptFunction*>(type.find_method(name));
  if (!method || !methods_.insert({&type, std::string(name)}).second) return;
  changed_ = true;
  scan(*method);
}

void Reach::add_attribute(const ClassType& type, const std::string& name) {
  const int slot = type.find_attribute(name);
  if (slot < 0 || !attributes_.insert({&type, name}).second) return;
  changed_ = true;
  add_type(type.attributes()[static_cast<size_t>(slot)].type);
}

void Reach::add_all_attributes(const ClassType& type) {
  for (const ClassType::Attribute& attribute : type.attributes()) {
    add_attribute(type, attribute.name);
  }
}

void Reach::add_value(const IValue& value) {
  switch (value.tag()) {
    case Tag::kEnum: return add_type(value.to_enum().type);
    case Tag::kFunction: {
      auto* function = dynamic_cast<ScriptFunction*>(&value.to_function());
      const bool fresh =
          function && functions_.try_emplace(function->qualified_name(), function).second;
      return fresh ? scan(*function) : void();
    }
    case Tag::kList:
    case Tag::kDict:
    case Tag::kTuple:
    case Tag::kObject: break;
    default: return;
  }
  if (!walked_.insert(value.to_reference()).second) return;
  if (value.is_object()) return add_object(value.to_object());
  if (value.is_list()) {
    add_type(value.to_list().element_type);
    for (const IValue& item : value.to_list().items) add_value(item);
  } else if (value.is_dict()) {
    add_type(value.to_dict().value_type);
    value.to_dict().each([this](const IValue&, const IValue& item) { add_value(item); });
  } else {
    if (value.to_tuple().type) add_type(value.to_tuple().type);
    for (const IValue& item : value.to_tuple().items) add_value(item);
  }
}

void Reach::add_object(const ObjectValue& object) {
  add_class(*object.type);
  for (size_t i = 0; i < object.slots.size(); ++i) {
    if (keeps_attribute(*object.type, object.type->attributes()[i].name)) {
      add_value(object.slots[i]);
    }
  }
}

void Reach::scan(ScriptFunction& function) {
  if (graphs_.count(&function)) return;
  const Graph& body = graph(function);
  add_schema(function.schema());
  scan(*body.block());
}

void Reach::scan(const Block& block) {
  for (const Node* node : block) {
    scan(*node);
    for (const Block* inner : node->blocks()) scan(*inner);
  }
}

void Reach::scan(const Node& node) {
  for (const Value* output : node.outputs()) add_type(output->type());
  switch (node.kind()) {
    case Kind::kConstant: return add_value(node.value());
    case Kind::kFork:
      return scan(*std::get<std::shared_ptr<Graph>>(node.attribute("Subgraph"))->block());
    case Kind::kIsInstance:
      for (const TypePtr& type : std::get<std::vector<TypePtr>>(node.attribute("types"))) {
        add_type(type);
      }
      return;
    case Kind::kGetAttr:
    case Kind::kSetAttr:
    case Kind::kModuleContainerIndex: return scan_access(node);
    case Kind::kCallMethod:
    case Kind::kEnter:
    case Kind::kExit: return scan_call(node);
    default: return;
  }
}

void Reach::scan_access(const Node& node) {
  const auto* type = node.input(0)->type()->as<ClassType>();
  if (!type) return;
  if (node.is(Kind::kModuleContainerIndex)) return add_all_attributes(*type);
  add_attribute(*type, node.name());
}

void Reach::scan_call(const Node& node) {
  const TypePtr& receiver = node.input(0)->type();
  const auto* type = receiver->as<ClassType>();
  if (node.is(Kind::kCallMethod) && type) return add_method(*type, node.name());
  if (node.is(Kind::kCallMethod)) {
    changed_ |= interface_calls_.insert(node.name()).second;
  } else if (type) {
    add_method(*type, "__enter__");
    add_method(*type, "__exit__");
  }
}

// Any class may be behind an interface.
void Reach::add_implementations() {
  const auto types = types_;
  for (const auto& [name, type] : types) {
    const auto* klass = type->as<ClassType>();
    if (!klass) continue;
    for (const std::string& method : interface_calls_) add_method(*klass, method);
  }
}

}  // namespace temper::ir
