// Futures, and the marks that programs set for profilers.
#include "core/value/class_type.h"
#include "core/value/containers.h"
#include "kernels/ops/families.h"

namespace temper {
namespace {

void wait(OpCall& call) { call.ret(call.in(0).to_future().wait()); }

void wrap(OpCall& call) {
  auto future = make_ref<FutureValue>(type_of(call.in(0)));
  future->set(IValue(call.in(0)));
  call.ret(std::move(future));
}

// Marks for a profiler, which this engine keeps elsewhere: the handle says nothing.
void open_mark(OpCall& call) { call.ret(empty({1}, DType::kFloat64)); }
void open_mark_object(OpCall& call) {
  const Ref<ClassType> type =
      ClassType::make("__torch__.torch.classes.profiler._RecordFunction", false);
  type->add_attribute({"state", Type::any()});
  call.ret(make_ref<ObjectValue>(Ref<const ClassType>(type)));
}
void close_mark(OpCall&) {}
void close_mark_later(OpCall& call) { call.ret(IValue(call.in(1))); }

}  // namespace

void add_futures(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::wait", wait, kSideEffect},
      {"prim::awaitable_nowait", wrap, kSideEffect},
      {"prim::awaitable_wait", wait, kSideEffect},
      {"profiler::_record_function_enter", open_mark, kSideEffect},
      {"profiler::_record_function_enter_new", open_mark_object, kSideEffect},
      {"profiler::_record_function_exit", close_mark, kSideEffect},
      {"profiler::_record_function_exit._RecordFunction", close_mark, kSideEffect},
      {"profiler::_call_end_callbacks_on_jit_fut", close_mark_later, kSideEffect},
      {"profiler::_call_end_callbacks_on_jit_fut._RecordFunction", close_mark_later, kSideEffect},
  };
  registry.add(kRows);
}

}  // namespace temper
