#pragma once
// A loaded program: the root object and its code.

#include <memory>
#include <string>
#include <vector>

#include "core/value/containers.h"
#include "ir/module/compilation_unit.h"

namespace temper::ir {

class Module {
 public:
  Module(std::shared_ptr<CompilationUnit> unit, Ref<ObjectValue> root)
      : unit_(std::move(unit)), root_(std::move(root)) {}
  ~Module();

  CompilationUnit& unit() const { return *unit_; }
  const Ref<ObjectValue>& root() const { return root_; }
  const ClassType& type() const { return *root_->type; }
  ScriptFunction* find_method(std::string_view name) const;  // of the root; null when absent
  std::vector<ScriptFunction*> methods() const;

 private:
  std::shared_ptr<CompilationUnit> unit_;  // destroyed after root_
  Ref<ObjectValue> root_;
};

}  // namespace temper::ir
