#pragma once
// The one error type of the engine. A kind says what the caller can do next; the message says what
// was wrong and what would fix it. Thrown inside the engine, turned into absl::Status at
// boundaries.

#include <exception>
#include <string>
#include <string_view>

#include "core/base/strings.h"

namespace temper {

enum class ErrorKind : unsigned char {
  kInvalidArgument,    // the request or the program's input is wrong: fix it
  kNotFound,           // no such model, member, method or file
  kUnavailable,        // try again later
  kResourceExhausted,  // over a limit (memory, steps, depth): raise it or send less
  kDeadlineExceeded,   // the caller's deadline passed
  kCancelled,          // the caller went away
  kUnimplemented,      // temper lacks a feature that the message names
  kScript,             // the program itself raised
  kInternal,           // our bug
};

std::string_view error_kind_name(ErrorKind kind);

class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  // Script frames, innermost last, one per line; empty when no program was running.
  const std::string& traceback() const { return traceback_; }
  void set_traceback(std::string text) { traceback_ = std::move(text); }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  ErrorKind kind_;
  std::string message_;
  std::string traceback_;
};

[[noreturn]] void throw_error(ErrorKind kind, std::string message);

// Bad input: the usual failure of a kernel or a reader.
template <class... Parts>
[[noreturn]] void fail(const Parts&... parts) {
  throw_error(ErrorKind::kInvalidArgument, str_cat(parts...));
}

template <class... Parts>
[[noreturn]] void unimplemented(const Parts&... parts) {
  throw_error(ErrorKind::kUnimplemented, str_cat(parts...));
}

[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace temper

// A law of ours: a failure is our bug and fails the request, never the process.
#define TEMPER_CHECK(condition)                               \
  do {                                                        \
    if (!(condition)) [[unlikely]]                            \
      ::temper::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)
