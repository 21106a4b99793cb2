#include "server/observe/model_stats.h"

#include <algorithm>
#include <chrono>

namespace temper {
namespace {

void bump(std::atomic<uint64_t>& counter, uint64_t by = 1) {
  counter.fetch_add(by, std::memory_order_relaxed);
}

}  // namespace

const char* outcome_name(Outcome outcome) {
  constexpr const char* kNames[kNumOutcomes] = {"ok",          "invalid_argument", "rejected",
                                                "deadline",    "cancelled",        "resource_limit",
                                                "unsupported", "internal"};
  return kNames[static_cast<int>(outcome)];
}

void TimeHistogram::add(uint64_t ns) {
  const double seconds = static_cast<double>(ns) * 1e-9;
  const auto* bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  bump(counts_[static_cast<size_t>(bound - kBounds.begin())]);
  bump(sum_ns_, ns);
}

TimeHistogram::Snapshot TimeHistogram::read() const {
  Snapshot snapshot{};
  for (size_t i = 0; i < counts_.size(); ++i) {
    snapshot.counts[i] = counts_[i].load(std::memory_order_relaxed);
    snapshot.total += snapshot.counts[i];
  }
  snapshot.sum_seconds = static_cast<double>(sum_ns_.load(std::memory_order_relaxed)) * 1e-9;
  return snapshot;
}

void ModelStats::touch() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  last_ms.store(static_cast<uint64_t>(ms), std::memory_order_relaxed);
}

void ModelStats::succeeded(const RequestTimes& times, uint64_t batch) {
  touch();
  bump(success_ns, times.total);
  bump(queue_ns, times.queue);
  bump(input_ns, times.input);
  bump(infer_ns, times.infer);
  bump(output_ns, times.output);
  bump(inferences, batch);
  bump(executions);
  queue_times.add(times.queue);
  compute_times.add(times.infer);
  total_times.add(times.total);
  const uint64_t recent = recent_ns_.load(std::memory_order_relaxed);
  recent_ns_.store(recent == UINT64_MAX ? times.infer : (recent * 7 + times.infer) / 8,
                   std::memory_order_relaxed);
  bump(outcomes[static_cast<int>(Outcome::kOk)]);
}

void ModelStats::failed(Outcome outcome, uint64_t total_ns) {
  touch();
  bump(fail_ns, total_ns);
  bump(outcomes[static_cast<int>(outcome)]);
}

uint64_t ModelStats::failures() const {
  uint64_t sum = 0;
  for (int i = 1; i < kNumOutcomes; ++i) sum += outcomes[i].load(std::memory_order_relaxed);
  return sum;
}

}  // namespace temper
