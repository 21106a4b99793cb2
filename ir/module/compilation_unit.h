#pragma once
// The code of one archive: its classes and functions by qualified name, compiled on demand.

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/op/op_def.h"
#include "core/value/class_type.h"
#include "core/value/function.h"
#include "ir/graph/graph.h"
#include "ir/script/ast.h"

namespace temper::ir {

class CompilationUnit;

// A function or method with a graph.
class ScriptFunction final : public Function {
 public:
  // `compile` fills the graph on first use; it may throw, and is tried again on the next use.
  using Compile = std::function<std::shared_ptr<Graph>(ScriptFunction&)>;
  ScriptFunction(std::string qualified_name, Schema schema, Compile compile);
  ScriptFunction(std::string qualified_name, Schema schema, std::shared_ptr<Graph> graph);
  ~ScriptFunction() override;

  const std::string& qualified_name() const override { return name_; }
  // Parameter types, defaults and the declared return type; the inferred one once compiled.
  const Schema& schema() const override { return schema_; }
  void set_schema(Schema schema) { schema_ = std::move(schema); }
  // As emitted. Compiles on first use, one body of a unit at a time; recursion throws. Thread-safe.
  const std::shared_ptr<Graph>& graph();
  void set_graph(std::shared_ptr<Graph> graph);  // before anybody else uses the function
  // The lock of the unit whose types a body refers to; without one, graph() needs one thread.
  void set_unit_lock(std::shared_ptr<std::recursive_mutex> lock) { unit_lock_ = std::move(lock); }
  // What an executor derives from the optimized graph (the interpreter: its instruction list), made
  // once by `make` and kept until clear(); thread-safe. One executor per function.
  using MakeCode = std::shared_ptr<const void> (*)(const Graph& graph);
  const void* code(MakeCode make);
  // Runs on a copy of the graph before code() is made: the load pipeline of the owner. May be null.
  void set_optimizer(std::function<void(Graph&)> optimizer) { optimizer_ = std::move(optimizer); }
  void clear();  // breaks reference cycles; the function must not run any more

 private:
  std::string name_;
  Schema schema_;
  Compile compile_;
  std::shared_ptr<std::recursive_mutex> unit_lock_;
  bool compiling_ = false;
  std::atomic<bool> compiled_{false};
  std::shared_ptr<Graph> graph_;  // written once, before compiled_
  std::function<void(Graph&)> optimizer_;
  std::mutex code_mutex_;
  std::atomic<const void*> code_{nullptr};
  std::shared_ptr<const void> code_owner_;
  std::shared_ptr<Graph> optimized_;  // what code_ was made of; keeps its constants alive
};

// Supplies the parsed file of a qualifier: "__torch__.a.b" -> definitions of code/__torch__/a/b.py;
// null when there is no such file.
using FileSource = std::function<const SourceFile*(std::string_view qualifier)>;

// Owns every class, enum and function of an archive; types and functions refer to each other, and
// the destructor breaks those cycles. Objects must not outlive their unit. Looking up and compiling
// is thread-safe: one lock per unit.
class CompilationUnit {
 public:
  CompilationUnit(const OpRegistry& ops, FileSource files, int64_t format_version);
  ~CompilationUnit();

  // Class, interface, enum or NamedTuple; resolves and declares it on first use. Null: no such
  // name.
  TypePtr find_type(std::string_view qualified_name);
  ScriptFunction* find_function(std::string_view qualified_name);  // free functions
  // Compiles every method of the class now (hooks too).
  void compile_class(const ClassType& type);
  // Adds the definitions of `source`, compiled on first use; returns their qualified names.
  std::vector<std::string> declare(std::shared_ptr<const SourceText> source,
                                   std::string_view qualifier);
  // declare(), and compiles them all.
  std::vector<std::string> define(std::shared_ptr<const SourceText> source,
                                  std::string_view qualifier);

  // CONSTANTS.cN
  void set_constants(std::vector<IValue> constants);
  const std::vector<IValue>& constants() const;
  const OpRegistry& ops() const;
  int64_t format_version() const;
  std::vector<ScriptFunction*> functions() const;  // all, in the order of their names
  std::vector<Ref<const ClassType>> classes() const;

  struct State;
  State& state() { return *state_; }  // for the emitter

 private:
  std::unique_ptr<State> state_;
};

}  // namespace temper::ir
