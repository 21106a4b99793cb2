#pragma once
// One handler per verb of the protocol, free of any transport. Those that say so block.

#include "absl/status/status.h"
#include "protos/inference.pb.h"
#include "server/api/server_state.h"

namespace temper {

using absl::Status;

// health.cc
Status server_live(ServerState& state, const inference::ServerLiveRequest& request,
                   inference::ServerLiveResponse* response);
Status server_ready(ServerState& state, const inference::ServerReadyRequest& request,
                    inference::ServerReadyResponse* response);
Status model_ready(ServerState& state, const inference::ModelReadyRequest& request,
                   inference::ModelReadyResponse* response);

// metadata.cc
Status server_metadata(ServerState& state, const inference::ServerMetadataRequest& request,
                       inference::ServerMetadataResponse* response);
Status model_metadata(ServerState& state, const inference::ModelMetadataRequest& request,
                      inference::ModelMetadataResponse* response);
Status model_config(ServerState& state, const inference::ModelConfigRequest& request,
                    inference::ModelConfigResponse* response);

// statistics.cc
Status model_statistics(ServerState& state, const inference::ModelStatisticsRequest& request,
                        inference::ModelStatisticsResponse* response);
std::string metrics_page(ServerState& state);

// repository.cc: these read the disk or load models, and block.
Status repository_index(ServerState& state, const inference::RepositoryIndexRequest& request,
                        inference::RepositoryIndexResponse* response);
Status repository_load(ServerState& state, const inference::RepositoryModelLoadRequest& request,
                       inference::RepositoryModelLoadResponse* response);
Status repository_unload(ServerState& state, const inference::RepositoryModelUnloadRequest& request,
                         inference::RepositoryModelUnloadResponse* response);

}  // namespace temper
