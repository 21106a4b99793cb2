#include "ir/interp/fork.h"

#include "ir/interp/frame.h"

namespace temper::ir {
namespace {

struct Fork {
  std::shared_ptr<const Code> code;
  std::vector<IValue> captures;
  RunContext context;
  Ref<MemoryAccount> account;
};

RunContext fork_context(RunContext& parent) {
  RunContext context = parent;
  // Its own stream of random numbers: the parent's is not synchronised.
  context.generator = make_ref<GeneratorValue>(parent.default_generator().random64());
  context.steps = 0;
  return context;
}

void run_fork(Fork& fork, FutureValue& future) {
  AccountScope scope(fork.account.get());
  try {
    Machine machine(fork.context);
    future.set(machine.run(*fork.code, nullptr, absl::MakeSpan(fork.captures)));
  } catch (...) {
    future.set_error(std::current_exception());
  }
}

}  // namespace

Ref<FutureValue> start_fork(std::shared_ptr<const Code> code, std::vector<IValue> captures,
                            TypePtr element, RunContext& context) {
  auto future = make_ref<FutureValue>(std::move(element));
  auto fork =
      std::make_shared<Fork>(Fork{std::move(code), std::move(captures), fork_context(context),
                                  Ref<MemoryAccount>(AccountScope::current())});
  FutureValue* raw = future.get();
  future->set_task([fork, raw] { run_fork(*fork, *raw); });
  if (context.spawn) context.spawn([future] { future->run_task(); });
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
