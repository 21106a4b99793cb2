#include "server/grpc/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <climits>

#include "core/base/strings.h"
#include "server/grpc/service.h"

namespace temper {
namespace {

constexpr const char* kServingNames[] = {"", "inference.GRPCInferenceService"};

}  // namespace

struct GrpcServer::Parts {
  explicit Parts(ServerState& state) : service(state) {}
  InferenceService service;
  std::unique_ptr<grpc::Server> server;
};

GrpcServer::GrpcServer() = default;
GrpcServer::~GrpcServer() { shutdown(std::chrono::seconds(1)); }

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::start(ServerState& state,
                                                              const std::string& host, int port) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  std::unique_ptr<GrpcServer> server(new GrpcServer);
  server->parts_ = std::make_unique<Parts>(state);
  grpc::ServerBuilder builder;
  // Two servers on one port would share its connections without anybody noticing.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetMaxReceiveMessageSize(INT_MAX);
  builder.SetMaxSendMessageSize(INT_MAX);
  const std::string address = str_cat(host, ":", port);
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &server->port_);
  builder.RegisterService(&server->parts_->service);
  server->parts_->server = builder.BuildAndStart();
  if (!server->parts_->server || server->port_ == 0) {
    return absl::UnavailableError(
        str_cat("cannot listen on ", address, " for gRPC; choose another --grpc-port or --host"));
  }
  server->set_serving(false);
  // Says only that the process answers: for liveness probes while models load.
  server->parts_->server->GetHealthCheckService()->SetServingStatus("liveness", true);
  return server;
}

void GrpcServer::set_serving(bool serving) {
  for (const char* name : kServingNames) {
    parts_->server->GetHealthCheckService()->SetServingStatus(name, serving);
  }
}

void GrpcServer::shutdown(std::chrono::milliseconds patience) {
  if (!parts_ || !parts_->server) return;
  parts_->server->GetHealthCheckService()->Shutdown();
  parts_->server->Shutdown(std::chrono::system_clock::now() + patience);
  parts_->server->Wait();
  parts_->server.reset();
}

}  // namespace temper
