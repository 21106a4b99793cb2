#include "tests/bench/child.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

extern char** environ;

namespace temper::bench {

Child::Child(std::vector<std::string> arguments) {
  static int count = 0;
  const auto folder = std::filesystem::temp_directory_path();
  port_file_ = folder / ("bench_" + std::to_string(getpid()) + "_" + std::to_string(count++));
  arguments.push_back("--port-file");
  arguments.push_back(port_file_);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  if (posix_spawnp(&pid_, pointers[0], nullptr, nullptr, pointers.data(), environ) != 0) {
    std::fprintf(stderr, "cannot start %s\n", pointers[0]);
    std::exit(1);
  }
}

Child::~Child() {
  if (pid_ > 0) {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  std::filesystem::remove(port_file_);
}

int Child::grpc_port() {
  while (true) {
    std::ifstream file(port_file_);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    int port = 0;
    if (std::sscanf(text.c_str(), "{\"grpc\": %d", &port) == 1) return port;
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      std::fprintf(stderr, "a server ended before it listened\n");
      std::exit(1);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace temper::bench
