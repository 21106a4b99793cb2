#include "server/api/status.h"

#include <new>

namespace temper {
namespace {

constexpr size_t kMaxMessage = 4000;

absl::Status make_status(absl::StatusCode code, std::string message) {
  if (message.size() > kMaxMessage) {
    message.resize(kMaxMessage);
    message += "...";
  }
  return absl::Status(code, message);
}

}  // namespace

absl::StatusCode status_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalidArgument: return absl::StatusCode::kInvalidArgument;
    case ErrorKind::kNotFound: return absl::StatusCode::kNotFound;
    case ErrorKind::kUnavailable: return absl::StatusCode::kUnavailable;
    case ErrorKind::kResourceExhausted: return absl::StatusCode::kResourceExhausted;
    case ErrorKind::kDeadlineExceeded: return absl::StatusCode::kDeadlineExceeded;
    case ErrorKind::kCancelled: return absl::StatusCode::kCancelled;
    case ErrorKind::kUnimplemented: return absl::StatusCode::kUnimplemented;
    // The program refused what it was given.
    case ErrorKind::kScript: return absl::StatusCode::kInvalidArgument;
    case ErrorKind::kInternal: return absl::StatusCode::kInternal;
  }
  return absl::StatusCode::kInternal;
}

absl::Status to_status(const Error& error, std::string_view where) {
  std::string message = str_cat(where, where.empty() ? "" : ": ", error.message());
  if (!error.traceback().empty()) message += str_cat("\n", error.traceback());
  return make_status(status_code(error.kind()), std::move(message));
}

absl::Status current_exception_status(std::string_view where) {
  try {
    throw;
  } catch (const Error& error) {
    return to_status(error, where);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(str_cat(where, ": out of memory; send less at once"));
  } catch (const std::exception& error) {
    return absl::InternalError(str_cat(where, ": internal error: ", error.what()));
  } catch (...) {
    return absl::InternalError(str_cat(where, ": internal error"));
  }
}

Outcome outcome_of(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk: return Outcome::kOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound: return Outcome::kInvalid;
    case absl::StatusCode::kUnavailable: return Outcome::kRejected;
    case absl::StatusCode::kDeadlineExceeded: return Outcome::kDeadline;
    case absl::StatusCode::kCancelled: return Outcome::kCancelled;
    case absl::StatusCode::kResourceExhausted: return Outcome::kLimit;
    case absl::StatusCode::kUnimplemented: return Outcome::kUnsupported;
    default: return Outcome::kError;
  }
}

}  // namespace temper
