#pragma once
// Old meanings of operators, for programs of old format versions. Each upgrader is a function with
// the old signature that computes the old result with today's operators.

#include <string_view>

#include "absl/types/span.h"

namespace temper::ir {

struct Upgrader {
  std::string_view overload;  // "aten::div.Tensor"
  int last_version;           // of the programs that mean the old operator
  std::string_view function;  // in upgrader_source()
};
absl::Span<const Upgrader> upgraders();
std::string_view upgrader_source();

}  // namespace temper::ir
