#pragma once
// Rows for operators whose overloads share one kernel.

#include <initializer_list>

#include "core/base/strings.h"
#include "core/op/op_def.h"

namespace temper {

// Adds `name.overload` for each overload ("" is the unnamed one).
inline void add_overloads(OpRegistry& registry, std::string_view name,
                          std::initializer_list<std::string_view> overloads, Kernel kernel,
                          uint32_t properties = kCheap) {
  for (std::string_view overload : overloads) {
    const std::string key = overload.empty() ? std::string(name) : str_cat(name, ".", overload);
    const OpRow row{key.c_str(), kernel, properties};
    registry.add({&row, 1});
  }
}

}  // namespace temper
