#pragma once
// Reads a zip container in memory (a file mapping). Hostile input: every offset is checked, members
// must not overlap, inflated sizes are capped. Errors name the member.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/types/span.h"
#include "core/base/ref.h"
#include "ir/archive/file_bytes.h"

namespace temper::ir {

struct ZipLimits {
  size_t max_entries = 1 << 20;
  size_t max_name = 4096;
  uint64_t max_inflated = uint64_t{1} << 30;  // of all deflated members together
};

class ZipReader {
 public:
  struct Entry {
    std::string name;
    bool deflated = false;
    uint32_t crc = 0;
    uint64_t stored_size = 0;
    uint64_t size = 0;
    uint64_t data_offset = 0;
  };
  explicit ZipReader(Ref<FileBytes> file, ZipLimits limits = {});

  const Ref<FileBytes>& file() const { return file_; }
  const std::vector<Entry>& entries() const { return entries_; }
  const Entry* find(std::string_view name) const;  // null when absent
  // The bytes of a stored member, without a copy. Throws for deflated members.
  absl::Span<const uint8_t> stored(const Entry& entry) const;
  // The content, inflated if needed.
  std::string read(const Entry& entry, bool verify_crc = true) const;
  // Throws when the content of a stored member does not have the recorded crc.
  void verify(const Entry& entry) const;

 private:
  struct Directory {
    uint64_t offset, size, entries;
  };
  Directory find_directory() const;
  void read_directory(const Directory& directory);
  void locate_data(Entry* entry, uint64_t local_offset, uint64_t directory_offset) const;
  void add_entry(Entry entry);

  Ref<FileBytes> file_;
  ZipLimits limits_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, size_t> by_name_;
};

}  // namespace temper::ir
