#pragma once
// The one converter of statuses for this transport.

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace temper {

inline grpc::Status to_grpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  // Both number their codes alike.
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message())};
}

}  // namespace temper
