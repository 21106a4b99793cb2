#pragma once
// The gRPC endpoint: the inference service, standard health, reflection.

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/api/server_state.h"

namespace temper {

class GrpcServer {
 public:
  // Listens; port 0 takes a free one. Health says NOT_SERVING until set_serving(true). `state`
  // outlives the server.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> start(ServerState& state,
                                                           const std::string& host, int port);
  ~GrpcServer();
  int port() const { return port_; }
  void set_serving(bool serving);
  // Answers what is under way, refuses the rest, and cancels what is left after `patience`.
  void shutdown(std::chrono::milliseconds patience);

 private:
  GrpcServer();
  struct Parts;
  std::unique_ptr<Parts> parts_;
  int port_ = 0;
};

}  // namespace temper
