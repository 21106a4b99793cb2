#pragma once
// How kernels use several threads without knowing the pool.

#include <cstdint>

#include "absl/functional/function_ref.h"

namespace temper {

class ParallelRunner {
 public:
  virtual ~ParallelRunner() = default;
  // Calls body on disjoint ranges that cover [begin, end), each at least `grain` long but the last;
  // returns when all are done. Runs inline when one range is enough. An exception of body is
  // rethrown here.
  virtual void parallel_for(int64_t begin, int64_t end, int64_t grain,
                            absl::FunctionRef<void(int64_t, int64_t)> body) = 0;
  virtual int threads() const = 0;
  // Threads for a caller that has work spread by somebody else: all of them, or its part of them
  // while there are other callers. Never 0.
  virtual int share() const { return threads(); }
};

// Everything inline on the caller's thread.
ParallelRunner* serial_runner();

}  // namespace temper
