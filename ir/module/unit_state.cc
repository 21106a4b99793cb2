#include "ir/module/unit_state.h"

#include "ir/module/builtins.h"
#include "ir/module/module.h"
#include "ir/module/upgraders.h"
#include "ir/script/diagnostics.h"
#include "ir/script/names.h"
#include "ir/script/source.h"

namespace temper::ir {
namespace {

constexpr std::string_view kBuiltins = "$builtin";
constexpr std::string_view kUpgraders = "$upgrader";
// Programs of this version and later mean today's operators.
constexpr int64_t kCurrentVersion = 10;

// "__torch__.torch.classes.ns.Name": classes that are no programs.
bool is_native_class(std::string_view name) {
  if (!name.starts_with(kNativeClasses)) return false;
  const std::string_view rest = name.substr(kNativeClasses.size());
  return rest.find('.') != std::string_view::npos && rest.find('.') == rest.rfind('.');
}

}  // namespace

CompilationUnit::State::State(const OpRegistry& ops, FileSource files, int64_t version)
    : ops(ops), files(std::move(files)), version(version) {}

// Types, functions and graphs refer to each other in cycles.
CompilationUnit::State::~State() {
  const auto clear = [](const Ref<Function>& function) {
    if (auto* script = dynamic_cast<ScriptFunction*>(function.get())) script->clear();
  };
  for (const auto& [name, function] : functions) clear(function);
  for (const auto& [name, function] : library) clear(function);
  for (const Ref<ClassType>& type : classes) {
    for (const Ref<Function>& method : type->methods()) clear(method);
    for (const std::string& hook : type->forward_pre_hooks) {
      if (Function* function = type->find_hook(hook)) clear(Ref<Function>(function));
    }
    for (const std::string& hook : type->forward_hooks) {
      if (Function* function = type->find_hook(hook)) clear(Ref<Function>(function));
    }
    type->clear_methods();
    for (size_t i = 0; i < type->attributes().size(); ++i) {
      type->set_attribute_type(static_cast<int>(i), Type::any());
    }
  }
  for (const auto& [name, type] : types) {
    if (type && type->kind() == TypeKind::kInterface) {
      const_cast<InterfaceType&>(type->expect<InterfaceType>()).clear_methods();
    }
  }
  for (const Ref<EnumType>& type : enums) type->clear_members();
}

void CompilationUnit::State::add_file(const SourceFile& file, const std::string& qualifier,
                                      int64_t file_version) {
  const std::lock_guard guard(*lock);
  auto& scope = scopes[qualifier];
  if (!scope) scope = std::make_unique<UnitScope>(*this, qualifier, file_version);
  for (const Definition& definition : file.definitions) {
    const std::string& name =
        definition.function ? definition.function->name : definition.klass->name;
    const std::string full = qualifier.empty() ? name : str_cat(qualifier, ".", name);
    definitions[full] = {&definition, scope.get()};
  }
}

CompilationUnit::State::Place CompilationUnit::State::find_definition(const std::string& name) {
  const size_t dot = name.rfind('.');
  if (dot != std::string::npos && files) {
    std::string qualifier = name.substr(0, dot);
    if (known_files.insert(qualifier).second) {
      if (const SourceFile* file = files(qualifier)) add_file(*file, qualifier, version);
    }
  }
  const auto found = definitions.find(name);
  return found == definitions.end() ? Place() : found->second;
}

TypePtr CompilationUnit::State::find_type(const std::string& name) {
  const std::lock_guard guard(*lock);
  const auto found = types.find(name);
  if (found != types.end()) return found->second;
  if (is_native_class(name)) {
    classes.push_back(ClassType::make(name, false));
    // What the archive stores of such an object: the kernels that know the class unpack it.
    classes.back()->add_attribute({"state", Type::any()});
    return types[name] = classes.back();
  }
  const Place place = find_definition(name);
  if (!place.definition || !place.definition->klass) return nullptr;
  return declare(name, place);
}

Ref<Function> CompilationUnit::State::find_function(const std::string& name) {
  const std::lock_guard guard(*lock);
  const auto found = functions.find(name);
  if (found != functions.end()) return found->second;
  const Place place = find_definition(name);
  if (!place.definition || !place.definition->function) return nullptr;
  Ref<ScriptFunction> function =
      make_function(name, *place.definition->function, *place.scope, nullptr);
  functions[name] = function;
  return function;
}

void CompilationUnit::State::load_library() {
  has_library = true;
  const auto load = [this](std::string text, std::string_view qualifier) {
    auto source = std::make_shared<const SourceText>(std::move(text), str_cat("<", qualifier, ">"));
    own_files.push_back(std::make_unique<SourceFile>(parse_source(std::move(source))));
    auto& scope = scopes[std::string(qualifier)];
    scope = std::make_unique<UnitScope>(*this, std::string(qualifier), kCurrentVersion);
    for (const Definition& definition : own_files.back()->definitions) {
      const std::string name = str_cat(qualifier, ".", definition.function->name);
      library[name] = make_function(name, *definition.function, *scope, nullptr);
      if (qualifier == kBuiltins) {
        builtins[builtin_operator(definition.function->name)].push_back(
            {nullptr, library[name].get()});
      }
    }
  };
  load(builtin_source(), kBuiltins);
  if (version < kCurrentVersion) load(std::string(upgrader_source()), kUpgraders);
}

const std::vector<Candidate>* CompilationUnit::State::find_builtins(std::string_view op) {
  if (!has_library) load_library();
  const auto found = builtins.find(op);
  return found == builtins.end() ? nullptr : &found->second;
}

Function* CompilationUnit::State::find_upgrader(const OpDef& op, int64_t file_version) {
  if (file_version >= kCurrentVersion) return nullptr;
  const std::string overload = op.key();
  for (const Upgrader& upgrader : upgraders()) {
    if (upgrader.overload != overload || file_version > upgrader.last_version) continue;
    if (!has_library) load_library();
    return library.find(str_cat(kUpgraders, ".", upgrader.function))->second.get();
  }
  return nullptr;
}

std::string UnitScope::qualify(std::string_view name) const {
  const bool local = name.find('.') == std::string_view::npos && !qualifier_.empty();
  return local ? str_cat(qualifier_, ".", name) : std::string(name);
}

TypePtr UnitScope::find_type(std::string_view name) { return state_.find_type(qualify(name)); }

Ref<Function> UnitScope::find_function(std::string_view name) {
  return state_.find_function(qualify(name));
}

std::vector<Candidate> UnitScope::candidates(std::string_view name) {
  std::vector<Candidate> found;
  std::vector<Candidate> old;
  for (const OpDef* op : state_.ops.overloads(name)) {
    if (is_hidden_overload(op->name(), op->schema().overload)) continue;
    if (Function* upgrader = state_.find_upgrader(*op, version_)) {
      old.push_back({nullptr, upgrader});
    } else {
      found.push_back({op, nullptr});
    }
  }
  found.insert(found.end(), old.begin(), old.end());
  if (const auto* builtins = state_.find_builtins(name)) {
    found.insert(found.end(), builtins->begin(), builtins->end());
  }
  return found;
}

const OpRegistry& UnitScope::ops() const { return state_.ops; }
const std::vector<IValue>& UnitScope::constants() const { return state_.constants; }

const Schema& UnitScope::complete_schema(Function& function) {
  auto* script = dynamic_cast<ScriptFunction*>(&function);
  if (script && script->schema().returns.empty()) script->graph();
  return function.schema();
}

const Graph& UnitScope::graph_of(Function& function) {
  auto* script = dynamic_cast<ScriptFunction*>(&function);
  TEMPER_CHECK(script);
  return *script->graph();
}

const Schema* UnitScope::constructor_schema(const TypePtr& type) {
  const auto found = state_.constructors.find(type->expect<TupleType>().name());
  return found == state_.constructors.end() ? nullptr : &found->second;
}

}  // namespace temper::ir
