#include "ir/script/diagnostics.h"

namespace temper::ir {

void throw_at(ErrorKind kind, const SourceRange& range, const std::string& message) {
  throw_error(kind, str_cat(message, "\n", highlight(range)));
}

}  // namespace temper::ir
