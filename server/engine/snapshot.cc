#include "server/engine/snapshot.h"

#include "core/value/containers.h"
#include "core/value/nesting.h"

namespace temper {
namespace {

bool is_alone(const TensorImpl& tensor) {
  return tensor.use_count() == 1 && tensor.storage->use_count() == 1;
}

std::vector<IValue> snapshots(const std::vector<IValue>& items) {
  std::vector<IValue> copies;
  for (const IValue& item : items) copies.push_back(snapshot(item));
  return copies;
}

}  // namespace

IValue snapshot(const IValue& value) {
  const NestingGuard guard;
  if (value.is_tensor()) {
    const TensorImpl* tensor = value.raw_tensor();
    return !tensor || is_alone(*tensor) ? value : IValue(value.to_tensor().clone());
  }
  if (value.is_tuple()) {
    return make_ref<TupleValue>(snapshots(value.to_tuple().items), value.to_tuple().type);
  }
  if (value.is_list()) {
    return make_list(value.to_list().element_type, snapshots(value.to_list().items));
  }
  if (value.is_dict()) {
    const DictValue& dict = value.to_dict();
    auto copy = make_ref<DictValue>(dict.key_type, dict.value_type);
    dict.each([&](const IValue& key, const IValue& item) { copy->set(key, snapshot(item)); });
    return copy;
  }
  return value;
}

}  // namespace temper
