#include "core/sync/budget.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "core/sync/cgroup.h"

namespace temper {
namespace {

constexpr const char* kGroups = "/proc/self/cgroup";
constexpr const char* kMount = "/sys/fs/cgroup";

std::optional<double> ratio(std::optional<double> quota, std::optional<double> period) {
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return *quota / *period;
}

// Version 2: "max 100000" or "200000 100000". Version 1: two files, a quota of -1 is none.
std::optional<double> quota_of(const std::string& folder) {
  const std::string both = read_text(folder + "/cpu.max");
  const size_t space = both.find(' ');
  if (space != std::string::npos) {
    return ratio(parse_number(both), parse_number(std::string_view(both).substr(space + 1)));
  }
  return ratio(parse_number(read_text(folder + "/cpu.cfs_quota_us")),
               parse_number(read_text(folder + "/cpu.cfs_period_us")));
}

// Version 2: "max" or bytes. Version 1 says none by a number beyond all machines.
std::optional<double> memory_of(const std::string& folder) {
  const auto limit = parse_number(read_text(folder + "/memory.max"));
  return limit ? limit : parse_number(read_text(folder + "/memory.limit_in_bytes"));
}

std::optional<double> least_of(const std::string& root, std::string_view groups,
                               std::string_view controller,
                               std::optional<double> (*limit_of)(const std::string& folder)) {
  std::optional<double> least;
  for_each_cgroup(root, groups, controller, [&](const std::string& folder) {
    const std::optional<double> limit = limit_of(folder);
    if (limit && (!least || *limit < *least)) least = limit;
  });
  return least;
}

int affinity_count() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

}  // namespace

std::optional<double> cgroup_cpus(const std::string& root, std::string_view groups) {
  return least_of(root, groups, "cpu", quota_of);
}

std::optional<double> cgroup_memory(const std::string& root, std::string_view groups) {
  return least_of(root, groups, "memory", memory_of);
}

int cpu_budget(int cpus, std::optional<double> quota) {
  if (!quota) return std::max(1, cpus);
  return std::clamp(static_cast<int>(std::ceil(*quota - 1e-6)), 1, std::max(1, cpus));
}

int cpu_budget() { return cpu_budget(affinity_count(), cgroup_cpus(kMount, read_text(kGroups))); }

int64_t memory_budget() {
  const auto machine =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  const double limit = cgroup_memory(kMount, read_text(kGroups)).value_or(machine);
  return static_cast<int64_t>(std::min(machine, limit));
}

}  // namespace temper
