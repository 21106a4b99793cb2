#include "server/api/handlers.h"

namespace temper {

Status server_live(ServerState& state, const inference::ServerLiveRequest&,
                   inference::ServerLiveResponse* response) {
  if (state.stopping) return absl::UnavailableError("the server is shutting down");
  response->set_live(true);
  return absl::OkStatus();
}

Status server_ready(ServerState& state, const inference::ServerReadyRequest&,
                    inference::ServerReadyResponse* response) {
  response->set_ready(state.ready());
  return absl::OkStatus();
}

// A model that is not there is not ready, which is no error; only a malformed version is.
Status model_ready(ServerState& state, const inference::ModelReadyRequest& request,
                   inference::ModelReadyResponse* response) {
  const auto found = state.models.find(request.name(), request.version());
  if (found.status().code() == absl::StatusCode::kInvalidArgument) return found.status();
  response->set_ready(found.ok());
  return absl::OkStatus();
}

}  // namespace temper
