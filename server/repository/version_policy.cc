#include "server/repository/version_policy.h"

#include <algorithm>

namespace temper {

std::vector<int64_t> choose_versions(const VersionPolicy& policy, std::vector<int64_t> available) {
  std::sort(available.begin(), available.end());
  available.erase(std::unique(available.begin(), available.end()), available.end());
  switch (policy.kind) {
    case VersionPolicy::Kind::kAll: break;
    case VersionPolicy::Kind::kLatest:
      if (available.size() > policy.count) {
        available.erase(available.begin(), available.end() - policy.count);
      }
      break;
    case VersionPolicy::Kind::kSpecific:
      std::erase_if(available, [&](int64_t version) {
        return std::find(policy.versions.begin(), policy.versions.end(), version) ==
               policy.versions.end();
      });
      break;
  }
  return available;
}

}  // namespace temper
