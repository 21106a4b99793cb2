#pragma once
// `temper run`: calls methods of archives in this process, without a daemon.

#include <istream>
#include <memory>
#include <ostream>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/engine/model.h"
#include "server/engine/runtime.h"

namespace temper::cli {

struct RunRequest {
  std::string model;
  std::string method = "forward";
  std::string inputs;                   // archive of a tuple of positional arguments
  std::string output;                   // archive of the result; empty prints it
  std::vector<std::string> named = {};  // "name=value", in place of `inputs`
};

struct RunOptions {
  RunRequest request;
  std::string batch;  // file of requests, "-" is stdin; empty: the one request
  int threads = 0;    // 0: all that this process may use
  ModelOptions model;
};

// The arguments that a file of torch.save or texts of name=value give, without the receiver. Throws
// Error.
std::vector<IValue> read_arguments(const Model::Method& method, const std::string& file,
                                   const std::vector<std::string>& named);

// Keeps the archives that it has loaded. One thread.
class Runner {
 public:
  Runner(const Runtime& runtime, ModelOptions options, ThreadPool& pool);
  ~Runner();
  // Throws Error.
  IValue call(const RunRequest& request);
  void run(const RunRequest& request);
  // One request a line: model, method, inputs, output, separated by tabs. Prints "<index>\tok" or
  // "<index>\terror\t<message>" after each; a failure does not stop the batch.
  void run_batch(std::istream& list, std::ostream& results);

 private:
  Model& load(const std::string& path);
  const Runtime& runtime_;
  const ModelOptions options_;
  ThreadPool& pool_;
  std::unordered_map<std::string, std::shared_ptr<Model>> models_;
};

// Returns the exit code.
int run(const RunOptions& options);

}  // namespace temper::cli
