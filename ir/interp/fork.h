#pragma once
// Forked closures. A fork runs on whichever thread claims it first: a worker, or the thread that
// waits for it, so waiting never deadlocks a full pool.

#include <memory>

#include "core/op/run_context.h"
#include "core/value/containers.h"
#include "ir/interp/code.h"

namespace temper::ir {

Ref<FutureValue> start_fork(std::shared_ptr<const Code> code, std::vector<IValue> captures,
                            TypePtr element, RunContext& context);
// Runs it here if nobody has, then waits; errors stay in the future.
void finish_fork(FutureValue& future);

}  // namespace temper::ir
