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

}  // namespace

void add_futures(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::wait", wait, kSideEffect},
      {"prim::awaitable_nowait", wrap, kSideEffect},
      {"prim::awaitable_wait", wait, kSideEffect},
  };
  registry.add(kRows);
}

}  // namespace temper
