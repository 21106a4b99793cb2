// The pickle reader on arbitrary bytes; whatever it accepts must be safe to walk, to write again
// and to destroy.

#include "core/base/error.h"
#include "core/value/class_type.h"
#include "ir/archive/pickle.h"
#include "ir/archive/pickle_writer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace temper;
  static const Ref<ClassType> type = ClassType::make("__torch__.Net", true);
  ir::UnpickleHooks hooks;
  hooks.find_type = [](std::string_view) -> TypePtr { return type; };
  hooks.parse_type = [](std::string_view text) -> TypePtr {
    return text.starts_with("L") ? list_of(Type::string())
                                 : DictType::make(Type::string(), Type::tensor());
  };
  hooks.storage = [](std::string_view, int64_t bytes) {
    if (bytes > 1 << 20) fail("too large");
    return Storage::allocate(bytes);
  };
  hooks.make_object = [](Ref<const ClassType> klass, IValue) -> IValue {
    return make_ref<ObjectValue>(std::move(klass));
  };
  try {
    const ir::PickleLimits limits{.max_stack = 1 << 16};
    const IValue value =
        ir::unpickle({reinterpret_cast<const char*>(data), size}, "fuzz", hooks, limits);
    ir::infer_types(value);
    ir::PickleWriter(ir::PickleStyle::kArchive).pickle(value);
  } catch (const Error&) {
  }
  return 0;
}
