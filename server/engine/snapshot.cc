#include "server/engine/snapshot.h"

#include <unordered_map>

#include "core/value/containers.h"
#include "core/value/nesting.h"

namespace temper {
namespace {

// Parts that are held in many places are copied once.
class Snapshots {
 public:
  IValue copy(const IValue& value) {
    if (value.is_tensor()) {
      const TensorImpl* tensor = value.raw_tensor();
      if (!tensor || is_alone(*tensor)) return value;
    } else if (!value.is_tuple() && !value.is_list() && !value.is_dict()) {
      return value;
    }
    const RefCounted* part = value.to_reference();
    if (const auto known = made_.find(part); known != made_.end()) return known->second;
    IValue made = make(value);
    made_.emplace(part, made);
    return made;
  }

 private:
  IValue make(const IValue& value) {
    if (value.is_tensor()) return value.to_tensor().clone();
    const NestingGuard guard;
    if (value.is_tuple()) {
      return make_ref<TupleValue>(copies(value.to_tuple().items), value.to_tuple().type);
    }
    if (value.is_list()) {
      return make_list(value.to_list().element_type, copies(value.to_list().items));
    }
    const DictValue& dict = value.to_dict();
    auto made = make_ref<DictValue>(dict.key_type, dict.value_type);
    dict.each([&](const IValue& key, const IValue& item) { made->set(key, copy(item)); });
    return made;
  }

  std::vector<IValue> copies(const std::vector<IValue>& items) {
    std::vector<IValue> made;
    for (const IValue& item : items) made.push_back(copy(item));
    return made;
  }

  std::unordered_map<const RefCounted*, IValue> made_;
};

}  // namespace

bool is_alone(const TensorImpl& tensor) {
  return tensor.use_count() == 1 && tensor.storage->use_count() == 1;
}

IValue snapshot(const IValue& value) { return Snapshots().copy(value); }

}  // namespace temper
