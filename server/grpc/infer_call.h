#pragma once
// ModelInfer over gRPC: the request on an arena that tensors keep alive, and the reactor of one
// call, which sends the bytes of tensors from where they are.

#include <google/protobuf/arena.h>
#include <grpcpp/grpcpp.h>

#include "core/base/ref.h"
#include "protos/inference.pb.h"
#include "server/api/infer.h"

namespace temper {

// Request and response of one call. The call holds one reference, each tensor over the request's
// bytes another.
class InferMessages final : public RefCounted {
 public:
  InferMessages();
  inference::ModelInferRequest& request() { return *request_; }
  inference::ModelInferResponse& response() { return *response_; }

 private:
  static google::protobuf::ArenaOptions options(char* block);
  alignas(16) char block_[4096];  // enough for small requests: one allocation for all of a call
  google::protobuf::Arena arena_;
  inference::ModelInferRequest* const request_;
  inference::ModelInferResponse* const response_;
};

// Deletes itself when gRPC is done with it.
class UnaryInferCall final : public grpc::ServerUnaryReactor, public InferCall {
 public:
  // `out` is written when the call is done.
  UnaryInferCall(grpc::CallbackServerContext* context, grpc::ByteBuffer* out);
  // Parses the request; what is none has been answered when it returns false.
  bool read(const grpc::ByteBuffer& in);
  void done(absl::Status status) override;
  void OnCancel() override { cancel.cancel(); }
  void OnDone() override { delete this; }

 private:
  const Ref<InferMessages> messages_;
  grpc::ByteBuffer* const out_;
};

// The message with `outputs` as its raw_output_contents. Large ones are not copied: the buffer
// keeps them.
grpc::ByteBuffer serialize(const inference::ModelInferResponse& response,
                           std::vector<OutputBytes> outputs);

// The call's deadline on the steady clock.
Deadline deadline_of(const grpc::CallbackServerContext& context);

}  // namespace temper
