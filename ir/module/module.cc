#include "ir/module/module.h"

namespace temper::ir {

// The objects go before the classes that describe them.
Module::~Module() { root_ = nullptr; }

ScriptFunction* Module::find_method(std::string_view name) const {
  return dynamic_cast<ScriptFunction*>(type().find_method(name));
}

std::vector<ScriptFunction*> Module::methods() const {
  std::vector<ScriptFunction*> methods;
  for (const Ref<Function>& method : type().methods()) {
    if (auto* script = dynamic_cast<ScriptFunction*>(method.get())) methods.push_back(script);
  }
  return methods;
}

std::vector<SourceMember> Module::source() const {
  return source_ ? source_() : std::vector<SourceMember>();
}

}  // namespace temper::ir
