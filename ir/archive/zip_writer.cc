#include "ir/archive/zip_writer.h"

#include <libdeflate.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/base/error.h"
#include "ir/archive/zip_format.h"

namespace temper::ir {
namespace {

constexpr uint64_t kDataAlignment = 64;
constexpr uint16_t kEpochDate = 0x21;  // 1980-01-01: tools reject a month of 0

template <class T>
void put(std::string* out, T value) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(T));
}

uint32_t saturate(uint64_t value) {
  return value >= zip::kMax32 ? zip::kMax32 : static_cast<uint32_t>(value);
}

// version needed, flags, method, time, date, crc, sizes: common to both headers.
void put_common(std::string* out, uint32_t crc, uint64_t size) {
  put<uint16_t>(out, size >= zip::kMax32 ? 45 : 20);
  put<uint16_t>(out, zip::kUtf8Names);
  put<uint16_t>(out, zip::kMethodStored);
  put<uint16_t>(out, 0);
  put<uint16_t>(out, kEpochDate);
  put<uint32_t>(out, crc);
  put<uint32_t>(out, saturate(size));
  put<uint32_t>(out, saturate(size));
}

}  // namespace

ZipWriter::ZipWriter(std::string path, std::string prefix)
    : path_(std::move(path)),
      temporary_(str_cat(path_, ".", ::getpid(), ".tmp")),
      prefix_(std::move(prefix)) {
  file_ = std::fopen(temporary_.c_str(), "wb");
  if (!file_) fail("cannot write ", temporary_, ": ", std::strerror(errno));
}

ZipWriter::~ZipWriter() {
  if (file_) {
    std::fclose(file_);
    std::remove(temporary_.c_str());
  }
}

void ZipWriter::write(const void* data, size_t size) {
  if (size > 0 && std::fwrite(data, 1, size, file_) != size) {
    fail("cannot write ", temporary_, ": ", std::strerror(errno));
  }
  cursor_ += size;
}

void ZipWriter::add(std::string_view name, std::string_view bytes) {
  add(name,
      absl::Span<const uint8_t>(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()));
}

void ZipWriter::add(std::string_view name, absl::Span<const uint8_t> bytes) {
  Member member{str_cat(prefix_, "/", name), libdeflate_crc32(0, bytes.data(), bytes.size()),
                bytes.size(), cursor_};
  if (member.name.size() > zip::kMax16) fail("the member name '", member.name, "' is too long");
  if (!names_.insert(member.name).second) fail("the archive already has a member ", member.name);
  std::string header;
  put(&header, zip::kLocalHeader);
  put_common(&header, member.crc, member.size);
  std::string extra;
  if (member.size >= zip::kMax32) {
    put<uint16_t>(&extra, zip::kZip64Extra);
    put<uint16_t>(&extra, 16);
    put<uint64_t>(&extra, member.size);
    put<uint64_t>(&extra, member.size);
  }
  const uint64_t start = cursor_ + zip::kLocalSize + member.name.size() + extra.size() + 4;
  const uint64_t padding = (kDataAlignment - start % kDataAlignment) % kDataAlignment;
  put<uint16_t>(&extra, zip::kPaddingExtra);
  put<uint16_t>(&extra, static_cast<uint16_t>(padding));
  extra.append(padding, 'Z');
  put<uint16_t>(&header, static_cast<uint16_t>(member.name.size()));
  put<uint16_t>(&header, static_cast<uint16_t>(extra.size()));
  write(header.data(), header.size());
  write(member.name.data(), member.name.size());
  write(extra.data(), extra.size());
  write(bytes.data(), bytes.size());
  members_.push_back(std::move(member));
}

void ZipWriter::write_central(const Member& member) {
  std::string extra;
  if (member.size >= zip::kMax32) {
    put<uint64_t>(&extra, member.size);
    put<uint64_t>(&extra, member.size);
  }
  if (member.offset >= zip::kMax32) put<uint64_t>(&extra, member.offset);
  std::string header;
  put(&header, zip::kCentralHeader);
  put<uint16_t>(&header, 45);
  put_common(&header, member.crc, member.size);
  put<uint16_t>(&header, static_cast<uint16_t>(member.name.size()));
  put<uint16_t>(&header, static_cast<uint16_t>(extra.empty() ? 0 : extra.size() + 4));
  put<uint16_t>(&header, 0);  // comment
  put<uint16_t>(&header, 0);  // disk
  put<uint16_t>(&header, 0);  // internal attributes
  put<uint32_t>(&header, 0);  // external attributes
  put<uint32_t>(&header, saturate(member.offset));
  header += member.name;
  if (!extra.empty()) {
    put<uint16_t>(&header, zip::kZip64Extra);
    put<uint16_t>(&header, static_cast<uint16_t>(extra.size()));
    header += extra;
  }
  write(header.data(), header.size());
}

void ZipWriter::finish() {
  const uint64_t directory = cursor_;
  for (const Member& member : members_) write_central(member);
  const uint64_t size = cursor_ - directory, end64 = cursor_, count = members_.size();
  std::string end;
  put(&end, zip::kEnd64);
  put<uint64_t>(&end, zip::kEnd64Size - 12);
  put<uint16_t>(&end, 45);
  put<uint16_t>(&end, 45);
  put<uint32_t>(&end, 0);
  put<uint32_t>(&end, 0);
  put<uint64_t>(&end, count);
  put<uint64_t>(&end, count);
  put<uint64_t>(&end, size);
  put<uint64_t>(&end, directory);
  put(&end, zip::kEnd64Locator);
  put<uint32_t>(&end, 0);
  put<uint64_t>(&end, end64);
  put<uint32_t>(&end, 1);
  put(&end, zip::kEnd);
  put<uint32_t>(&end, 0);
  const uint16_t short_count = count >= zip::kMax16 ? zip::kMax16 : static_cast<uint16_t>(count);
  put<uint16_t>(&end, short_count);
  put<uint16_t>(&end, short_count);
  put<uint32_t>(&end, saturate(size));
  put<uint32_t>(&end, saturate(directory));
  put<uint16_t>(&end, 0);
  write(end.data(), end.size());
  std::FILE* file = file_;
  file_ = nullptr;
  if (std::fclose(file) != 0 || std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    const int code = errno;
    std::remove(temporary_.c_str());
    fail("cannot write ", path_, ": ", std::strerror(code));
  }
}

}  // namespace temper::ir
