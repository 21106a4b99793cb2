#include <pthread.h>

#include "core/base/error.h"
#include "ir/module/compilation_unit.h"

namespace temper::ir {
namespace {

struct Stack {
  uintptr_t lowest = 0;
  size_t size = 0;
};

Stack find_stack() {
  Stack stack;
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return stack;
  void* lowest = nullptr;
  if (pthread_attr_getstack(&attributes, &lowest, &stack.size) == 0) {
    stack.lowest = reinterpret_cast<uintptr_t>(lowest);
  }
  pthread_attr_destroy(&attributes);
  return stack;
}

// Compiling a function may need the result type of the next one, and so on: half of the stack is
// for such chains, the other half for the body at their end.
bool stack_is_half_used() {
  thread_local const Stack stack = find_stack();
  return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < stack.lowest + stack.size / 2;
}

}  // namespace

ScriptFunction::ScriptFunction(std::string qualified_name, Schema schema, Compile compile)
    : name_(std::move(qualified_name)), schema_(std::move(schema)), compile_(std::move(compile)) {}

ScriptFunction::ScriptFunction(std::string qualified_name, Schema schema,
                               std::shared_ptr<Graph> graph)
    : name_(std::move(qualified_name)), schema_(std::move(schema)) {
  set_graph(std::move(graph));
}

ScriptFunction::~ScriptFunction() = default;

const std::shared_ptr<Graph>& ScriptFunction::graph() {
  if (compiled_.load(std::memory_order_acquire)) return graph_;
  std::unique_lock<std::recursive_mutex> lock;
  if (unit_lock_) lock = std::unique_lock(*unit_lock_);
  if (compiled_.load(std::memory_order_relaxed)) return graph_;
  if (compiling_) fail("function '", name_, "' calls itself; annotate its result");
  if (stack_is_half_used()) {
    throw_error(ErrorKind::kResourceExhausted,
                str_cat("function '", name_,
                        "' is at the end of too long a chain of calls; annotate its result"));
  }
  if (!compile_) fail("function '", name_, "' was cleared: its program is gone");
  compiling_ = true;
  try {
    set_graph(compile_(*this));
  } catch (...) {
    compiling_ = false;
    throw;
  }
  compiling_ = false;
  return graph_;
}

void ScriptFunction::set_graph(std::shared_ptr<Graph> graph) {
  graph_ = std::move(graph);
  compiled_.store(graph_ != nullptr, std::memory_order_release);
}

const void* ScriptFunction::code(MakeCode make) {
  if (const void* code = code_.load(std::memory_order_acquire)) return code;
  const std::lock_guard lock(code_mutex_);
  if (const void* code = code_.load(std::memory_order_relaxed)) return code;
  optimized_ = graph();
  if (optimizer_) {
    optimized_ = optimized_->clone();
    optimizer_(*optimized_);
  }
  code_owner_ = make(*optimized_);
  code_.store(code_owner_.get(), std::memory_order_release);
  return code_owner_.get();
}

void ScriptFunction::clear() {
  code_.store(nullptr, std::memory_order_release);
  code_owner_.reset();
  optimized_.reset();
  optimizer_ = nullptr;
  compile_ = nullptr;
  set_graph(nullptr);
  schema_ = Schema();
}

}  // namespace temper::ir
