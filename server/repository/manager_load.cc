#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "absl/strings/ascii.h"
#include "core/base/error.h"
#include "ir/archive/zip.h"
#include "server/repository/manager.h"

namespace temper {
namespace {

std::shared_ptr<Servable> make_servable(const Runtime& runtime, const ModelOptions& options,
                                        const std::string& name, int64_t version,
                                        Ref<ir::FileBytes> archive,
                                        const inference::ModelConfig* config) {
  auto servable = std::make_shared<Servable>();
  servable->name = name;
  servable->version = version;
  servable->version_text = str_cat(version);
  servable->model = Model::load(runtime, std::move(archive), model_options(config, options));
  servable->method = &servable->model->method("forward");
  servable->signature = make_signature(servable->method->function->schema());
  if (config) apply_config(*config, &servable->signature);
  servable->config = effective_config(config, name, servable->signature);
  return servable;
}

absl::Status check_name(const std::string& name) {
  if (!name.empty() && name.find('/') == std::string::npos && name != "." &&
      name.find("..") == std::string::npos) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      str_cat("failed to load '", name, "': a model's name is the name of its folder"));
}

// <model> of <model>/<version>/<archive>; empty for what has no version's folder.
std::string folder_of(const std::string& archive) {
  const std::filesystem::path version = std::filesystem::path(archive).parent_path();
  const std::string number = version.filename().string();
  const bool is_version = !number.empty() && std::ranges::all_of(number, absl::ascii_isdigit);
  return is_version ? version.parent_path().string() : "";
}

// Loading must not take CPU time from requests. Only this thread's priority changes.
void become_background_thread() {
  thread_local const bool done = [] {
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 5);
    return true;
  }();
  static_cast<void>(done);
}

}  // namespace

std::shared_ptr<ModelManager::Entry> ModelManager::entry(const std::string& name) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Entry>& entry = entries_[name];
  if (!entry) entry = std::make_shared<Entry>();
  return entry;
}

absl::Status ModelManager::load(const std::string& name, const LoadOverride& given) {
  if (options_.mode != ControlMode::kExplicit) {
    return absl::UnavailableError(
        "explicit model load / unload is not allowed if polling is enabled or models are loaded at "
        "the start; run temperd with --model-control-mode explicit");
  }
  if (absl::Status status = check_name(name); !status.ok()) return status;
  if (!given.archives.empty()) {
    SourceModel source;
    source.name = name;
    for (const auto& [version, bytes] : given.archives)
      source.versions.push_back({version, "", {}});
    return load_from(source, given, true);
  }
  try {
    const std::map<std::string, SourceModel> sources = scan_repository(options_.roots);
    const auto found = sources.find(name);
    if (found != sources.end()) return load_from(found->second, given, true);
  } catch (const Error& error) {
    log_.warning("repository.unreadable", {{"reason", error.message()}});
  }
  return absl::InternalError(str_cat("failed to load '", name,
                                     "', failed to poll from model repository: there is no ", name,
                                     "/<version>/model.pt and no ", name, ".pt in it"));
}

absl::Status ModelManager::load_from(const SourceModel& source, const LoadOverride& given,
                                     bool reload) {
  become_background_thread();
  const std::shared_ptr<Entry> entry = this->entry(source.name);
  const std::lock_guard operation(entry->operation);
  {
    const std::lock_guard lock(mutex_);
    entry->problem = source.problem;
  }
  if (!source.problem.empty()) {
    log_.error("model.load_failed", {{"model", source.name}, {"reason", source.problem}});
    return absl::InvalidArgumentError(
        str_cat("load failed for model '", source.name, "': ", source.problem));
  }
  std::vector<int64_t> wanted;
  std::vector<Job> jobs = plan(source, given, reload, *entry, &wanted);
  if (wanted.empty()) {
    return absl::InternalError(
        str_cat("failed to load '", source.name, "', no version is available"));
  }
  const ModelConfigPtr& config = given.config ? given.config : source.config;
  for (Job& job : jobs) run_job(source.name, config, &job);
  finish(source, wanted, jobs, *entry);
  std::string reasons;
  for (const Job& job : jobs) {
    if (job.status.ok()) continue;
    reasons +=
        str_cat(reasons.empty() ? "" : "; ", "version ", job.version, ": ", job.status.message());
  }
  if (reasons.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      str_cat("load failed for model '", source.name, "': ", reasons));
}

std::vector<ModelManager::Job> ModelManager::plan(const SourceModel& source,
                                                  const LoadOverride& given, bool reload,
                                                  Entry& entry, std::vector<int64_t>* wanted) {
  const inference::ModelConfig* config = given.config ? given.config.get() : source.config.get();
  std::vector<int64_t> available;
  for (const SourceVersion& version : source.versions) available.push_back(version.version);
  *wanted = choose_versions(version_policy(config), std::move(available));
  std::vector<Job> jobs;
  const std::lock_guard lock(mutex_);
  for (const int64_t number : *wanted) {
    const SourceVersion& found = *source.find(number);
    Version& version = entry.versions[number];
    const bool same = version.tried == found.stamp && version.tried_config == source.config_stamp;
    if (!reload && same && version.state != ModelState::kUnknown) continue;
    if (!version.stats) {
      version.stats = std::make_shared<ModelStats>(source.name, str_cat(number));
    }
    version.tried = found.stamp;
    version.tried_config = source.config_stamp;
    if (!version.servable) version.state = ModelState::kLoading;
    Job job{number, nullptr, found.path, found.stamp, version.stats, entry.recent, nullptr, {}};
    const auto bytes = given.archives.find(number);
    if (bytes != given.archives.end()) job.archive = ir::FileBytes::copy(bytes->second);
    jobs.push_back(std::move(job));
  }
  return jobs;
}

void ModelManager::run_job(const std::string& name, const ModelConfigPtr& config, Job* job) {
  ++loads_;
  try {
    const auto start = std::chrono::steady_clock::now();
    if (!job->archive) job->archive = leases_->open(job->path);
    auto servable = make_servable(runtime_, options_.model, name, job->version,
                                  std::move(job->archive), config.get());
    servable->stats = job->stats;
    servable->recent = job->recent;
    servable->folder = folder_of(job->path);
    if (warm_up_) warm_up_(*servable);
    servable->load_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    log_.info("model.loaded", {{"model", name},
                               {"version", servable->version_text},
                               {"seconds", str_cat(servable->load_seconds)},
                               {"bytes", str_cat(servable->model->weight_bytes())}});
    job->result = std::move(servable);
    return;
  } catch (const Error& error) {
    job->status = absl::InvalidArgumentError(error.message());
  } catch (const std::exception& error) {
    job->status = absl::InternalError(error.what());
  }
  ++load_failures_;
  log_.error("model.load_failed", {{"model", name},
                                   {"version", str_cat(job->version)},
                                   {"reason", std::string(job->status.message())}});
}

// Publishes what was loaded. Versions that are no longer wanted go only when the load succeeded:
// until then something must answer.
void ModelManager::finish(const SourceModel& source, const std::vector<int64_t>& wanted,
                          std::vector<Job>& jobs, Entry& entry) {
  std::vector<std::shared_ptr<const Servable>> replaced;  // destroyed without the lock
  const std::lock_guard lock(mutex_);
  bool all_good = true;
  for (Job& job : jobs) {
    Version& version = entry.versions[job.version];
    if (job.result) {
      replaced.push_back(std::move(version.servable));
      version.servable = std::move(job.result);
      version.state = ModelState::kReady;
      version.reason.clear();
      continue;
    }
    all_good = false;
    version.reason = std::string(job.status.message());
    if (version.servable) {
      version.reason =
          str_cat("still serving the previous load; the last one failed: ", version.reason);
    } else {
      version.state = ModelState::kUnavailable;
    }
  }
  for (auto& [number, version] : entry.versions) {
    const bool keep = std::find(wanted.begin(), wanted.end(), number) != wanted.end();
    if (keep || !all_good || !version.servable) continue;
    replaced.push_back(std::move(version.servable));
    version.servable = nullptr;
    version.state = ModelState::kUnavailable;
    version.reason = "unloaded";
    version.tried = {};
    log_.info("model.unloaded", {{"model", source.name}, {"version", str_cat(number)}});
  }
  publish();
}

absl::Status ModelManager::unload(const std::string& name) {
  if (options_.mode != ControlMode::kExplicit) {
    return absl::UnavailableError(
        "explicit model load / unload is not allowed if polling is enabled or models are loaded at "
        "the start; run temperd with --model-control-mode explicit");
  }
  if (absl::Status status = check_name(name); !status.ok()) return status;
  std::shared_ptr<Entry> entry;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    if (found == entries_.end()) return absl::OkStatus();
    entry = found->second;
  }
  const std::lock_guard operation(entry->operation);
  remove(name, *entry);
  return absl::OkStatus();
}

void ModelManager::remove(const std::string& name, Entry& entry) {
  std::vector<std::shared_ptr<const Servable>> replaced;
  const std::lock_guard lock(mutex_);
  for (auto& [number, version] : entry.versions) {
    version.tried = {};
    if (!version.servable) continue;
    replaced.push_back(std::move(version.servable));
    version.servable = nullptr;
    version.state = ModelState::kUnavailable;
    version.reason = "unloaded";
    log_.info("model.unloaded", {{"model", name}, {"version", str_cat(number)}});
  }
  if (!replaced.empty()) publish();
}

bool ModelManager::changed(const SourceModel& source) const {
  std::vector<int64_t> available;
  for (const SourceVersion& version : source.versions) available.push_back(version.version);
  const auto wanted = choose_versions(version_policy(source.config.get()), std::move(available));
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(source.name);
  if (found == entries_.end()) return true;
  if (!source.problem.empty()) return found->second->problem != source.problem;
  const auto& versions = found->second->versions;
  for (const int64_t number : wanted) {
    const auto state = versions.find(number);
    if (state == versions.end() || !(state->second.tried == source.find(number)->stamp) ||
        !(state->second.tried_config == source.config_stamp)) {
      return true;
    }
  }
  return std::any_of(versions.begin(), versions.end(), [&](const auto& each) {
    return each.second.servable &&
           std::find(wanted.begin(), wanted.end(), each.first) == wanted.end();
  });
}

}  // namespace temper
