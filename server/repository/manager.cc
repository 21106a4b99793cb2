#include "server/repository/manager.h"

#include <algorithm>
#include <charconv>

#include "core/base/error.h"

namespace temper {
namespace {

absl::Status unknown(std::string_view what) {
  return absl::NotFoundError(str_cat("Request for unknown model: ", what));
}

// -1 for an empty text; none when it is no version.
std::optional<int64_t> parse_version(std::string_view text) {
  if (text.empty()) return -1;
  int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size() || version < 0) return std::nullopt;
  return version;
}

}  // namespace

const char* model_state_name(ModelState state) {
  constexpr const char* kNames[] = {"UNKNOWN", "LOADING", "READY", "UNLOADING", "UNAVAILABLE"};
  return kNames[static_cast<int>(state)];
}

ModelManager::ModelManager(const Runtime& runtime, Logger& log, RepositoryOptions options,
                           WarmUp warm_up)
    : runtime_(runtime),
      log_(log),
      options_(std::move(options)),
      warm_up_(std::move(warm_up)),
      table_(std::make_shared<const Table>()),
      loaders_(options_.loader_threads) {}

ModelManager::~ModelManager() { stop(); }

void ModelManager::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (follower_.joinable()) follower_.join();
}

absl::StatusOr<ModelManager::ServablePtr> ModelManager::find(std::string_view name,
                                                             std::string_view version) const {
  const std::optional<int64_t> wanted = parse_version(version);
  if (!wanted) {
    return absl::InvalidArgumentError(str_cat("model version '", version,
                                              "' is no non-negative integer; leave it empty for "
                                              "the latest version"));
  }
  const std::shared_ptr<const Table> table = table_.load();
  const auto found = table->find(name);
  if (found != table->end() && !found->second.empty()) {
    if (*wanted < 0) return found->second.back();
    for (const ServablePtr& servable : found->second) {
      if (servable->version == *wanted) return servable;
    }
  }
  return explain_missing(name, version);
}

// For messages: a misspelled name is found by a look at the right ones.
std::string ModelManager::ready_names() const {
  constexpr size_t kShown = 20;
  const std::shared_ptr<const Table> table = table_.load();
  std::vector<std::string_view> names;
  for (const auto& [name, servables] : *table) {
    if (!servables.empty()) names.push_back(name);
  }
  if (names.empty()) return "; no model is ready";
  std::sort(names.begin(), names.end());
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i == kShown) return text + ", ...";
    text += str_cat(i == 0 ? "; ready are: " : ", ", names[i]);
  }
  return text;
}

absl::Status ModelManager::explain_missing(std::string_view name, std::string_view version) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end()) return unknown(str_cat("'", name, "' is not found", ready_names()));
  const auto& versions = found->second->versions;
  if (version.empty()) {
    for (const auto& [number, state] : versions) {
      if (state.state != ModelState::kLoading) continue;
      return absl::UnavailableError(str_cat("Request for unknown model: '", name, "' version ",
                                            number, " is not at ready state: it is loading"));
    }
    std::string reasons = found->second->problem.empty() ? "" : ": " + found->second->problem;
    for (const auto& [number, state] : versions) {
      if (!state.reason.empty()) reasons += str_cat(": version ", number, ": ", state.reason);
    }
    return unknown(str_cat("'", name, "' has no available versions", reasons));
  }
  const auto state = versions.find(*parse_version(version));
  if (state == versions.end()) {
    std::string known;
    for (const auto& each : versions) known += str_cat(known.empty() ? "" : ", ", each.first);
    return unknown(str_cat("'", name, "' version ", version, " is not found; known are: ", known));
  }
  return absl::UnavailableError(str_cat(
      "Request for unknown model: '", name, "' version ", version, " is not at ready state: ",
      model_state_name(state->second.state), " ", state->second.reason));
}

std::vector<ModelManager::ServablePtr> ModelManager::versions(std::string_view name) const {
  const std::shared_ptr<const Table> table = table_.load();
  const auto found = table->find(name);
  return found == table->end() ? std::vector<ServablePtr>() : found->second;
}

std::vector<ModelManager::ServablePtr> ModelManager::all() const {
  const std::shared_ptr<const Table> table = table_.load();
  std::vector<ServablePtr> servables;
  for (const auto& [name, versions] : *table) {
    servables.insert(servables.end(), versions.begin(), versions.end());
  }
  std::sort(servables.begin(), servables.end(), [](const auto& a, const auto& b) {
    return std::tie(a->name, a->version) < std::tie(b->name, b->version);
  });
  return servables;
}

void ModelManager::publish() {
  auto table = std::make_shared<Table>();
  for (const auto& [name, entry] : entries_) {
    std::vector<ServablePtr> ready;
    for (const auto& [number, version] : entry->versions) {
      if (version.servable) ready.push_back(version.servable);
    }
    if (!ready.empty()) table->emplace(name, std::move(ready));
  }
  table_.store(std::move(table));
}

absl::StatusOr<std::vector<IndexEntry>> ModelManager::index(bool ready_only) const {
  std::map<std::string, SourceModel> sources;
  try {
    if (!ready_only) sources = scan_repository(options_.roots);
  } catch (const Error& error) {
    return absl::UnavailableError(error.message());
  }
  std::vector<IndexEntry> found;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, entry] : entries_) {
    if (!entry->versions.empty()) sources.erase(name);
    for (const auto& [number, version] : entry->versions) {
      if (ready_only && version.state != ModelState::kReady) continue;
      found.push_back({name, str_cat(number), version.state, version.reason});
    }
  }
  for (const auto& [name, source] : sources) {
    const ModelState state =
        source.problem.empty() ? ModelState::kUnknown : ModelState::kUnavailable;
    found.push_back({name, "", state, source.problem});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const IndexEntry& a, const IndexEntry& b) { return a.name < b.name; });
  return found;
}

void ModelManager::sample(ServerSample* sample) const {
  for (const ServablePtr& servable : all()) {
    sample->models.push_back({servable->stats, servable->model->weight_bytes(),
                              servable->model->account().used(), servable->model->account().peak(),
                              servable->load_seconds});
  }
  const auto packed = [&](const char* kind, PackedStore::Kind which) {
    const PackedStore::Usage usage = runtime_.packed()->usage(which);
    sample->packed.push_back({kind, usage.bytes, usage.entries, usage.evictions});
  };
  packed("weights", PackedStore::Kind::kWeights);
  packed("primitives", PackedStore::Kind::kPrimitives);
  sample->loads = loads_.load();
  sample->load_failures = load_failures_.load();
  sample->ready = ready();
}

void ModelManager::start(std::function<void()> on_ready) {
  follower_ = std::thread([this, on_ready = std::move(on_ready)] {
    first_load();
    if (stopping()) return;
    ready_.store(true, std::memory_order_release);
    on_ready();
    if (options_.mode == ControlMode::kPoll) follow();
  });
}

void ModelManager::first_load() {
  std::vector<SourceModel> wanted;
  try {
    for (auto& [name, source] : scan_repository(options_.roots)) {
      const auto& names = options_.load_models;
      const bool named = std::find(names.begin(), names.end(), name) != names.end() ||
                         std::find(names.begin(), names.end(), "*") != names.end();
      if (options_.mode != ControlMode::kExplicit || named) wanted.push_back(std::move(source));
    }
  } catch (const Error& error) {
    log_.error("repository.unreadable", {{"reason", error.message()}});
  }
  load_all(wanted);
}

void ModelManager::load_all(const std::vector<SourceModel>& sources) {
  std::mutex mutex;
  std::condition_variable changed;
  size_t left = sources.size();
  for (const SourceModel& source : sources) {
    loaders_.submit([&] {
      // A failure is logged, and kept as the state's reason.
      if (!stopping()) load_from(source, {}, false).IgnoreError();
      const std::lock_guard lock(mutex);
      if (--left == 0) changed.notify_one();
    });
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return left == 0; });
}

bool ModelManager::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void ModelManager::follow() {
  std::unique_lock lock(mutex_);
  const auto period = std::chrono::duration<double>(options_.poll_seconds);
  while (!stop_.wait_for(lock, period, [this] { return stopping_; })) {
    lock.unlock();
    try {
      poll_once();
    } catch (const Error& error) {
      log_.warning("repository.unreadable", {{"reason", error.message()}});
    }
    lock.lock();
  }
}

void ModelManager::poll_once() {
  const std::map<std::string, SourceModel> sources = scan_repository(options_.roots);
  std::vector<SourceModel> wanted;
  for (const auto& [name, source] : sources) {
    if (changed(source)) wanted.push_back(source);
  }
  load_all(wanted);
  std::vector<std::pair<std::string, std::shared_ptr<Entry>>> gone;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, entry] : entries_) {
      if (!sources.contains(name)) gone.emplace_back(name, entry);
    }
  }
  for (const auto& [name, entry] : gone) {
    const std::lock_guard operation(entry->operation);
    remove(name, *entry);
  }
}

}  // namespace temper
