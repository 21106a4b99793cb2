#pragma once
// What a request runs with: limits, cancellation, workers, random state, packed weights. One per
// request; passed to every kernel. Not synchronised: forked tasks get their own.

#include <atomic>
#include <chrono>
#include <functional>

#include "core/base/ref.h"
#include "core/sync/parallel.h"
#include "core/tensor/storage.h"
#include "core/value/ivalue.h"

namespace temper {

class PackedCache;

// mt19937 with PyTorch's CPU draw order; seeded per request or by the program.
class GeneratorValue : public RefCounted {
 public:
  explicit GeneratorValue(uint64_t seed = 67280421310721ull) { manual_seed(seed); }
  void manual_seed(uint64_t seed);
  uint64_t initial_seed() const { return seed_; }
  uint32_t random();  // next 32 bits
  uint64_t random64();
  std::optional<float> next_float_normal;  // the spare of a Box-Muller pair
  std::optional<double> next_double_normal;

 private:
  void refill();
  uint64_t seed_ = 0;
  uint32_t state_[624];
  int left_ = 1;
  uint32_t next_ = 0;
};
inline IValue::IValue(Ref<GeneratorValue> v) : IValue(Tag::kGenerator, v.leak()) {}

// Runs composite operators and forked functions for kernels and the interpreter.
class ScriptCaller {
 public:
  virtual ~ScriptCaller() = default;
  virtual IValue call(Function& function, std::vector<IValue> args, class RunContext& context) = 0;
};

class RunContext {
 public:
  using Clock = std::chrono::steady_clock;

  ParallelRunner* workers = serial_runner();  // intra-op parallelism
  Clock::time_point deadline = Clock::time_point::max();
  const std::atomic<bool>* cancelled = nullptr;  // set by another thread
  int64_t max_steps = INT64_MAX;                 // interpreter instructions
  int max_depth = 1000;                          // nested script calls
  PackedCache* packed = nullptr;                 // what may be kept; null: nothing
  Ref<GeneratorValue> generator;                 // made on first use
  ScriptCaller* caller = nullptr;
  // Runs a forked task; null runs it at the fork.
  std::function<void(std::function<void()>)> spawn;
  std::function<void(std::string_view)> print;  // print() and warn() of programs; null drops it
  bool grad_enabled = false;                    // only what programs can observe
  int64_t steps = 0;

  // Throws kCancelled, kDeadlineExceeded or kResourceExhausted when the request must stop.
  void check_interrupts() const;
  GeneratorValue& default_generator();
};

}  // namespace temper
