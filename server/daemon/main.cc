#include <csignal>
#include <cstdlib>

#include "server/daemon/daemon.h"
#include "server/daemon/stop_signal.h"
#include "server/observe/spdlog_logger.h"
#include "server/options/environment.h"

int main(int argc, char** argv) {
  temper::settle_environment(argv);
  temper::catch_stop_signals();
  std::signal(SIGPIPE, SIG_IGN);
  // What gRPC says of a port that is taken is no help; our own error is. Whoever sets it is heard.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  temper::DaemonConfig config;
  int exit_code = 0;
  if (temper::parse_command_line(argc, argv, &config, &exit_code) == temper::ParseOutcome::kExit) {
    return exit_code;
  }
  const auto log = temper::make_logger(config.log_level);
  return temper::run_daemon(config, *log);
}
