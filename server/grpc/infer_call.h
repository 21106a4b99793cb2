#pragma once
// ModelInfer over gRPC: messages on an arena that tensors keep alive, and the reactor of one call.

#include <google/protobuf/arena.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/support/message_allocator.h>

#include "core/base/ref.h"
#include "protos/inference.pb.h"
#include "server/api/infer.h"

namespace temper {

// Request and response of one call. gRPC holds one reference, each tensor over the request's bytes
// another.
class InferMessages final
    : public grpc::MessageHolder<inference::ModelInferRequest, inference::ModelInferResponse>,
      public RefCounted {
 public:
  InferMessages();
  void Release() override { release(); }

 private:
  static google::protobuf::ArenaOptions options(char* block);
  alignas(16) char block_[4096];  // enough for small requests: one allocation for all of a call
  google::protobuf::Arena arena_;
};

class InferAllocator final
    : public grpc::MessageAllocator<inference::ModelInferRequest, inference::ModelInferResponse> {
 public:
  grpc::MessageHolder<inference::ModelInferRequest, inference::ModelInferResponse>*
  AllocateMessages() override {
    return new InferMessages;
  }
};

// Deletes itself when gRPC is done with it.
class UnaryInferCall final : public grpc::ServerUnaryReactor, public InferCall {
 public:
  UnaryInferCall(grpc::CallbackServerContext* context, const inference::ModelInferRequest* in,
                 inference::ModelInferResponse* out);
  void done(absl::Status status) override;
  void OnCancel() override { cancel.cancel(); }
  void OnDone() override { delete this; }
};

// The call's deadline on the steady clock.
Deadline deadline_of(const grpc::CallbackServerContext& context);

}  // namespace temper
