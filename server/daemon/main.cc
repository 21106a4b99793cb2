#include <csignal>

#include "server/daemon/daemon.h"
#include "server/observe/spdlog_logger.h"

int main(int argc, char** argv) {
  // Before any thread starts: all of them leave these signals to the main one.
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  temper::DaemonConfig config;
  int exit_code = 0;
  if (temper::parse_command_line(argc, argv, &config, &exit_code) == temper::ParseOutcome::kExit) {
    return exit_code;
  }
  const auto log = temper::make_logger(config.log_level);
  return temper::run_daemon(config, *log);
}
