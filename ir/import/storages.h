#pragma once
// Tensor bytes of an archive as storages.

#include <string>
#include <string_view>
#include <unordered_map>

#include "core/tensor/storage.h"
#include "ir/archive/zip.h"

namespace temper::ir {

// Storages of one folder ("model/data/"), one per key. Stored members are borrowed from the file's
// mapping, so that pages are read when a kernel first touches them; compressed or unaligned members
// are copied. `zip` outlives this object, but not the storages.
class StorageTable {
 public:
  StorageTable(const ZipReader& zip, std::string folder, bool verify_crc)
      : zip_(zip), folder_(std::move(folder)), verify_crc_(verify_crc) {}
  // Throws when the member is missing or does not hold exactly `bytes`.
  Ref<Storage> get(std::string_view key, int64_t bytes);

 private:
  Ref<Storage> load(const ZipReader::Entry& entry);

  const ZipReader& zip_;
  const std::string folder_;
  const bool verify_crc_;
  std::unordered_map<std::string, Ref<Storage>> loaded_;
};

// The folder that all members share: text before the first '/' of the first member.
std::string archive_prefix(const ZipReader& zip);

}  // namespace temper::ir
