// What objects that keep a layer's parameters hold, read as the tuples that they were saved as.
#include "core/base/error.h"
#include "core/value/containers.h"
#include "kernels/ops/families.h"

namespace temper {
namespace {

const std::vector<IValue>* saved_state(const IValue& packed) {
  if (!packed.is_object() || packed.to_object().slots.size() != 1) return nullptr;
  const IValue& state = packed.to_object().slots[0];
  return state.is_tuple() ? &state.to_tuple().items : nullptr;
}

void unpack(OpCall& call) {
  const auto& returns = call.op().schema().returns;
  const std::vector<IValue>* state = saved_state(call.in(0));
  if (!state || state->size() != returns.size()) {
    fail(call.op().name(), ": expected an object with ", returns.size(), " parameters of a layer");
  }
  for (size_t i = 0; i < returns.size(); ++i) {
    if (!matches_type((*state)[i], returns[i].type)) {
      fail(call.op().name(), ": parameter ", i, " is of type ", type_of((*state)[i])->annotation(),
           ", not ", returns[i].type->annotation());
    }
    call.ret(i, (*state)[i]);
  }
}

}  // namespace

void add_packed_layers(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"temper::packed_conv2d", unpack, kCheap | kMayReturnInput},
      {"temper::packed_conv_transpose2d", unpack, kCheap | kMayReturnInput},
      {"temper::packed_linear", unpack, kCheap | kMayReturnInput},
  };
  registry.add(kRows);
}

}  // namespace temper
