#pragma once
// Calls kernels by key in tests.

#include <vector>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/ops/registry.h"

namespace temper {

template <class T>
Tensor vector_of(const std::vector<T>& values) {
  Tensor t = empty({static_cast<int64_t>(values.size())}, kDTypeOf<T>);
  for (size_t i = 0; i < values.size(); ++i) t.data<T>()[i] = values[i];
  return t;
}

template <class T>
std::vector<T> values_of(const Tensor& t) {
  const Tensor c = t.contiguous();
  return std::vector<T>(c.data<T>(), c.data<T>() + c.numel());
}

class KernelCaller {
 public:
  KernelCaller() {
    add_all_operators(registry_);
    seal_operators(registry_);
  }

  // Positional arguments; missing ones take their defaults. `dying` as in OpCall.
  std::vector<IValue> run(const char* key, std::vector<IValue> values, uint32_t dying = 0) {
    const OpDef* op = registry_.find(key);
    if (!op || !op->kernel())
      throw_error(ErrorKind::kUnimplemented, str_cat("no kernel for ", key));
    const Schema& schema = op->schema();
    for (size_t i = values.size(); i < schema.arguments.size(); ++i) {
      values.push_back(schema.arguments[i].default_value.value_or(IValue()));
    }
    const size_t count = values.size(), results = schema.returns.size();
    values.resize(count + results);
    std::vector<Register> registers(values.size());
    for (size_t i = 0; i < registers.size(); ++i) registers[i] = static_cast<Register>(i);
    OpCall call(*op, context_, values.data(), registers.data(), count, registers.data() + count,
                results, dying);
    op->kernel()(call);
    return {values.begin() + static_cast<ptrdiff_t>(count), values.end()};
  }
  Tensor tensor(const char* key, std::vector<IValue> values) {
    return run(key, std::move(values))[0].to_tensor();
  }
  RunContext& context() { return context_; }

 private:
  OpRegistry registry_;
  RunContext context_;
};

}  // namespace temper
