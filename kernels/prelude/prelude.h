#pragma once
// Composite operators written in TorchScript. A function `name` is the body of aten::name, and
// `name__overload` of aten::name.overload; files are compiled like any archive's code.
// Functions named helper_* are no operators.

#include <string_view>

#include "absl/types/span.h"

namespace temper {

struct PreludeFile {
  std::string_view name;  // "losses.py"
  std::string_view text;
};
absl::Span<const PreludeFile> prelude_files();

}  // namespace temper
