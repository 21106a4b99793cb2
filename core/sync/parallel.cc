#include "core/sync/parallel.h"

namespace temper {
namespace {

class SerialRunner final : public ParallelRunner {
 public:
  void parallel_for(int64_t begin, int64_t end, int64_t,
                    absl::FunctionRef<void(int64_t, int64_t)> body) override {
    if (begin < end) body(begin, end);
  }
  int threads() const override { return 1; }
};

}  // namespace

ParallelRunner* serial_runner() {
  static SerialRunner runner;  // stateless
  return &runner;
}

}  // namespace temper
