#include "server/grpc/service.h"

#include "server/api/handlers.h"
#include "server/api/status.h"
#include "server/grpc/status.h"
#include "server/grpc/stream_call.h"

namespace temper {
namespace {

using Context = grpc::CallbackServerContext;
using Reactor = grpc::ServerUnaryReactor;

template <class Request, class Response>
using Handler = absl::Status (*)(ServerState&, const Request&, Response*);

template <class Request, class Response>
absl::Status call(ServerState& state, Handler<Request, Response> handler, const Request& request,
                  Response* response) {
  try {
    return handler(state, request, response);
  } catch (...) {
    return current_exception_status("");
  }
}

template <class Request, class Response>
Reactor* answer(ServerState& state, Context* context, Handler<Request, Response> handler,
                const Request* request, Response* response) {
  Reactor* reactor = context->DefaultReactor();
  reactor->Finish(to_grpc(call(state, handler, *request, response)));
  return reactor;
}

// For handlers that block: the transport's threads must stay free.
template <class Request, class Response>
Reactor* answer_later(ServerState& state, Context* context, Handler<Request, Response> handler,
                      const Request* request, Response* response) {
  Reactor* reactor = context->DefaultReactor();
  state.models.run_in_background([&state, reactor, handler, request, response] {
    reactor->Finish(to_grpc(call(state, handler, *request, response)));
  });
  return reactor;
}

}  // namespace

InferenceService::InferenceService(ServerState& state) : state_(state), infer_(state) {}

Reactor* InferenceService::ServerLive(Context* context, const inference::ServerLiveRequest* in,
                                      inference::ServerLiveResponse* out) {
  return answer(state_, context, server_live, in, out);
}
Reactor* InferenceService::ServerReady(Context* context, const inference::ServerReadyRequest* in,
                                       inference::ServerReadyResponse* out) {
  return answer(state_, context, server_ready, in, out);
}
Reactor* InferenceService::ModelReady(Context* context, const inference::ModelReadyRequest* in,
                                      inference::ModelReadyResponse* out) {
  return answer(state_, context, model_ready, in, out);
}
Reactor* InferenceService::ServerMetadata(Context* context,
                                          const inference::ServerMetadataRequest* in,
                                          inference::ServerMetadataResponse* out) {
  return answer(state_, context, server_metadata, in, out);
}
Reactor* InferenceService::ModelMetadata(Context* context,
                                         const inference::ModelMetadataRequest* in,
                                         inference::ModelMetadataResponse* out) {
  return answer(state_, context, model_metadata, in, out);
}
Reactor* InferenceService::ModelInfer(Context* context, const grpc::ByteBuffer* in,
                                      grpc::ByteBuffer* out) {
  auto* call = new UnaryInferCall(context, out);
  if (call->read(*in)) infer_.start(call);
  return call;
}
grpc::ServerBidiReactor<inference::ModelInferRequest, inference::ModelStreamInferResponse>*
InferenceService::ModelStreamInfer(Context* context) {
  return new StreamInferCall(infer_, *context);
}
Reactor* InferenceService::ModelConfig(Context* context, const inference::ModelConfigRequest* in,
                                       inference::ModelConfigResponse* out) {
  return answer(state_, context, model_config, in, out);
}
Reactor* InferenceService::ModelStatistics(Context* context,
                                           const inference::ModelStatisticsRequest* in,
                                           inference::ModelStatisticsResponse* out) {
  return answer(state_, context, model_statistics, in, out);
}
Reactor* InferenceService::RepositoryIndex(Context* context,
                                           const inference::RepositoryIndexRequest* in,
                                           inference::RepositoryIndexResponse* out) {
  return answer_later(state_, context, repository_index, in, out);
}
Reactor* InferenceService::RepositoryModelLoad(Context* context,
                                               const inference::RepositoryModelLoadRequest* in,
                                               inference::RepositoryModelLoadResponse* out) {
  return answer_later(state_, context, repository_load, in, out);
}
Reactor* InferenceService::RepositoryModelUnload(Context* context,
                                                 const inference::RepositoryModelUnloadRequest* in,
                                                 inference::RepositoryModelUnloadResponse* out) {
  return answer_later(state_, context, repository_unload, in, out);
}

}  // namespace temper
