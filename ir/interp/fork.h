#pragma once
// Forked closures. A fork runs on whichever thread claims it first: a worker, or the thread that
// waits for it, so waiting never deadlocks a full pool.

#include <atomic>
#include <memory>

#include "core/op/run_context.h"
#include "core/value/containers.h"
#include "ir/interp/code.h"

namespace temper::ir {

// What a request and all its forks may run together; made by its first fork.
struct StepBudget {
  explicit StepBudget(int64_t spent) : used(spent) {}
  std::atomic<int64_t> used;
};

// `context` is that of the forking program, where `depth` calls are under way.
Ref<FutureValue> start_fork(std::shared_ptr<const Code> code, std::vector<IValue> captures,
                            TypePtr element, RunContext& context, size_t depth,
                            std::shared_ptr<StepBudget> budget);
// Runs it here if nobody has, then waits; errors stay in the future.
void finish_fork(FutureValue& future);

}  // namespace temper::ir
