#pragma once
// Writes an archive's container: stored members whose data begins at multiples of 64 bytes, so that
// readers can map tensors in place. Deterministic: equal members give equal files.

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "absl/types/span.h"

namespace temper::ir {

class ZipWriter {
 public:
  // Members are named `prefix`/name. The file appears at `path` only by finish(); throws when it
  // cannot be written.
  ZipWriter(std::string path, std::string prefix);
  ~ZipWriter();
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  void add(std::string_view name, absl::Span<const uint8_t> bytes);
  void add(std::string_view name, std::string_view bytes);
  void finish();

 private:
  struct Member {
    std::string name;
    uint32_t crc;
    uint64_t size;
    uint64_t offset;
  };
  void write(const void* data, size_t size);
  void write_central(const Member& member);

  std::string path_;
  std::string temporary_;
  std::string prefix_;
  std::FILE* file_ = nullptr;
  uint64_t cursor_ = 0;
  std::vector<Member> members_;
  std::unordered_set<std::string> names_;
};

}  // namespace temper::ir
