#include "server/cli/remote.h"

#include <grpcpp/grpcpp.h>

#include <climits>

#include "core/base/error.h"
#include "protos/inference.grpc.pb.h"
#include "server/cli/exit_code.h"
#include "server/cli/tensor_source.h"

namespace temper::cli {

struct Remote::Parts {
  RemoteOptions options;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<inference::GRPCInferenceService::Stub> stub;

  template <class Request, class Response>
  using Method = grpc::Status (inference::GRPCInferenceService::Stub::*)(grpc::ClientContext*,
                                                                         const Request&, Response*);
  template <class Request, class Response>
  Response call(Method<Request, Response> method, const Request& request) {
    grpc::ClientContext context;
    const auto patience =
        std::chrono::milliseconds(static_cast<int64_t>(options.timeout_seconds * 1000));
    context.set_deadline(std::chrono::system_clock::now() + patience);
    Response response;
    const grpc::Status status = ((*stub).*method)(&context, request, &response);
    if (!status.ok()) throw explain(status);
    return response;
  }

  RemoteError explain(const grpc::Status& status) const {
    const bool connected = channel->GetState(false) == GRPC_CHANNEL_READY;
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE && !connected) {
      return {kNoServer, str_cat("no server answers at ", options.address,
                                 "; start temperd, or name its gRPC address with --address")};
    }
    if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
      return {kFailed, str_cat("no answer within ", options.timeout_seconds,
                               " seconds; give more with --timeout")};
    }
    return {kFailed, status.error_message()};
  }
};

using Stub = inference::GRPCInferenceService::Stub;

Remote::Remote(const RemoteOptions& options) : parts_(std::make_unique<Parts>()) {
  parts_->options = options;
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(INT_MAX);
  arguments.SetMaxSendMessageSize(INT_MAX);
  // The address was given: a proxy would not know a local daemon.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  parts_->channel =
      grpc::CreateCustomChannel(options.address, grpc::InsecureChannelCredentials(), arguments);
  parts_->stub = inference::GRPCInferenceService::NewStub(parts_->channel);
}
Remote::~Remote() = default;

inference::ModelMetadataResponse Remote::metadata(const std::string& model,
                                                  const std::string& version) {
  inference::ModelMetadataRequest request;
  request.set_name(model);
  request.set_version(version);
  return parts_->call(&Stub::ModelMetadata, request);
}

inference::ModelInferResponse Remote::infer(const inference::ModelInferRequest& request) {
  return parts_->call(&Stub::ModelInfer, request);
}

inference::RepositoryIndexResponse Remote::index() {
  return parts_->call(&Stub::RepositoryIndex, inference::RepositoryIndexRequest());
}

std::vector<inference::ModelStatistics> Remote::statistics() {
  const auto response = parts_->call(&Stub::ModelStatistics, inference::ModelStatisticsRequest());
  return {response.model_stats().begin(), response.model_stats().end()};
}

void Remote::load(const std::string& model) {
  inference::RepositoryModelLoadRequest request;
  request.set_model_name(model);
  parts_->call(&Stub::RepositoryModelLoad, request);
}

void Remote::unload(const std::string& model) {
  inference::RepositoryModelUnloadRequest request;
  request.set_model_name(model);
  parts_->call(&Stub::RepositoryModelUnload, request);
}

bool Remote::ready(const std::string& model) {
  if (model.empty()) {
    return parts_->call(&Stub::ServerReady, inference::ServerReadyRequest()).ready();
  }
  inference::ModelReadyRequest request;
  request.set_name(model);
  return parts_->call(&Stub::ModelReady, request).ready();
}

inference::ModelInferRequest Remote::make_request(const RemoteInferOptions& options) {
  const auto metadata = this->metadata(options.model, options.version);
  inference::ModelInferRequest request;
  request.set_model_name(options.model);
  request.set_model_version(options.version);
  std::vector<OutputSlot> declared;
  for (const auto& input : metadata.inputs()) {
    declared.push_back(
        {input.name(), input.datatype(), {input.shape().begin(), input.shape().end()}});
  }
  for (const std::string& text : options.inputs) add_input(text, declared, &request);
  for (const std::string& name : options.outputs) request.add_outputs()->set_name(name);
  return request;
}

}  // namespace temper::cli
