#pragma once
// What a compilation unit knows. Internal to ir/module.

#include <set>

#include "ir/module/compilation_unit.h"
#include "ir/script/program_scope.h"

namespace temper::ir {

// How the code of one file sees the unit.
class UnitScope final : public ProgramScope {
 public:
  UnitScope(CompilationUnit::State& state, std::string qualifier, int64_t version)
      : state_(state), qualifier_(std::move(qualifier)), version_(version) {}

  TypePtr find_type(std::string_view name) override;
  Ref<Function> find_function(std::string_view name) override;
  std::string_view qualifier() const override { return qualifier_; }
  std::vector<Candidate> candidates(std::string_view name) override;
  const OpRegistry& ops() const override;
  const std::vector<IValue>& constants() const override;
  const Schema& complete_schema(Function& function) override;
  const Graph& graph_of(Function& function) override;
  const Schema* constructor_schema(const TypePtr& type) override;

 private:
  std::string qualify(std::string_view name) const;
  CompilationUnit::State& state_;
  std::string qualifier_;
  int64_t version_;  // of the format that the file was written in
};

struct CompilationUnit::State {
  struct Place {
    const Definition* definition = nullptr;
    UnitScope* scope = nullptr;
  };
  // A class or interface whose members are not read yet.
  struct Pending {
    Ref<ClassType> klass;
    Ref<InterfaceType> interface;
    Place place;
  };

  State(const OpRegistry& ops, FileSource files, int64_t version);
  ~State();

  // Definitions (unit_state.cc).
  Place find_definition(const std::string& name);
  TypePtr find_type(const std::string& name);
  Ref<Function> find_function(const std::string& name);
  void add_file(const SourceFile& file, const std::string& qualifier, int64_t file_version);
  const std::vector<Candidate>* find_builtins(std::string_view op);
  Function* find_upgrader(const OpDef& op, int64_t file_version);

  // Declarations (declare.cc): create the type; members follow from the pending list.
  TypePtr declare(const std::string& name, const Place& place);
  TypePtr declare_named_tuple(const std::string& name, const Place& place);
  TypePtr declare_enum(const std::string& name, const Place& place);
  void finish_pending();
  void finish_class(const Pending& pending);
  void finish_interface(const Pending& pending);
  void declare_attribute(ClassType& type, const Stmt& stmt, UnitScope& scope);
  void declare_list(ClassType& type, const Stmt& stmt);
  void declare_named_attribute(ClassType& type, const std::string& name, const Expr& annotation,
                               const Expr* value, UnitScope& scope);
  Ref<ScriptFunction> make_function(std::string name, const FunctionDef& def, UnitScope& scope,
                                    const TypePtr& receiver);
  Schema make_schema(const std::string& name, const FunctionDef& def, UnitScope& scope,
                     const TypePtr& receiver);

  // Held while anything below changes; taken before any lock of a function.
  std::shared_ptr<std::recursive_mutex> lock = std::make_shared<std::recursive_mutex>();
  const OpRegistry& ops;
  FileSource files;
  int64_t version;
  std::vector<IValue> constants;

  std::map<std::string, TypePtr, std::less<>> types;
  std::map<std::string, Ref<ScriptFunction>, std::less<>> functions;
  std::map<std::string, Schema, std::less<>> constructors;  // of NamedTuples
  std::vector<Ref<ClassType>> classes;
  std::vector<Ref<EnumType>> enums;
  std::vector<Pending> pending;
  size_t next_pending = 0;
  bool finishing = false;
  std::set<std::string, std::less<>> declaring;  // NamedTuples in progress
  // "Class/slot" of what __parameters__ and __buffers__ list.
  std::set<std::string, std::less<>> parameters;
  std::set<std::string, std::less<>> buffers;

  std::map<std::string, Place, std::less<>> definitions;
  std::set<std::string, std::less<>> known_files;
  std::map<std::string, std::unique_ptr<UnitScope>> scopes;
  std::vector<std::unique_ptr<SourceFile>> own_files;
  // Overloads written as programs, by operator; made on first use.
  std::map<std::string, std::vector<Candidate>, std::less<>> builtins;
  std::map<std::string, Ref<ScriptFunction>, std::less<>> library;  // builtins and upgraders
  bool has_library = false;
  void load_library();
};

}  // namespace temper::ir
