#pragma once
// A server process of a benchmark: started with a port file, ended with its owner.

#include <sys/types.h>

#include <string>
#include <vector>

namespace temper::bench {

class Child {
 public:
  // Runs `arguments` with "--port-file <path>" behind them.
  explicit Child(std::vector<std::string> arguments);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  // Waits for {"grpc": N} in the port file; exits the benchmark when the process ends before.
  int grpc_port();

 private:
  std::string port_file_;
  pid_t pid_ = -1;
};

}  // namespace temper::bench
