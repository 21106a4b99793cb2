#include "core/sync/cpu_budget.h"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>

namespace temper {
namespace {

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<double> parse_number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return static_cast<double>(value);
}

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

// The group's folder below its mount, or none for groups that do not limit CPUs.
std::optional<std::string> cpu_group(std::string_view line, std::string* mount) {
  const size_t first = line.find(':');
  const size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string_view controllers = line.substr(first + 1, second - first - 1);
  if (controllers.empty()) {
    *mount = "";
  } else if (controllers == "cpu" || controllers.starts_with("cpu,") ||
             controllers.find(",cpu,") != std::string_view::npos || controllers.ends_with(",cpu")) {
    *mount = "/cpu";
  } else {
    return std::nullopt;
  }
  return std::string(line.substr(second + 1));
}

int affinity_count() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

}  // namespace

std::optional<double> cgroup_cpus(const std::string& root, std::string_view groups) {
  std::optional<double> least;
  while (!groups.empty()) {
    const size_t end = std::min(groups.find('\n'), groups.size());
    std::string mount;
    std::optional<std::string> group = cpu_group(groups.substr(0, end), &mount);
    groups.remove_prefix(std::min(end + 1, groups.size()));
    if (!group) continue;
    while (true) {
      const std::optional<double> quota = quota_of(root + mount + *group);
      if (quota && (!least || *quota < *least)) least = quota;
      const size_t slash = group->rfind('/');
      if (slash == std::string::npos) break;
      group->resize(slash);
    }
  }
  return least;
}

int cpu_budget() {
  const int cpus = affinity_count();
  const auto quota = cgroup_cpus("/sys/fs/cgroup", read_text("/proc/self/cgroup"));
  if (!quota) return cpus;
  return std::clamp(static_cast<int>(std::ceil(*quota - 1e-6)), 1, cpus);
}

}  // namespace temper
