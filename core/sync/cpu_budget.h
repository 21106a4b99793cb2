#pragma once
// How many threads may compute at once: the affinity mask and the cgroup quota of this process.

#include <optional>
#include <string>
#include <string_view>

namespace temper {

// At least 1. A quota of 2.5 CPUs gives 3 threads: rounding down would leave half a CPU idle.
int cpu_budget();

// CPUs that a cgroup allows, by the files below `root` (/sys/fs/cgroup) and the process's groups
// (the text of /proc/self/cgroup); versions 1 and 2, every ancestor counts. None: no quota.
std::optional<double> cgroup_cpus(const std::string& root, std::string_view groups);

}  // namespace temper
