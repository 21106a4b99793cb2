// Declares what files define: types with their members, functions with their signatures. Bodies are
// compiled on first use.

#include "core/value/containers.h"
#include "ir/graph/verifier.h"
#include "ir/module/constant_eval.h"
#include "ir/module/unit_state.h"
#include "ir/script/diagnostics.h"
#include "ir/script/emitter.h"
#include "ir/script/type_annotations.h"

namespace temper::ir {
namespace {

constexpr size_t kMaxNesting = 100;  // of NamedTuples in NamedTuples

TypeFinder finder_of(UnitScope& scope) {
  return [&scope](std::string_view name) { return scope.find_type(name); };
}

// A statement "name = value" or "name : T".
const std::string* assigned_name(const Stmt& stmt) {
  const bool single = stmt.kind == StmtKind::kAssign && stmt.targets.size() == 1;
  if (!single || stmt.targets[0]->kind != ExprKind::kName) return nullptr;
  return &stmt.targets[0]->text;
}

std::vector<std::string> string_list(const Stmt& stmt) {
  if (!stmt.value || stmt.value->kind != ExprKind::kList) {
    fail_at(stmt.range, "expected a list of strings");
  }
  std::vector<std::string> items;
  for (const ExprPtr& item : stmt.value->children) {
    if (item->kind != ExprKind::kString) fail_at(item->range, "expected a string");
    items.push_back(item->text);
  }
  return items;
}

// BroadcastingList parameters may have a lone number as default: it is repeated.
IValue default_of(const Argument& argument, const Expr& value, UnitScope& scope) {
  if (!argument.fixed_size || value.kind == ExprKind::kList || value.kind == ExprKind::kNone) {
    return evaluate_constant(value, argument.type, scope);
  }
  const TypePtr list = without_none(argument.type);
  const TypePtr& element = list->expect<WrapperType>().element();
  const IValue item = evaluate_constant(value, element, scope);
  return make_list(element, std::vector<IValue>(static_cast<size_t>(*argument.fixed_size), item));
}

std::shared_ptr<Graph> compile_body(ScriptFunction& function, const FunctionDef& def,
                                    UnitScope& scope) {
  auto graph = std::make_shared<Graph>();
  TypePtr result;
  try {
    result = Emitter(*graph, scope).emit_function(def, function.schema());
  } catch (const Error& error) {
    constexpr std::string_view kPrefix = "cannot compile ";
    if (error.message().starts_with(kPrefix)) throw;
    throw_error(error.kind(), str_cat(kPrefix, function.qualified_name(), ": ", error.message()));
  }
  if (function.schema().returns.empty()) {
    Schema schema = function.schema();
    schema.returns.emplace_back().type = std::move(result);
    function.set_schema(std::move(schema));
  }
#ifdef TEMPER_CHECKS
  verify(*graph);
#endif
  return graph;
}

}  // namespace

TypePtr CompilationUnit::State::declare(const std::string& name, const Place& place) {
  const ClassDef& def = *place.definition->klass;
  if (def.superclass == "NamedTuple") return declare_named_tuple(name, place);
  if (def.superclass == "Enum") return declare_enum(name, place);
  Pending entry;
  entry.place = place;
  if (def.superclass == "Interface" || def.superclass == "ModuleInterface") {
    entry.interface = InterfaceType::make(name, def.superclass == "ModuleInterface");
    types[name] = entry.interface;
  } else if (def.superclass.empty() || def.superclass == "Module" || def.superclass == "object") {
    entry.klass = ClassType::make(name, def.superclass == "Module");
    classes.push_back(entry.klass);
    types[name] = entry.klass;
  } else {
    fail_at(def.range, "class '", def.name, "' extends '", def.superclass,
            "', but classes cannot inherit");
  }
  pending.push_back(std::move(entry));
  finish_pending();
  return types[name];
}

// Members may refer to further classes, which join the list: no recursion, whatever the program.
void CompilationUnit::State::finish_pending() {
  if (finishing) return;
  finishing = true;
  try {
    for (; next_pending < pending.size(); ++next_pending) {
      const Pending entry = pending[next_pending];
      entry.klass ? finish_class(entry) : finish_interface(entry);
    }
  } catch (...) {
    // Forget what has no members yet, so that the next use reports the error again.
    for (; next_pending < pending.size(); ++next_pending) {
      const Pending& entry = pending[next_pending];
      types.erase(entry.klass ? entry.klass->name() : entry.interface->name());
    }
    finishing = false;
    throw;
  }
  pending.clear();
  next_pending = 0;
  finishing = false;
}

void CompilationUnit::State::finish_class(const Pending& pending_class) {
  ClassType& type = *pending_class.klass;
  UnitScope& scope = *pending_class.place.scope;
  const ClassDef& def = *pending_class.place.definition->klass;
  for (const StmtPtr& stmt : def.body) {
    if (stmt->kind != StmtKind::kDef && stmt->kind != StmtKind::kPass) {
      declare_attribute(type, *stmt, scope);
    }
  }
  const auto is_hook = [&](const std::string& name) {
    for (const auto* hooks : {&type.forward_pre_hooks, &type.forward_hooks}) {
      for (const std::string& hook : *hooks) {
        if (hook == name) return true;
      }
    }
    return false;
  };
  for (const StmtPtr& stmt : def.body) {
    if (stmt->kind != StmtKind::kDef) continue;
    const FunctionDef& method = *stmt->function;
    if (method.params.empty()) fail_at(method.range, "a method needs a parameter for its object");
    if (type.find_method(method.name)) {
      fail_at(method.range, "class ", type.name(), " defines '", method.name, "' twice");
    }
    Ref<ScriptFunction> function =
        make_function(str_cat(type.name(), ".", method.name), method, scope, pending_class.klass);
    is_hook(method.name) ? type.add_hook(function) : type.add_method(function);
  }
}

void CompilationUnit::State::declare_attribute(ClassType& type, const Stmt& stmt,
                                               UnitScope& scope) {
  if (const std::string* name = assigned_name(stmt)) {
    if (stmt.annotation) {
      return declare_named_attribute(type, *name, *stmt.annotation, stmt.value.get(), scope);
    }
    return declare_list(type, stmt);
  }
  // __annotations__["0"] = T
  const Expr* target = stmt.targets.size() == 1 ? stmt.targets[0].get() : nullptr;
  const bool annotation = stmt.kind == StmtKind::kAssign && target && stmt.value &&
                          target->kind == ExprKind::kSubscript && target->children.size() == 2 &&
                          target->children[0]->text == "__annotations__" &&
                          target->children[1]->kind == ExprKind::kString;
  if (!annotation) fail_at(stmt.range, "this has no place in a class");
  declare_named_attribute(type, target->children[1]->text, *stmt.value, nullptr, scope);
}

void CompilationUnit::State::declare_list(ClassType& type, const Stmt& stmt) {
  const std::string& name = *assigned_name(stmt);
  if (name == "__annotations__") return;
  if (name == "__forward_hooks__") {
    type.forward_hooks = string_list(stmt);
  } else if (name == "__forward_pre_hooks__") {
    type.forward_pre_hooks = string_list(stmt);
  } else if (name == "__parameters__" || name == "__buffers__") {
    // Slots get their place from the annotations that follow; these only mark them.
    for (const std::string& slot : string_list(stmt)) {
      (name == "__parameters__" ? parameters : buffers).insert(str_cat(type.name(), "/", slot));
    }
  } else {
    fail_at(stmt.range, "'", name, "' has no meaning in a class; attributes need a type");
  }
}

void CompilationUnit::State::declare_named_attribute(ClassType& type, const std::string& name,
                                                     const Expr& annotation, const Expr* value,
                                                     UnitScope& scope) {
  if (const Expr* inner = final_annotation(annotation)) {
    if (!value) fail_at(annotation.range, "the constant '", name, "' has no value");
    const TypePtr constant_type = resolve_annotation(*inner, finder_of(scope));
    type.add_constant(name, evaluate_constant(*value, constant_type, scope));
    return;
  }
  if (type.find_attribute(name) >= 0) {
    fail_at(annotation.range, "class ", type.name(), " declares '", name, "' twice");
  }
  ClassType::Attribute attribute;
  attribute.name = name;
  attribute.type = resolve_annotation(annotation, finder_of(scope));
  const std::string key = str_cat(type.name(), "/", name);
  attribute.is_parameter = parameters.count(key) != 0;
  attribute.is_buffer = buffers.count(key) != 0;
  type.add_attribute(std::move(attribute));
}

void CompilationUnit::State::finish_interface(const Pending& pending_interface) {
  UnitScope& scope = *pending_interface.place.scope;
  for (const StmtPtr& stmt : pending_interface.place.definition->klass->body) {
    if (stmt->kind == StmtKind::kPass) continue;
    if (stmt->kind != StmtKind::kDef) fail_at(stmt->range, "interfaces hold methods only");
    const FunctionDef& method = *stmt->function;
    if (method.params.empty()) fail_at(method.range, "a method needs a parameter for its object");
    Schema schema = make_schema(method.name, method, scope, pending_interface.interface);
    if (schema.returns.empty()) schema.returns.emplace_back().type = Type::none();
    pending_interface.interface->add_method({method.name, std::move(schema)});
  }
}

TypePtr CompilationUnit::State::declare_named_tuple(const std::string& name, const Place& place) {
  const ClassDef& def = *place.definition->klass;
  if (declaring.size() >= kMaxNesting || !declaring.insert(name).second) {
    fail_at(def.range, "NamedTuple '", def.name, "' contains itself or nests too deeply");
  }
  Schema constructor;
  constructor.name = name;
  std::vector<std::string> fields;
  std::vector<TypePtr> elements;
  try {
    for (const StmtPtr& stmt : def.body) {
      if (stmt->kind == StmtKind::kPass) continue;
      const std::string* field = assigned_name(*stmt);
      if (!field || !stmt->annotation) fail_at(stmt->range, "expected a field: name : Type");
      Argument& argument = constructor.arguments.emplace_back();
      argument.name = *field;
      argument.type = resolve_annotation(*stmt->annotation, finder_of(*place.scope));
      if (stmt->value) {
        argument.default_value = evaluate_constant(*stmt->value, argument.type, *place.scope);
      }
      fields.push_back(*field);
      elements.push_back(argument.type);
    }
  } catch (...) {
    declaring.erase(name);
    throw;
  }
  declaring.erase(name);
  TypePtr type = TupleType::make_named(name, std::move(fields), std::move(elements));
  constructor.returns.emplace_back().type = type;
  constructors[name] = std::move(constructor);
  return types[name] = std::move(type);
}

TypePtr CompilationUnit::State::declare_enum(const std::string& name, const Place& place) {
  const ClassDef& def = *place.definition->klass;
  std::vector<std::pair<std::string, IValue>> members;
  for (const StmtPtr& stmt : def.body) {
    if (stmt->kind == StmtKind::kPass) continue;
    const std::string* member = assigned_name(*stmt);
    if (!member || !stmt->value) fail_at(stmt->range, "expected a member: NAME = value");
    members.emplace_back(*member, evaluate_constant(*stmt->value, nullptr, *place.scope));
  }
  if (members.empty()) fail_at(def.range, "enum '", def.name, "' has no members");
  const TypePtr value_type = type_of(members[0].second);
  // Members refer to their type: no error may come between them.
  for (const auto& [member, value] : members) {
    if (!equal(type_of(value), value_type)) {
      fail_at(def.range, "the values of enum '", def.name, "' must have one type");
    }
  }
  Ref<EnumType> type = EnumType::make(name, value_type);
  for (auto& [member, value] : members) type->add_member(member, std::move(value));
  enums.push_back(type);
  return types[name] = type;
}

Schema CompilationUnit::State::make_schema(const std::string& name, const FunctionDef& def,
                                           UnitScope& scope, const TypePtr& receiver) {
  Schema schema;
  schema.name = name;
  for (size_t i = 0; i < def.params.size(); ++i) {
    const Param& param = def.params[i];
    Argument& argument = schema.arguments.emplace_back();
    argument.name = param.name;
    argument.keyword_only = param.keyword_only;
    if (i == 0 && receiver) {
      argument.type = receiver;
    } else if (param.annotation) {
      argument.type =
          resolve_parameter_annotation(*param.annotation, finder_of(scope), &argument.fixed_size);
    } else {
      argument.type = Type::tensor();
    }
    if (param.default_value) {
      argument.default_value = default_of(argument, *param.default_value, scope);
    }
  }
  if (def.return_annotation) {
    schema.returns.emplace_back().type =
        resolve_annotation(*def.return_annotation, finder_of(scope));
  }
  return schema;
}

Ref<ScriptFunction> CompilationUnit::State::make_function(std::string name, const FunctionDef& def,
                                                          UnitScope& scope,
                                                          const TypePtr& receiver) {
  Schema schema = make_schema(name, def, scope, receiver);
  auto function = make_ref<ScriptFunction>(
      std::move(name), std::move(schema),
      [&def, &scope](ScriptFunction& function) { return compile_body(function, def, scope); });
  function->set_unit_lock(lock);
  return function;
}

}  // namespace temper::ir
