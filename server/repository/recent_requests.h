#pragma once
// What the requests to a model looked like lately: names, datatypes and shapes of their inputs,
// without the data. A version that takes over is tried with them. Thread-safe.

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "protos/inference.pb.h"

namespace temper {

class RecentRequests {
 public:
  // Of a request that was answered. Requests with strings are left out: strings without content
  // stand for nothing. Costs a few nanoseconds for requests like the last one.
  void add(const inference::ModelInferRequest& request);
  std::vector<inference::ModelInferRequest> all() const;  // most recent last

 private:
  struct Shape {
    uint64_t digest;
    inference::ModelInferRequest request;
  };
  static constexpr size_t kMost = 8;

  std::atomic<uint64_t> last_{0};
  mutable std::mutex mutex_;
  std::vector<Shape> shapes_;
};

}  // namespace temper
