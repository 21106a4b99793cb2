#include "core/base/error.h"

#include <algorithm>

namespace temper {
namespace {

// Messages repeat names and values of hostile input: they go to terminals and into logs, and
// transports bound their length.
std::string presentable(std::string message) {
  constexpr size_t kFirst = 2500, kLast = 1000;
  if (message.size() > kFirst + kLast) {
    message =
        str_cat(std::string_view(message).substr(0, kFirst), " [", message.size() - kFirst - kLast,
                " bytes left out] ", std::string_view(message).substr(message.size() - kLast));
  }
  const auto is_control = [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
  };
  if (std::none_of(message.begin(), message.end(), is_control)) return message;
  constexpr char kDigits[] = "0123456789abcdef";
  std::string plain;
  for (const char c : message) {
    if (is_control(c)) {
      plain += {'\\', 'x', kDigits[c >> 4 & 15], kDigits[c & 15]};
    } else {
      plain += c;
    }
  }
  return plain;
}

}  // namespace

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

void throw_error(ErrorKind kind, std::string message) {
  throw Error(kind, presentable(std::move(message)));
}

void check_failed(const char* expression, const char* file, int line) {
  throw_error(ErrorKind::kInternal, str_cat("check failed: ", expression, " (", file, ":", line,
                                            "); this is a bug of temper, please report it"));
}

}  // namespace temper
