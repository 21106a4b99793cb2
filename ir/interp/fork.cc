#include "ir/interp/fork.h"

#include <algorithm>

#include "core/value/class_type.h"
#include "ir/interp/frame.h"

namespace temper::ir {
namespace {

struct Fork {
  std::shared_ptr<const Code> code;
  std::vector<IValue> captures;
  RunContext context;
  Ref<MemoryAccount> account;
  std::shared_ptr<StepBudget> budget;
};

// A fork takes as much of the stack as this many script calls.
constexpr int kForkDepth = 10;

RunContext fork_context(RunContext& parent, size_t depth) {
  RunContext context = parent;
  // A fork may run on the stack of whoever waits for it, so its calls nest in the parent's.
  context.max_depth = std::max(0, context.max_depth - static_cast<int>(depth) - kForkDepth);
  // Its own stream of random numbers: the parent's is not synchronised.
  context.generator = make_ref<GeneratorValue>(parent.default_generator().random64());
  context.steps = 0;
  return context;
}

void run_fork(Fork& fork, FutureValue& future) {
  AccountScope scope(fork.account.get());
  try {
    Machine machine(fork.context, fork.budget);
    future.set(machine.run(*fork.code, nullptr, absl::MakeSpan(fork.captures)));
  } catch (...) {
    future.set_error(std::current_exception());
  }
}

// Containers and random states are not synchronised: a fork that could change one at the same time
// as its parent waits for its turn instead.
bool may_run_beside(const IValue& capture) {
  switch (capture.tag()) {
    case Tag::kList:
    case Tag::kDict:
    case Tag::kFuture:
    case Tag::kGenerator: return false;
    case Tag::kTuple: return std::ranges::all_of(capture.to_tuple().items, may_run_beside);
    case Tag::kObject: return capture.to_object().type->is_module();
    default: return true;
  }
}

}  // namespace

Ref<FutureValue> start_fork(std::shared_ptr<const Code> code, std::vector<IValue> captures,
                            TypePtr element, RunContext& context, size_t depth,
                            std::shared_ptr<StepBudget> budget) {
  const bool beside = std::ranges::all_of(captures, may_run_beside);
  auto future = make_ref<FutureValue>(std::move(element));
  auto fork = std::make_shared<Fork>(
      Fork{std::move(code), std::move(captures), fork_context(context, depth),
           Ref<MemoryAccount>(AccountScope::current()), std::move(budget)});
  FutureValue* raw = future.get();
  future->set_task([fork, raw] { run_fork(*fork, *raw); });
  if (context.spawn && beside) context.spawn([future] { future->run_task(); });
  return future;
}

void finish_fork(FutureValue& future) {
  try {
    future.wait();
  } catch (...) {
    // Nobody waited for it, so nobody hears of its failure.
  }
}

}  // namespace temper::ir
