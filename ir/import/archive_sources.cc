#include "ir/import/archive_sources.h"

#include <algorithm>

#include "core/base/error.h"

namespace temper::ir {
namespace {

std::string file_of(std::string_view qualifier) {
  std::string path(qualifier);
  std::replace(path.begin(), path.end(), '.', '/');
  return path + ".py";
}

// A small compressed member can give a gigabyte of text.
constexpr uint64_t kMaxSourceBytes = uint64_t{64} << 20;

}  // namespace

std::string read_source(const ZipReader& zip, const ZipReader::Entry& entry, bool verify_crc) {
  if (entry.size > kMaxSourceBytes) {
    throw_error(ErrorKind::kResourceExhausted,
                str_cat("member '", entry.name, "' holds ", entry.size,
                        " bytes of source; the limit is ", kMaxSourceBytes));
  }
  return zip.read(entry, verify_crc);
}

const SourceFile* ArchiveSources::find(std::string_view qualifier) {
  if (const auto known = files_.find(qualifier); known != files_.end()) return known->second.get();
  const std::string path = str_cat("code/", file_of(qualifier));
  std::unique_ptr<SourceFile> file;
  if (const ZipReader::Entry* entry = zip_.find(prefix_ + path)) {
    auto text = std::make_shared<SourceText>(read_source(zip_, *entry, verify_crc_), path);
    if (const ZipReader::Entry* origins = zip_.find(entry->name + ".debug_pkl")) {
      text->set_origins(read_origins(zip_.read(*origins, verify_crc_), origins->name));
    }
    file = std::make_unique<SourceFile>(parse_source(std::move(text)));
  }
  return files_.emplace(std::string(qualifier), std::move(file)).first->second.get();
}

std::vector<SourceMember> ArchiveSources::members() const {
  std::vector<SourceMember> members;
  for (const ZipReader::Entry& entry : zip_.entries()) {
    if (!entry.name.starts_with(prefix_) || entry.name.ends_with('/')) continue;
    std::string name = entry.name.substr(prefix_.size());
    if (name.starts_with("extra/")) {
      members.push_back({std::move(name), zip_.read(entry, verify_crc_)});
    } else if (name.starts_with("code/")) {
      members.push_back({std::move(name), read_source(zip_, entry, verify_crc_)});
    }
  }
  return members;
}

}  // namespace temper::ir
