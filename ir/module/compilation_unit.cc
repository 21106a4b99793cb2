#include "ir/module/compilation_unit.h"

#include "ir/module/unit_state.h"

namespace temper::ir {

CompilationUnit::CompilationUnit(const OpRegistry& ops, FileSource files, int64_t format_version)
    : state_(std::make_unique<State>(ops, std::move(files), format_version)) {}

CompilationUnit::~CompilationUnit() = default;

TypePtr CompilationUnit::find_type(std::string_view qualified_name) {
  return state_->find_type(std::string(qualified_name));
}

ScriptFunction* CompilationUnit::find_function(std::string_view qualified_name) {
  const Ref<Function> function = state_->find_function(std::string(qualified_name));
  return static_cast<ScriptFunction*>(function.get());
}

void CompilationUnit::compile_class(const ClassType& type) {
  const auto compile = [](Function* function) {
    if (auto* script = dynamic_cast<ScriptFunction*>(function)) script->graph();
  };
  for (const Ref<Function>& method : type.methods()) compile(method.get());
  for (const std::string& hook : type.forward_pre_hooks) compile(type.find_hook(hook));
  for (const std::string& hook : type.forward_hooks) compile(type.find_hook(hook));
}

std::vector<std::string> CompilationUnit::declare(std::shared_ptr<const SourceText> source,
                                                  std::string_view qualifier) {
  state_->own_files.push_back(std::make_unique<SourceFile>(parse_source(std::move(source))));
  const SourceFile& file = *state_->own_files.back();
  state_->add_file(file, std::string(qualifier), state_->version);
  std::vector<std::string> names;
  for (const Definition& definition : file.definitions) {
    const std::string& name =
        definition.function ? definition.function->name : definition.klass->name;
    names.push_back(qualifier.empty() ? name : str_cat(qualifier, ".", name));
  }
  return names;
}

std::vector<std::string> CompilationUnit::define(std::shared_ptr<const SourceText> source,
                                                 std::string_view qualifier) {
  std::vector<std::string> names = declare(std::move(source), qualifier);
  for (const std::string& name : names) {
    if (ScriptFunction* function = find_function(name)) {
      function->graph();
    } else if (const TypePtr type = find_type(name)) {
      if (const auto* klass = type->as<ClassType>()) compile_class(*klass);
    }
  }
  return names;
}

void CompilationUnit::set_constants(std::vector<IValue> constants) {
  state_->constants = std::move(constants);
}
const std::vector<IValue>& CompilationUnit::constants() const { return state_->constants; }
const OpRegistry& CompilationUnit::ops() const { return state_->ops; }
int64_t CompilationUnit::format_version() const { return state_->version; }

std::vector<ScriptFunction*> CompilationUnit::functions() const {
  std::vector<ScriptFunction*> functions;
  for (const auto& [name, function] : state_->functions) functions.push_back(function.get());
  return functions;
}

std::vector<Ref<const ClassType>> CompilationUnit::classes() const {
  return {state_->classes.begin(), state_->classes.end()};
}

}  // namespace temper::ir
