#include <charconv>

#include "core/base/error.h"
#include "server/api/handlers.h"
#include "server/api/status.h"

namespace temper {
namespace {

constexpr std::string_view kFile = "file:";

// "file:3/model.pt" -> 3.
int64_t version_of_file(std::string_view key) {
  key.remove_prefix(kFile.size());
  int64_t version = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), version);
  const std::string_view rest = key.substr(static_cast<size_t>(end - key.data()));
  if (error != std::errc() || version <= 0 || rest.size() < 2 || rest[0] != '/' ||
      rest.find("..") != std::string_view::npos || rest.find('/', 1) != std::string_view::npos) {
    fail("failed to load: the parameter '", kFile, key, "' must be file:<version>/<file>");
  }
  return version;
}

LoadOverride read_override(const inference::RepositoryModelLoadRequest& request,
                           const std::string& name) {
  using inference::ModelRepositoryParameter;
  LoadOverride given;
  for (const auto& [key, value] : request.parameters()) {
    if (key == "config") {
      if (value.parameter_choice_case() != ModelRepositoryParameter::kStringParam) {
        fail("failed to load '", name, "': the parameter 'config' must be a string of JSON");
      }
      given.config = parse_config_json(value.string_param());
      const std::string& config_name = given.config->name();
      if (!config_name.empty() && config_name != name) {
        fail("failed to load '", name, "': the configuration names the model '", config_name, "'");
      }
    } else if (key.rfind(std::string(kFile), 0) == 0) {
      if (value.parameter_choice_case() != ModelRepositoryParameter::kBytesParam) {
        fail("failed to load '", name, "': the parameter '", key, "' must be bytes");
      }
      given.archives[version_of_file(key)] = value.bytes_param();
    } else {
      fail("failed to load '", name, "': unknown parameter '", key,
           "'; known are 'config' and 'file:<version>/<file>'");
    }
  }
  if (!given.archives.empty() && !given.config) {
    fail("failed to load '", name, "': files need the parameter 'config' too");
  }
  return given;
}

// Some clients of the protocol have the name in the first field, which is the repository's here.
template <class Request>
Status model_name_of(const Request& request, std::string* name) {
  *name = request.model_name();
  if (name->empty()) *name = request.repository_name();
  if (!request.repository_name().empty() && !request.model_name().empty()) {
    return absl::UnimplementedError("'repository_name' specification is not supported");
  }
  return absl::OkStatus();
}

}  // namespace

Status repository_index(ServerState& state, const inference::RepositoryIndexRequest& request,
                        inference::RepositoryIndexResponse* response) {
  if (!request.repository_name().empty()) {
    return absl::UnimplementedError("'repository_name' specification is not supported");
  }
  const auto entries = state.models.index(request.ready());
  if (!entries.ok()) return entries.status();
  for (const IndexEntry& entry : *entries) {
    auto* model = response->add_models();
    model->set_name(entry.name);
    model->set_version(entry.version);
    if (entry.version.empty() && entry.reason.empty()) continue;
    model->set_state(model_state_name(entry.state));
    model->set_reason(entry.reason);
  }
  return absl::OkStatus();
}

Status repository_load(ServerState& state, const inference::RepositoryModelLoadRequest& request,
                       inference::RepositoryModelLoadResponse*) {
  std::string name;
  if (Status status = model_name_of(request, &name); !status.ok()) return status;
  try {
    return state.models.load(name, read_override(request, name));
  } catch (...) {
    return current_exception_status("");
  }
}

Status repository_unload(ServerState& state, const inference::RepositoryModelUnloadRequest& request,
                         inference::RepositoryModelUnloadResponse*) {
  std::string name;
  if (Status status = model_name_of(request, &name); !status.ok()) return status;
  return state.models.unload(name);
}

}  // namespace temper
