#pragma once
// The HTTP endpoint: the REST form of the protocol, health for probes, /metrics.

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/api/server_state.h"

namespace temper {

class HttpServer {
 public:
  // Listens; port 0 takes a free one. `state` outlives the server.
  static absl::StatusOr<std::unique_ptr<HttpServer>> start(ServerState& state,
                                                           const std::string& host, int port,
                                                           int threads);
  ~HttpServer();
  int port() const { return port_; }
  // Takes no new connections and returns when the requests under way are answered.
  void shutdown();

 private:
  HttpServer();
  struct Parts;
  std::unique_ptr<Parts> parts_;
  int port_ = 0;
};

}  // namespace temper
