#pragma once
// Everything that /metrics shows, in Prometheus' text format. Reads atomics only: a scrape never
// holds up a request.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/observe/model_stats.h"

namespace temper {

struct ModelSample {
  std::shared_ptr<const ModelStats> stats;
  int64_t weight_bytes = 0;
  int64_t used_bytes = 0;  // weights, packed weights and running requests
  int64_t peak_bytes = 0;  // the most that used_bytes ever was
  double load_seconds = 0;
};

// Of one kind of what is kept for all models together.
struct PackedSample {
  const char* kind = "";
  int64_t bytes = 0;
  int64_t entries = 0;
  uint64_t evictions = 0;
};

struct ServerSample {
  std::vector<ModelSample> models;  // loaded versions
  std::vector<PackedSample> packed;
  int pool_threads = 0;
  int pool_running = 0;
  int pool_waiting = 0;
  uint64_t loads = 0;
  uint64_t load_failures = 0;
  bool ready = false;
};

std::string metrics_text(const ServerSample& sample);

}  // namespace temper
