#pragma once
// `temper run`: calls methods of archives in this process, without a daemon.

#include <memory>
#include <ostream>
#include <string>
#include <unordered_map>

#include "ir/module/module.h"
#include "server/engine/runtime.h"

namespace temper::cli {

struct RunRequest {
  std::string model;
  std::string method = "forward";
  std::string inputs;  // archive of a tuple of positional arguments
  std::string output;  // archive of the result
};

// Keeps the archives that it has loaded. One thread.
class Runner {
 public:
  explicit Runner(const Runtime& runtime, int threads = 1);
  ~Runner();
  // Throws Error.
  void run(const RunRequest& request);
  // One request a line: model, method, inputs, output, separated by tabs. Prints "<index>\tok" or
  // "<index>\terror\t<message>" after each; a failure does not stop the batch.
  void run_batch(std::istream& list, std::ostream& results);

 private:
  ir::Module& load(const std::string& path);
  const Runtime& runtime_;
  int threads_;
  std::unordered_map<std::string, std::unique_ptr<ir::Module>> modules_;
};

}  // namespace temper::cli
