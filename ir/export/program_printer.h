#pragma once
// A program as the files of an archive, printed from its graphs.

#include "ir/export/literals.h"
#include "ir/export/reach.h"

namespace temper::ir {

class ProgramPrinter {
 public:
  // `reach` is complete; both outlive the printer.
  ProgramPrinter(const OpRegistry& ops, Reach& reach) : ops_(ops), reach_(reach) {}
  // "code/__torch__/m.py" and their text, in the order of their names. Throws kUnimplemented for
  // what the dialect cannot say, with the name of the function.
  std::vector<SourceMember> print();
  // What CONSTANTS means in them; after print().
  const std::vector<IValue>& constants() const { return table_.values(); }

 private:
  void add(const std::string& qualified_name, const std::string& definition);
  std::string function(std::string_view name, ScriptFunction& function, int level);
  std::string definition(const Type& type);
  std::string module_lists(const ClassType& type) const;
  std::string attributes(const ClassType& type) const;
  std::string class_constants(const ClassType& type);
  std::string class_text(const ClassType& type);
  std::string enum_text(const EnumType& type);
  std::string tuple_text(const TupleType& type) const;
  std::string interface_text(const InterfaceType& type) const;

  const OpRegistry& ops_;
  Reach& reach_;
  ConstantTable table_;
  std::map<std::string, std::string> files_;
};

}  // namespace temper::ir
