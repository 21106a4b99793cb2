#include "core/op/run_context.h"

#include "core/base/error.h"

namespace temper {

void RunContext::check_interrupts() const {
  if (cancelled && cancelled->load(std::memory_order_relaxed)) {
    throw_error(ErrorKind::kCancelled, "the request was cancelled");
  }
  if (deadline != Clock::time_point::max() && Clock::now() >= deadline) {
    throw_error(ErrorKind::kDeadlineExceeded, "the deadline passed while the program was running");
  }
  if (steps > max_steps) {
    throw_error(ErrorKind::kResourceExhausted,
                str_cat("the program ran more than ", max_steps,
                        " steps; raise the step limit if it is meant to"));
  }
}

GeneratorValue& RunContext::default_generator() {
  if (!generator) generator = make_ref<GeneratorValue>();
  return *generator;
}

}  // namespace temper
