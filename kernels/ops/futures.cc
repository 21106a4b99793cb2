#include "core/value/containers.h"
#include "kernels/ops/families.h"

namespace temper {
namespace {

void wait(OpCall& call) { call.ret(call.in(0).to_future().wait()); }

}  // namespace

void add_futures(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::wait", wait, kSideEffect},
      {"prim::awaitable_wait", wait, kSideEffect},
  };
  registry.add(kRows);
}

}  // namespace temper
