#pragma once
// The engine's errors at the boundary.

#include <string_view>

#include "absl/status/status.h"
#include "core/base/error.h"
#include "server/observe/model_stats.h"

namespace temper {

absl::StatusCode status_code(ErrorKind kind);
// `where` names the model; the script's frames follow the message. Long texts are cut, because
// transports carry them in headers.
absl::Status to_status(const Error& error, std::string_view where);
// For use in a catch block: any exception.
absl::Status current_exception_status(std::string_view where);
Outcome outcome_of(absl::StatusCode code);

}  // namespace temper
