#pragma once
// The running server: builds every part, waits for a signal, ends in order.

#include "server/daemon/config.h"

namespace temper {

// Returns the exit status. catch_stop_signals() must have been called.
int run_daemon(const DaemonConfig& config, Logger& log);

}  // namespace temper
