#pragma once
// Which versions of a model are served. A pure function of what there is.

#include <cstdint>
#include <vector>

namespace temper {

struct VersionPolicy {
  enum class Kind { kLatest, kAll, kSpecific } kind = Kind::kLatest;
  uint32_t count = 1;             // kLatest: how many of the highest
  std::vector<int64_t> versions;  // kSpecific
};

// Ascending. Specific versions that are not available are left out.
std::vector<int64_t> choose_versions(const VersionPolicy& policy, std::vector<int64_t> available);

}  // namespace temper
