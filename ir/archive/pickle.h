#pragma once
// The pickle subset of archives -> IValue. A closed set of globals; everything else is an error
// that names the global, the member and the offset.

#include <functional>
#include <string>
#include <string_view>

#include "core/value/containers.h"

namespace temper::ir {

struct UnpickleHooks {
  // Classes, enums and NamedTuples by qualified name; null means unknown global.
  std::function<TypePtr(std::string_view qualified_name)> find_type;
  // Type text of restore_type_tag: "Dict[str, int]".
  std::function<TypePtr(std::string_view annotation)> parse_type;
  // Bytes of a storage record; `bytes` is the size the tensor metadata claims.
  std::function<Ref<Storage>(std::string_view key, int64_t bytes)> storage;
  // Builds an object from its state: sets attributes or runs __setstate__.
  std::function<IValue(Ref<const ClassType> type, IValue state)> make_object;
};

struct PickleLimits {
  size_t max_depth = 256;
  size_t max_stack = 1 << 24;
};

// `where` names the member in messages.
IValue unpickle(std::string_view bytes, std::string_view where, const UnpickleHooks& hooks,
                const PickleLimits& limits = {});

}  // namespace temper::ir
