#include "server/api/infer.h"

#include <algorithm>

#include "server/api/inputs.h"
#include "server/api/outputs.h"
#include "server/api/status.h"

namespace temper {
namespace {

// Work that takes less is not worth a switch of threads.
constexpr uint64_t kBriefNs = 100'000;

uint64_t ns_between(Deadline from, Deadline to) {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(to - from).count());
}

absl::Status wrong_parameter(const std::string& key, const char* wanted) {
  return absl::InvalidArgumentError(str_cat("request parameter '", key, "' must be ", wanted));
}

}  // namespace

absl::Status check_parameters(const inference::ModelInferRequest& request, Deadline* deadline) {
  using inference::InferParameter;
  for (const auto& [key, value] : request.parameters()) {
    const auto kind = value.parameter_choice_case();
    if (kind == InferParameter::PARAMETER_CHOICE_NOT_SET) {
      return wrong_parameter(key, "set to a value");
    }
    if (key == "timeout") {
      if (kind != InferParameter::kInt64Param || value.int64_param() < 0) {
        return wrong_parameter(key, "an int64 of microseconds, 0 or more");
      }
      if (value.int64_param() > 0) {
        *deadline = std::min(*deadline, deadline_after(value.int64_param()));
      }
    } else if (key == "priority") {
      const bool fits = kind == InferParameter::kUint64Param ||
                        (kind == InferParameter::kInt64Param && value.int64_param() >= 0);
      if (!fits) return wrong_parameter(key, "a uint64");
    } else if (key == "sequence_start" || key == "sequence_end" ||
               key == "triton_enable_empty_final_response") {
      if (kind != InferParameter::kBoolParam) return wrong_parameter(key, "a bool");
    } else if (key.rfind("triton_", 0) == 0) {
      return absl::InvalidArgumentError(
          str_cat("request parameter '", key, "' is reserved: names must not begin with triton_"));
    }
  }
  return absl::OkStatus();
}

void InferHandler::start(InferCall* call) {
  call->arrived_ = std::chrono::steady_clock::now();
  const inference::ModelInferRequest& request = *call->request;
  if (state_.stopping.load(std::memory_order_relaxed)) {
    return call->done(absl::UnavailableError("the server is shutting down"));
  }
  auto servable = state_.models.find(request.model_name(), request.model_version());
  if (!servable.ok()) return call->done(servable.status());
  call->servable_ = *std::move(servable);
  ModelStats& stats = *call->servable_->stats;
  stats.pending.fetch_add(1, std::memory_order_relaxed);
  if (request.parameters_size() > 0) {
    const absl::Status status = check_parameters(request, &call->deadline);
    if (!status.ok()) return finish(call, status, {}, 0);
  }
  const bool brief = stats.recent_infer_ns() < kBriefNs && !call->servable_->method->stateful;
  if (!state_.executor.run(brief, [this, call] { run(call); })) {
    finish(call,
           absl::UnavailableError(
               str_cat("Exceeds maximum queue size: ", state_.executor.max_waiting(),
                       " requests wait already; try again later")),
           {}, 0);
  }
}

void InferHandler::run(InferCall* call) {
  RequestTimes times;
  int64_t batch = 1;
  const absl::Status status = execute(call, &times, &batch);
  finish(call, status, times, batch);
}

absl::Status InferHandler::execute(InferCall* call, RequestTimes* times, int64_t* batch) {
  const Servable& servable = *call->servable_;
  const auto started = std::chrono::steady_clock::now();
  times->queue = ns_between(call->arrived_, started);
  try {
    if (passed(call->deadline)) {
      return absl::DeadlineExceededError(
          str_cat("Request timeout expired: the deadline passed before model '", servable.name,
                  "' could start"));
    }
    if (call->cancel.cancelled()) return absl::CancelledError("the request was cancelled");
    Arguments arguments = read_inputs(servable.signature, *call->request, call->owner);
    *batch = arguments.batch;
    const auto read = std::chrono::steady_clock::now();
    times->input = ns_between(started, read);
    CallOptions options;
    options.deadline = call->deadline;
    options.cancelled = call->cancel.flag();
    options.pool = &state_.executor.pool();
    IValue result = servable.model->call(*servable.method, std::move(arguments.values), options);
    const auto ran = std::chrono::steady_clock::now();
    times->infer = ns_between(read, ran);
    inference::ModelInferResponse& response = *call->response;
    response.set_model_name(call->request->model_name());
    response.set_model_version(servable.version_text);
    response.set_id(call->request->id());
    write_outputs(servable.signature, std::move(result), *call->request, &response, &call->outputs);
    times->output = ns_between(ran, std::chrono::steady_clock::now());
    servable.recent->add(*call->request);
    return absl::OkStatus();
  } catch (...) {
    return current_exception_status(
        str_cat("model '", servable.name, "' version ", servable.version_text));
  }
}

void InferHandler::finish(InferCall* call, const absl::Status& status, const RequestTimes& measured,
                          int64_t batch) {
  // The call may be gone after done(), and its messages with it; the statistics must know of the
  // request before its caller does.
  const std::shared_ptr<const Servable> servable = std::move(call->servable_);
  ModelStats& stats = *servable->stats;
  RequestTimes times = measured;
  times.total = ns_between(call->arrived_, std::chrono::steady_clock::now());
  if (status.ok()) {
    stats.succeeded(times, static_cast<uint64_t>(batch));
  } else {
    call->response->Clear();
    call->outputs.clear();
    stats.failed(outcome_of(status.code()), times.total);
    if (status.code() == absl::StatusCode::kInternal) {
      state_.log.error("request.failed", {{"model", servable->name},
                                          {"version", servable->version_text},
                                          {"id", call->request->id()},
                                          {"reason", std::string(status.message())}});
    }
  }
  stats.pending.fetch_sub(1, std::memory_order_relaxed);
  call->done(status);
}

}  // namespace temper
