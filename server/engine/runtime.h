#pragma once
// What every model of a process shares: the operators, with their kernels and composite bodies, and
// the store of packed weights. Built once by main; thread-safe. Must outlive every module.

#include <memory>

#include "core/op/op_def.h"
#include "core/op/packed_cache.h"
#include "ir/module/compilation_unit.h"

namespace temper {

class Runtime {
 public:
  explicit Runtime(int64_t packed_limit = PackedStore::kDefaultLimit);
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  const OpRegistry& ops() const { return ops_; }
  const Ref<PackedStore>& packed() const { return packed_; }

 private:
  OpRegistry ops_;
  std::unique_ptr<ir::CompilationUnit> prelude_;
  const Ref<PackedStore> packed_;
};

}  // namespace temper
