#include "server/grpc/stream_call.h"

#include <utility>

#include "server/grpc/infer_call.h"

namespace temper {

struct StreamInferCall::Message final : RefCounted {
  inference::ModelInferRequest request;
};

class StreamInferCall::Item final : public InferCall {
 public:
  explicit Item(StreamInferCall& stream) : stream_(stream) {
    request = &stream.message_->request;
    response = stream.response_.mutable_infer_response();
    owner = stream.message_;
    deadline = stream.deadline_;
  }
  void done(absl::Status status) override { stream_.answered(status); }

 private:
  StreamInferCall& stream_;
};

StreamInferCall::StreamInferCall(InferHandler& handler, const grpc::CallbackServerContext& context)
    : handler_(handler), deadline_(deadline_of(context)) {
  read();
}

StreamInferCall::~StreamInferCall() = default;

void StreamInferCall::read() {
  message_ = make_ref<Message>();
  StartRead(&message_->request);
}

void StreamInferCall::OnReadDone(bool ok) {
  if (!ok) return Finish(grpc::Status::OK);
  response_.Clear();
  Item* item = nullptr;
  {
    const std::lock_guard lock(mutex_);
    item_ = std::make_unique<Item>(*this);
    if (cancelled_) item_->cancel.cancel();
    item = item_.get();
  }
  handler_.start(item);
}

void StreamInferCall::answered(const absl::Status& status) {
  inference::ModelInferResponse* answer = response_.mutable_infer_response();
  if (status.ok()) {
    add_contents(std::exchange(item_->outputs, {}), answer);
  } else {
    answer->Clear();
    answer->set_model_name(message_->request.model_name());
    answer->set_id(message_->request.id());
    const std::string text(status.message());
    response_.set_error_message(text.empty() ? "the request failed" : text);
  }
  (*answer->mutable_parameters())["triton_final_response"].set_bool_param(true);
  StartWrite(&response_);
}

void StreamInferCall::OnWriteDone(bool ok) {
  if (!ok) return Finish(grpc::Status::OK);
  read();
}

void StreamInferCall::OnCancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  if (item_) item_->cancel.cancel();
}

}  // namespace temper
