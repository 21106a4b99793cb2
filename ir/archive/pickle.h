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

// `where` names the member in messages. Hooks that are not set make what needs them an error. Lists
// and dicts without a type tag hold Any; NamedTuples are plain tuples: see restore_types().
IValue unpickle(std::string_view bytes, std::string_view where, const UnpickleHooks& hooks,
                const PickleLimits& limits = {});

// Gives untagged lists and dicts inside `value` the element types that `type` declares, and tuples
// the NamedTuple types; throws when an item does not fit. Values that `type` says nothing about
// stay as they are.
IValue restore_types(IValue value, const TypePtr& type);
// Gives untagged lists and dicts the common type of their items, where there is one.
void infer_types(const IValue& value);

}  // namespace temper::ir
