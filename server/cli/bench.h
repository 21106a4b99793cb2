#pragma once
// `temper bench`: latency and throughput, in this process or against a daemon.

#include <string>
#include <vector>

#include "server/cli/remote.h"
#include "server/engine/model.h"

namespace temper::cli {

struct BenchOptions {
  RemoteInferOptions infer;  // against a daemon; `infer.model` is the name or the archive
  bool remote = false;
  std::string method = "forward";  // in process
  std::string inputs_file;         // in process: tuple of arguments
  std::vector<int> concurrency = {1, 2, 4};
  double seconds = 3;
  double warm_up_seconds = 0.5;
  int threads = 0;
  ModelOptions model;
};
int bench(const BenchOptions& options);

}  // namespace temper::cli
