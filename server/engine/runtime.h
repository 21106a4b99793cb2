#pragma once
// What every model of a process shares: the operators, with their kernels and composite bodies.
// Built once by main; read-only and thread-safe afterwards. Must outlive every module.

#include <memory>

#include "core/op/op_def.h"
#include "ir/module/compilation_unit.h"

namespace temper {

class Runtime {
 public:
  Runtime();
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  const OpRegistry& ops() const { return ops_; }

 private:
  OpRegistry ops_;
  std::unique_ptr<ir::CompilationUnit> prelude_;
};

}  // namespace temper
