#include "server/api/handlers.h"
#include "server/repository/model_config.h"

namespace temper {
namespace {

// Metadata lists whole shapes: the batch stands before the configured dims.
template <class Configured>
void add_tensor(const Configured& configured, bool batched,
                inference::ModelMetadataResponse::TensorMetadata* tensor) {
  tensor->set_name(configured.name());
  tensor->set_datatype(std::string(datatype_of_config(configured.data_type())));
  if (batched) tensor->add_shape(-1);
  tensor->mutable_shape()->Add(configured.dims().begin(), configured.dims().end());
}

}  // namespace

Status server_metadata(ServerState&, const inference::ServerMetadataRequest&,
                       inference::ServerMetadataResponse* response) {
  response->set_name(kServerName);
  response->set_version(kServerVersion);
  for (const char* extension : {"model_repository", "model_configuration", "statistics",
                                "parameters", "binary_tensor_data"}) {
    response->add_extensions(extension);
  }
  return absl::OkStatus();
}

Status model_metadata(ServerState& state, const inference::ModelMetadataRequest& request,
                      inference::ModelMetadataResponse* response) {
  const auto found = state.models.find(request.name(), request.version());
  if (!found.ok()) return found.status();
  const Servable& servable = **found;
  response->set_name(servable.name);
  if (request.version().empty()) {
    for (const auto& version : state.models.versions(request.name())) {
      response->add_versions(version->version_text);
    }
  } else {
    response->add_versions(servable.version_text);
  }
  response->set_platform(servable.config.platform());
  const bool batched = servable.config.max_batch_size() > 0;
  for (const auto& input : servable.config.input()) {
    add_tensor(input, batched, response->add_inputs());
  }
  for (const auto& output : servable.config.output()) {
    add_tensor(output, batched, response->add_outputs());
  }
  return absl::OkStatus();
}

Status model_config(ServerState& state, const inference::ModelConfigRequest& request,
                    inference::ModelConfigResponse* response) {
  const auto found = state.models.find(request.name(), request.version());
  if (!found.ok()) return found.status();
  *response->mutable_config() = (*found)->config;
  return absl::OkStatus();
}

}  // namespace temper
