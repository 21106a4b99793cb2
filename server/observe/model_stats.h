#pragma once
// What happened to the requests of one model version: atomics that the request path bumps, and that
// statistics and metrics read. Times are nanoseconds. Thread-safe; a reader may see a request in
// one counter before it sees it in another.

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace temper {

// Why a request was not answered, with a label each.
enum class Outcome : uint8_t {
  kOk,
  kInvalid,   // the request or the program's input was wrong
  kRejected,  // no room in the queue, or the server is going away
  kDeadline,
  kCancelled,
  kLimit,        // over a limit of memory, steps or depth
  kUnsupported,  // something that temper lacks
  kError,        // our bug
};
inline constexpr int kNumOutcomes = 8;
const char* outcome_name(Outcome outcome);

// Counts by upper bound, in seconds; the last bucket is unbounded.
class TimeHistogram {
 public:
  static constexpr std::array<double, 16> kBounds = {25e-6,  50e-6, 100e-6, 250e-6, 500e-6, 1e-3,
                                                     2.5e-3, 5e-3,  10e-3,  25e-3,  50e-3,  100e-3,
                                                     250e-3, 1.0,   2.5,    10.0};
  void add(uint64_t ns);
  struct Snapshot {
    std::array<uint64_t, kBounds.size() + 1> counts;
    uint64_t total;
    double sum_seconds;
  };
  Snapshot read() const;

 private:
  std::array<std::atomic<uint64_t>, kBounds.size() + 1> counts_{};
  std::atomic<uint64_t> sum_ns_{0};
};

struct RequestTimes {
  uint64_t queue = 0;
  uint64_t input = 0;  // request -> values
  uint64_t infer = 0;
  uint64_t output = 0;  // values -> response
  uint64_t total = 0;
};

class ModelStats {
 public:
  ModelStats(std::string model, std::string version)
      : model_(std::move(model)), version_(std::move(version)) {}
  const std::string& model() const { return model_; }
  const std::string& version() const { return version_; }

  void succeeded(const RequestTimes& times, uint64_t batch);
  void failed(Outcome outcome, uint64_t total_ns);

  std::atomic<uint64_t> outcomes[kNumOutcomes]{};
  std::atomic<uint64_t> success_ns{0};
  std::atomic<uint64_t> fail_ns{0};
  std::atomic<uint64_t> queue_ns{0};
  std::atomic<uint64_t> input_ns{0};
  std::atomic<uint64_t> infer_ns{0};
  std::atomic<uint64_t> output_ns{0};
  std::atomic<uint64_t> inferences{0};
  std::atomic<uint64_t> executions{0};
  std::atomic<uint64_t> last_ms{0};  // since the Unix epoch
  std::atomic<int64_t> pending{0};   // accepted, not answered yet
  TimeHistogram queue_times;
  TimeHistogram compute_times;
  TimeHistogram total_times;

  uint64_t successes() const { return outcomes[0].load(std::memory_order_relaxed); }
  uint64_t failures() const;
  // A short running mean of compute times: decides where the next request runs.
  uint64_t recent_infer_ns() const { return recent_ns_.load(std::memory_order_relaxed); }

 private:
  void touch();
  const std::string model_;
  const std::string version_;
  std::atomic<uint64_t> recent_ns_{UINT64_MAX};  // nothing ran yet
};

}  // namespace temper
