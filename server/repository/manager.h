#pragma once
// Which models are served. Loads in the background, publishes a loaded version in one step, and
// lets requests finish on what they hold. All methods are thread-safe; those that say so block.

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/sync/shared_cell.h"
#include "core/sync/thread_pool.h"
#include "server/observe/log.h"
#include "server/observe/metrics.h"
#include "server/repository/servable.h"
#include "server/repository/source.h"

namespace temper {

enum class ControlMode {
  kNone,      // load everything at the start
  kExplicit,  // load what is named at the start, then by request
  kPoll,      // follow the repository
};

struct RepositoryOptions {
  std::vector<std::string> roots;
  ControlMode mode = ControlMode::kNone;
  std::vector<std::string> load_models;  // kExplicit; "*" is all
  double poll_seconds = 2;
  int loader_threads = 2;
  ModelOptions model;
};

enum class ModelState { kUnknown, kLoading, kReady, kUnloading, kUnavailable };
const char* model_state_name(ModelState state);

struct IndexEntry {
  std::string name;
  std::string version;  // empty: never loaded
  ModelState state = ModelState::kUnknown;
  std::string reason;
};

// What a load request may bring instead of the repository's files.
struct LoadOverride {
  ModelConfigPtr config;
  std::map<int64_t, std::string> archives;  // version -> bytes; needs a config
};

class ModelManager {
 public:
  using ServablePtr = std::shared_ptr<const Servable>;

  // Calls a loaded version before it is published, on the thread that loads. Throws Error when it
  // must not be.
  using WarmUp = std::function<void(const Servable&)>;

  ModelManager(const Runtime& runtime, Logger& log, RepositoryOptions options,
               WarmUp warm_up = nullptr);
  ~ModelManager();

  // Begins the first loads and returns; `on_ready` is called on another thread when they are done.
  void start(std::function<void()> on_ready);
  // Ends following the repository; `on_ready` is not called any more when this returns. A load
  // under way is waited for, further ones are not begun.
  void stop();
  bool ready() const { return ready_.load(std::memory_order_acquire); }

  // The version that answers; an empty version is the highest. Never blocks on a load.
  absl::StatusOr<ServablePtr> find(std::string_view name, std::string_view version) const;
  // Ready versions of a model, ascending; empty when there are none.
  std::vector<ServablePtr> versions(std::string_view name) const;
  std::vector<ServablePtr> all() const;

  // Block until done. Only in explicit mode.
  absl::Status load(const std::string& name, const LoadOverride& given = {});
  absl::Status unload(const std::string& name);
  // Reads the repository.
  absl::StatusOr<std::vector<IndexEntry>> index(bool ready_only) const;
  // Runs blocking work of the methods above off the caller's thread.
  void run_in_background(std::function<void()> work) { loaders_.submit(std::move(work)); }

  // Adds what it knows: loaded models, counts of loads, readiness.
  void sample(ServerSample* sample) const;

 private:
  struct Version {
    ModelState state = ModelState::kUnknown;
    std::string reason;
    std::shared_ptr<const Servable> servable;  // set while it answers
    std::shared_ptr<ModelStats> stats;         // survives reloads: counters only grow
    FileStamp tried;                           // what the last load, good or bad, was made of
    FileStamp tried_config;
  };
  struct Entry {
    std::mutex operation;                 // held through a load or unload of this model
    std::map<int64_t, Version> versions;  // guarded by the manager's mutex
    std::string problem;                  // the same: the source's, when it was last looked at
    const std::shared_ptr<RecentRequests> recent = std::make_shared<RecentRequests>();
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Table = std::unordered_map<std::string, std::vector<ServablePtr>, Hash, std::equal_to<>>;
  // One version that a load works on.
  struct Job {
    int64_t version;
    Ref<ir::FileBytes> archive;  // null: read `path`
    std::string path;
    FileStamp stamp;
    std::shared_ptr<ModelStats> stats;
    std::shared_ptr<RecentRequests> recent;
    std::shared_ptr<const Servable> result;
    absl::Status status;
  };

  std::shared_ptr<Entry> entry(const std::string& name);
  absl::Status explain_missing(std::string_view name, std::string_view version) const;
  std::string ready_names() const;
  absl::Status load_from(const SourceModel& source, const LoadOverride& given, bool reload);
  std::vector<Job> plan(const SourceModel& source, const LoadOverride& given, bool reload,
                        Entry& entry, std::vector<int64_t>* wanted);
  void run_job(const std::string& name, const ModelConfigPtr& config, Job* job);
  void finish(const SourceModel& source, const std::vector<int64_t>& wanted, std::vector<Job>& jobs,
              Entry& entry);
  void remove(const std::string& name, Entry& entry);
  void publish();  // with mutex_ held
  bool changed(const SourceModel& source) const;
  void load_all(const std::vector<SourceModel>& sources);
  void first_load();
  void follow();  // the poll thread
  bool stopping() const;
  void poll_once();

  const Runtime& runtime_;
  Logger& log_;
  const RepositoryOptions options_;
  const WarmUp warm_up_;
  const Ref<ir::FileLeases> leases_ = make_ref<ir::FileLeases>();
  std::atomic<bool> ready_{false};
  std::atomic<uint64_t> loads_{0};
  std::atomic<uint64_t> load_failures_{0};
  SharedCell<const Table> table_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Entry>, std::less<>> entries_;  // guarded by mutex_
  bool stopping_ = false;                                               // guarded by mutex_
  std::condition_variable stop_;
  ThreadPool loaders_;
  std::thread follower_;
};

}  // namespace temper
