#pragma once
// Talking to a daemon: `infer`, `models`, `load`, `unload`, `ready`.

#include <memory>
#include <string>
#include <vector>

#include "protos/inference.pb.h"

namespace temper::cli {

struct RemoteOptions {
  std::string address = "127.0.0.1:8001";
  double timeout_seconds = 60;
  bool json = false;
};

struct RemoteInferOptions {
  RemoteOptions remote;
  std::string model;
  std::string version;
  std::vector<std::string> inputs;   // "name=value"
  std::vector<std::string> outputs;  // names; empty: all
};

struct RemoteModelOptions {
  RemoteOptions remote;
  std::string model;
};

// All return the exit code and say on stderr what went wrong and what to do.
int remote_infer(const RemoteInferOptions& options);
int remote_models(const RemoteOptions& options);
int remote_load(const RemoteModelOptions& options);
int remote_unload(const RemoteModelOptions& options);
int remote_ready(const RemoteModelOptions& options);  // no model: the server

// One connection. Methods throw RemoteError.
struct RemoteError {
  int exit_code;
  std::string message;
};
class Remote {
 public:
  explicit Remote(const RemoteOptions& options);
  ~Remote();
  inference::ModelInferRequest make_request(const RemoteInferOptions& options);
  inference::ModelInferResponse infer(const inference::ModelInferRequest& request);
  inference::ModelMetadataResponse metadata(const std::string& model, const std::string& version);
  inference::RepositoryIndexResponse index();
  std::vector<inference::ModelStatistics> statistics();
  void load(const std::string& model);
  void unload(const std::string& model);
  bool ready(const std::string& model);  // an empty model asks for the server

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace temper::cli
