#include "server/api/handlers.h"

namespace temper {
namespace {

uint64_t value_of(const std::atomic<uint64_t>& counter) {
  return counter.load(std::memory_order_relaxed);
}

void set(inference::StatisticDuration* duration, uint64_t count, uint64_t ns) {
  duration->set_count(count);
  duration->set_ns(ns);
}

void fill(const Servable& servable, inference::ModelStatistics* out) {
  const ModelStats& stats = *servable.stats;
  out->set_name(servable.name);
  out->set_version(servable.version_text);
  out->set_last_inference(value_of(stats.last_ms));
  out->set_inference_count(value_of(stats.inferences));
  out->set_execution_count(value_of(stats.executions));
  inference::InferStatistics* times = out->mutable_inference_stats();
  const uint64_t good = stats.successes();
  set(times->mutable_success(), good, value_of(stats.success_ns));
  set(times->mutable_fail(), stats.failures(), value_of(stats.fail_ns));
  set(times->mutable_queue(), good, value_of(stats.queue_ns));
  set(times->mutable_compute_input(), good, value_of(stats.input_ns));
  set(times->mutable_compute_infer(), good, value_of(stats.infer_ns));
  set(times->mutable_compute_output(), good, value_of(stats.output_ns));
  inference::MemoryUsage* memory = out->add_memory_usage();
  memory->set_type("CPU");
  memory->set_byte_size(static_cast<uint64_t>(servable.model->account().used()));
}

}  // namespace

Status model_statistics(ServerState& state, const inference::ModelStatisticsRequest& request,
                        inference::ModelStatisticsResponse* response) {
  if (request.name().empty()) {
    for (const auto& servable : state.models.all()) fill(*servable, response->add_model_stats());
    return absl::OkStatus();
  }
  const auto found = state.models.find(request.name(), request.version());
  if (!found.ok()) return found.status();
  if (!request.version().empty()) {
    fill(**found, response->add_model_stats());
    return absl::OkStatus();
  }
  for (const auto& servable : state.models.versions(request.name())) {
    fill(*servable, response->add_model_stats());
  }
  return absl::OkStatus();
}

std::string metrics_page(ServerState& state) {
  ServerSample sample;
  state.models.sample(&sample);
  sample.ready = state.ready();
  sample.pool_threads = state.executor.pool().threads();
  sample.pool_running = state.executor.pool().running();
  sample.pool_waiting = state.executor.pool().waiting();
  return metrics_text(sample);
}

}  // namespace temper
