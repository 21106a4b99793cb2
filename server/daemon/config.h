#pragma once
// Everything that temperd can be told, by a JSON file and by flags; flags win. Checked once.

#include <string>

#include "absl/status/status.h"
#include "server/repository/manager.h"

namespace temper {

struct DaemonConfig {
  DaemonConfig() { repository.model.flush_denormals = true; }
  RepositoryOptions repository;
  std::string control_mode = "none";
  std::string host = "127.0.0.1";
  int grpc_port = 8001;
  int http_port = 8000;
  bool http = true;
  std::string port_file;
  int cpus = 0;              // 0: all that this process may use
  int64_t packed_bytes = 0;  // of the store of packed weights; 0: by the machine's memory
  int max_queue = 10'000;
  int http_threads = 16;
  double drain_seconds = 30;
  std::string log_level = "info";
};

enum class ParseOutcome { kRun, kExit };

// Fills `config` from the command line. On kExit the process ends with `*exit_code`: help was asked
// for, or something was wrong and has been said.
ParseOutcome parse_command_line(int argc, char** argv, DaemonConfig* config, int* exit_code);

// What flags alone cannot check.
absl::Status validate(const DaemonConfig& config);

}  // namespace temper
