#include "server/repository/source.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "core/base/error.h"

namespace temper {
namespace {

namespace fs = std::filesystem;

std::optional<FileStamp> stamp_of(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  return FileStamp{info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec, info.st_size,
                   info.st_ino};
}

// Positive, without leading zeros: other folders are not versions.
std::optional<int64_t> version_of(const std::string& name) {
  int64_t version = 0;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, version);
  if (error != std::errc() || stop != end || version <= 0 || name[0] == '0') return std::nullopt;
  return version;
}

// Entries by name, so that a scan does not depend on the order of the file system.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().filename().string()[0] != '.') entries.push_back(it->path());
  }
  if (error) {
    throw_error(ErrorKind::kNotFound,
                str_cat("cannot read the folder ", folder.string(), ": ", error.message()));
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

// The configured file, else the only archive of the folder.
std::string archive_in(const fs::path& folder, const inference::ModelConfig* config) {
  const std::string named = (folder / archive_filename(config)).string();
  if (stamp_of(named)) return named;
  std::vector<std::string> archives;
  for (const fs::path& entry : entries_of(folder)) {
    if (entry.extension() == ".pt") archives.push_back(entry.string());
  }
  return archives.size() == 1 ? archives[0] : named;
}

void read_config(const fs::path& folder, SourceModel* model) {
  const std::string path = (folder / "config.pbtxt").string();
  const std::optional<FileStamp> stamp = stamp_of(path);
  if (!stamp) return;
  model->config_stamp = *stamp;
  std::ifstream file(path);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  try {
    model->config = parse_config_text(text);
  } catch (const Error& error) {
    model->problem = str_cat(path, ": ", error.message());
  }
}

// A usual mistake; drafts lie in folders of their own.
std::string misplaced_archive(const fs::path& folder) {
  for (const fs::path& entry : entries_of(folder)) {
    if (entry.extension() != ".pt" || !stamp_of(entry.string())) continue;
    return str_cat(entry.string(), " lies beside the versions; move it into a folder of its ",
                   "version: ", (folder / "1" / entry.filename()).string());
  }
  return "";
}

SourceModel read_model(const fs::path& folder) {
  SourceModel model;
  model.name = folder.filename().string();
  try {
    read_config(folder, &model);
    for (const fs::path& entry : entries_of(folder)) {
      const std::optional<int64_t> version = version_of(entry.filename().string());
      if (!version || !fs::is_directory(entry)) continue;
      const std::string path = archive_in(entry, model.config.get());
      if (const auto stamp = stamp_of(path)) model.versions.push_back({*version, path, *stamp});
    }
    if (model.versions.empty() && model.problem.empty()) model.problem = misplaced_archive(folder);
  } catch (const Error& error) {
    model.problem = error.message();  // the folder went away meanwhile
  }
  std::sort(model.versions.begin(), model.versions.end(),
            [](const SourceVersion& a, const SourceVersion& b) { return a.version < b.version; });
  return model;
}

std::optional<SourceModel> read_entry(const fs::path& entry) {
  std::error_code error;
  if (fs::is_directory(entry, error)) return read_model(entry);
  const std::optional<FileStamp> stamp = stamp_of(entry.string());
  if (entry.extension() != ".pt" || !stamp) return std::nullopt;
  SourceModel model;
  model.name = entry.stem().string();
  model.versions.push_back({1, entry.string(), *stamp});
  return model;
}

}  // namespace

const SourceVersion* SourceModel::find(int64_t version) const {
  const auto found = std::find_if(versions.begin(), versions.end(),
                                  [&](const SourceVersion& v) { return v.version == version; });
  return found == versions.end() ? nullptr : &*found;
}

std::map<std::string, SourceModel> scan_repository(const std::vector<std::string>& roots) {
  std::map<std::string, SourceModel> models;
  for (const std::string& root : roots) {
    for (const fs::path& entry : entries_of(root)) {
      std::optional<SourceModel> model = read_entry(entry);
      // A folder without any version may be a draft, or no model at all.
      if (!model || (model->versions.empty() && model->problem.empty() && !model->config)) continue;
      const auto [place, added] = models.try_emplace(model->name, *model);
      if (!added) {
        place->second.problem =
            str_cat("model '", model->name, "' is in the repository twice; rename one of them (",
                    entry.string(), ")");
      }
    }
  }
  return models;
}

}  // namespace temper
