#pragma once
// Something callable with a schema. ir's script functions and the engine's natives derive from it;
// core only needs to name and match them.

#include "core/value/schema.h"

namespace temper {

class Function : public RefCounted {
 public:
  virtual const std::string& qualified_name() const = 0;
  // The last part of the qualified name.
  std::string_view name() const {
    const std::string& full = qualified_name();
    const size_t dot = full.rfind('.');
    return dot == std::string::npos ? std::string_view(full)
                                    : std::string_view(full).substr(dot + 1);
  }
  // Compiles the body on first use: a call may throw a compile error.
  virtual const Schema& schema() const = 0;
};

inline IValue::IValue(Ref<Function> v) : IValue(Tag::kFunction, v.leak()) {}

struct MethodSignature {
  std::string name;
  Schema schema;  // args[0] is the receiver
};

}  // namespace temper
