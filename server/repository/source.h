#pragma once
// What lies in the repository's folders: <root>/<model>/<version>/model.pt, with an optional
// <root>/<model>/config.pbtxt, and <root>/<model>.pt as version 1 of a model.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "server/repository/model_config.h"

namespace temper {

// Tells whether a file was replaced or rewritten since.
struct FileStamp {
  int64_t modified_ns = 0;
  int64_t size = 0;
  uint64_t inode = 0;
  bool operator==(const FileStamp&) const = default;
};

struct SourceVersion {
  int64_t version = 0;
  std::string path;
  FileStamp stamp;
};

struct SourceModel {
  std::string name;
  std::vector<SourceVersion> versions;  // ascending
  ModelConfigPtr config;                // null without one
  FileStamp config_stamp;
  std::string problem;  // why no version can be loaded; empty when all is well
  const SourceVersion* find(int64_t version) const;
};

// Folders that are no version, hidden entries and other files are skipped. Throws Error when a root
// cannot be read; a model that cannot be understood, or is in two roots, says so in `problem`.
std::map<std::string, SourceModel> scan_repository(const std::vector<std::string>& roots);

}  // namespace temper
