#pragma once
// Composite operators written in TorchScript. A function `name` is the body of space::name, and
// `name__overload` of space::name.overload, where space is that of its file, mostly aten; files are
// compiled like any archive's code. Functions named helper_* are no operators.

#include <string_view>

#include "absl/types/span.h"

namespace temper {

struct PreludeFile {
  std::string_view name;  // "losses.py"
  std::string_view text;
  std::string_view space;
};
absl::Span<const PreludeFile> prelude_files();

}  // namespace temper
