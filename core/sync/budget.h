#pragma once
// What this process may use of the machine.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace temper {

// How many threads may compute at once, by the affinity mask and the cgroup's quota. At least 1.
int cpu_budget();
// Of `cpus` with a quota: 2.5 CPUs give 3 threads, because rounding down would leave half a CPU
// idle.
int cpu_budget(int cpus, std::optional<double> quota);

// Bytes of memory, by the machine and the cgroup's limit.
int64_t memory_budget();

// What cgroups allow, by the files below `root` (/sys/fs/cgroup) and the process's groups (the text
// of /proc/self/cgroup); versions 1 and 2, every ancestor counts. None: no limit.
std::optional<double> cgroup_cpus(const std::string& root, std::string_view groups);
std::optional<double> cgroup_memory(const std::string& root, std::string_view groups);

}  // namespace temper
