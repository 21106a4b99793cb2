#pragma once
// Errors that point at source text.

#include "core/base/error.h"
#include "ir/script/source.h"

namespace temper::ir {

[[noreturn]] void throw_at(ErrorKind kind, const SourceRange& range, const std::string& message);

// The program is wrong.
template <class... Parts>
[[noreturn]] void fail_at(const SourceRange& range, const Parts&... parts) {
  throw_at(ErrorKind::kInvalidArgument, range, str_cat(parts...));
}

}  // namespace temper::ir
