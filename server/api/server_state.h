#pragma once
// What every handler works on. Made by main; outlives the transports.

#include <atomic>
#include <string>

#include "server/engine/executor.h"
#include "server/observe/log.h"
#include "server/options/version.h"
#include "server/repository/manager.h"

namespace temper {

struct ServerState {
  ModelManager& models;
  Executor& executor;
  Logger& log;
  std::atomic<bool> stopping{false};  // no new work: the process is about to end

  bool ready() const { return !stopping.load(std::memory_order_relaxed) && models.ready(); }
};

}  // namespace temper
