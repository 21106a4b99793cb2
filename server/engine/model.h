#pragma once
// A program that can be called: an imported archive with its optimized code, its limits and what it
// has packed. Thread-safe: methods that change the model's own state run one at a time.

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/op/packed_cache.h"
#include "core/op/run_context.h"
#include "core/sync/thread_pool.h"
#include "ir/archive/file_bytes.h"
#include "ir/module/module.h"
#include "server/engine/memory_plans.h"
#include "server/engine/runtime.h"

namespace temper {

class AttributeFacts;

struct ModelOptions {
  bool optimize = true;              // run the load pipeline; false interprets as written
  bool verify_data = true;           // check the checksums of tensor data
  int64_t memory_bytes = INT64_MAX;  // of weights and requests together
  int64_t max_steps = INT64_MAX;     // interpreter instructions of one request
  int max_depth = 1000;              // nested script calls
  bool flush_denormals = false;      // compute with zeros in place of denormal numbers
};

// What one call may use. Everything outlives the call.
struct CallOptions {
  RunContext::Clock::time_point deadline = RunContext::Clock::time_point::max();
  const std::atomic<bool>* cancelled = nullptr;
  ThreadPool* pool = nullptr;  // for loops and forks; null: the calling thread alone
  std::function<void(std::string_view)> print;  // null drops what programs print
};

class Model : public std::enable_shared_from_this<Model> {
 public:
  // A method of the root object, ready to run. Lives as long as the model.
  struct Method {
    ir::ScriptFunction* function = nullptr;
    bool stateful = false;  // may write what other calls see
    bool spawns = false;    // its forks may run on other threads
  };

  // Throws Error. The method `forward` is compiled here; others on first use.
  static std::shared_ptr<Model> load(const Runtime& runtime, Ref<ir::FileBytes> archive,
                                     ModelOptions options = {});
  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  ir::Module& module() const { return *module_; }
  // Throws kNotFound, naming the methods that there are.
  const Method& method(std::string_view name);
  std::vector<std::string> method_names() const;
  // `args` are positional, without self; defaults fill missing ones. Throws Error.
  IValue call(const Method& method, std::vector<IValue> args, const CallOptions& options = {});

  int64_t weight_bytes() const { return weight_bytes_; }
  MemoryAccount& account() const { return *account_; }

 private:
  Model(const Runtime& runtime, Ref<ir::FileBytes> archive, ModelOptions options);
  void set_optimizers();
  void optimize(ir::Graph& graph) const;
  Method prepare(ir::ScriptFunction& function);

  const Runtime& runtime_;
  const ModelOptions options_;
  const Ref<ir::FileBytes> archive_;
  Ref<MemoryAccount> account_;
  Ref<PackedCache> packed_;
  MemoryPlans memory_plans_;
  std::unique_ptr<ir::Module> module_;
  std::unique_ptr<const AttributeFacts> attributes_;     // null: nothing is known
  mutable std::atomic<int64_t> inline_budget_{400'000};  // nodes, of all functions together
  int64_t weight_bytes_ = 0;
  int64_t borrowed_bytes_ = 0;
  std::mutex methods_mutex_;
  std::unordered_map<std::string, std::unique_ptr<const Method>> methods_;
  std::mutex state_mutex_;  // held while a stateful method runs
};

}  // namespace temper
