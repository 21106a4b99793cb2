#include <chrono>
#include <numeric>

#include "core/op/run_context.h"
#include "core/value/containers.h"
#include "passes/constants.h"
#include "passes/pass.h"

namespace temper {
namespace {

constexpr int64_t kMaxSteps = 1'000'000;
constexpr auto kMaxTime = std::chrono::seconds(2);

void collect_storages(const IValue& value, std::vector<const Storage*>* storages) {
  each_part(value, [storages](const IValue& part) {
    if (part.is_tensor() && part.to_tensor().defined()) {
      storages->push_back(part.to_tensor().storage().get());
    }
  });
}

// Copies what was made under the evaluation's account, which dies with it; views of the inputs
// stay.
IValue settle(const IValue& value, const std::vector<const Storage*>& inputs) {
  if (value.is_tensor()) {
    const Tensor tensor = value.to_tensor();
    if (!tensor.defined()) return value;
    for (const Storage* storage : inputs) {
      if (tensor.storage().get() == storage) return value;
    }
    return IValue(tensor.clone());
  }
  if (value.is_list()) {
    for (IValue& item : value.to_list().items) item = settle(item, inputs);
  }
  return value;
}

std::vector<IValue> run_kernel(const OpDef& op, std::vector<IValue> inputs, RunContext& run) {
  const size_t outputs = op.schema().returns.size();
  const size_t count = inputs.size();
  inputs.resize(count + outputs);
  std::vector<Register> numbers(inputs.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  OpCall call(op, run, inputs.data(), numbers.data(), count, numbers.data() + count, outputs);
  op.kernel()(call);
  return {inputs.begin() + static_cast<ptrdiff_t>(count), inputs.end()};
}

}  // namespace

std::vector<IValue> evaluate_operator(const PassContext& context, const OpDef& op,
                                      std::vector<IValue> inputs) {
  if (!op.kernel()) unimplemented("evaluation of ", op.key(), " ahead of time");
  std::vector<const Storage*> storages;
  for (const IValue& input : inputs) collect_storages(input, &storages);
  RunContext run;
  run.max_steps = kMaxSteps;
  run.deadline = RunContext::Clock::now() + kMaxTime;
  std::vector<IValue> results;
  {
    const auto account = make_ref<MemoryAccount>(context.evaluation_bytes);
    AccountScope scope(account.get());
    results = run_kernel(op, std::move(inputs), run);
  }
  for (IValue& result : results) result = settle(result, storages);
  return results;
}

}  // namespace temper
