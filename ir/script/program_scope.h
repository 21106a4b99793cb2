#pragma once
// What a function body sees of the program around it. Implemented by the compilation unit, so that
// the emitter knows neither archives nor laziness. Compile time only, one thread.

#include <vector>

#include "core/op/op_def.h"
#include "core/value/function.h"
#include "ir/graph/graph.h"

namespace temper::ir {

// One overload of an operator name: an operator, or a script function that is inlined in its place.
struct Candidate {
  const OpDef* op = nullptr;
  Function* function = nullptr;
  const Schema& schema() const { return op ? op->schema() : function->schema(); }
};

class ProgramScope {
 public:
  virtual ~ProgramScope() = default;
  // A class, interface, enum or NamedTuple by qualified name; null when there is none.
  virtual TypePtr find_type(std::string_view qualified_name) = 0;
  virtual Ref<Function> find_function(std::string_view qualified_name) = 0;
  // What the names of this scope without dots start with: "__torch__.a.b".
  virtual std::string_view qualifier() const = 0;
  // Overloads of "ns::name" in the order of resolution.
  virtual std::vector<Candidate> candidates(std::string_view name) = 0;
  virtual const OpRegistry& ops() const = 0;
  // CONSTANTS.cN
  virtual const std::vector<IValue>& constants() const = 0;
  // The schema with its return type, which may need the body to be compiled.
  virtual const Schema& complete_schema(Function& function) = 0;
  virtual const Graph& graph_of(Function& function) = 0;
  // Fields and defaults of a NamedTuple as a signature; null when `type` is none of this program.
  virtual const Schema* constructor_schema(const TypePtr& type) = 0;
};

}  // namespace temper::ir
