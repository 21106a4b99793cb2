#include "core/base/error.h"

namespace temper {

std::string_view error_kind_name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalidArgument: return "invalid argument";
    case ErrorKind::kNotFound: return "not found";
    case ErrorKind::kUnavailable: return "unavailable";
    case ErrorKind::kResourceExhausted: return "resource exhausted";
    case ErrorKind::kDeadlineExceeded: return "deadline exceeded";
    case ErrorKind::kCancelled: return "cancelled";
    case ErrorKind::kUnimplemented: return "unimplemented";
    case ErrorKind::kScript: return "script exception";
    case ErrorKind::kInternal: return "internal";
  }
  return "internal";
}

void throw_error(ErrorKind kind, std::string message) { throw Error(kind, std::move(message)); }

void check_failed(const char* expression, const char* file, int line) {
  throw_error(ErrorKind::kInternal, str_cat("check failed: ", expression, " (", file, ":", line,
                                            "); this is a bug of temper, please report it"));
}

}  // namespace temper
