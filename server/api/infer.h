#pragma once
// ModelInfer: validate, find the model, run, answer. Asynchronous; the transport keeps messages and
// token alive until `done` was called.

#include <chrono>
#include <functional>

#include "absl/status/status.h"
#include "core/sync/cancel.h"
#include "core/sync/deadline.h"
#include "server/api/outputs.h"
#include "server/api/server_state.h"

namespace temper {

// One request on its way. Transports derive from it or hold it; it must not move meanwhile.
class InferCall {
 public:
  virtual ~InferCall() = default;
  // Called once, on any thread. The call may be destroyed inside.
  virtual void done(absl::Status status) = 0;

  const inference::ModelInferRequest* request = nullptr;
  inference::ModelInferResponse* response = nullptr;
  std::vector<OutputBytes> outputs;  // what raw_output_contents() of the response would be
  Ref<RefCounted> owner;  // keeps the request's bytes alive as long as a tensor uses them
  Deadline deadline = kNoDeadline;
  CancelToken cancel;

 private:
  friend class InferHandler;
  std::chrono::steady_clock::time_point arrived_;
  std::shared_ptr<const Servable> servable_;
};

class InferHandler {
 public:
  explicit InferHandler(ServerState& state) : state_(state) {}
  // May answer before it returns.
  void start(InferCall* call);

 private:
  void run(InferCall* call);
  absl::Status execute(InferCall* call, RequestTimes* times, int64_t* batch);
  void finish(InferCall* call, const absl::Status& status, const RequestTimes& times,
              int64_t batch);
  ServerState& state_;
};

// Parameters of a request: known keys have their types, reserved ones are refused. A "timeout"
// (microseconds) shortens the deadline.
absl::Status check_parameters(const inference::ModelInferRequest& request, Deadline* deadline);

}  // namespace temper
