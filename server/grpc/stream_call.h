#pragma once
// ModelStreamInfer: answers each request of a stream, in order, one at a time. A request that fails
// answers with its message and does not end the stream.

#include <grpcpp/grpcpp.h>

#include <memory>
#include <mutex>

#include "protos/inference.pb.h"
#include "server/api/infer.h"

namespace temper {

class StreamInferCall final : public grpc::ServerBidiReactor<inference::ModelInferRequest,
                                                             inference::ModelStreamInferResponse> {
 public:
  StreamInferCall(InferHandler& handler, const grpc::CallbackServerContext& context);
  ~StreamInferCall() override;
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  class Item;
  struct Message;
  void read();
  void answered(const absl::Status& status);

  InferHandler& handler_;
  const Deadline deadline_;
  Ref<Message> message_;  // being read or answered
  inference::ModelStreamInferResponse response_;
  std::mutex mutex_;  // cancellation comes from any thread
  std::unique_ptr<Item> item_;
  bool cancelled_ = false;
};

}  // namespace temper
