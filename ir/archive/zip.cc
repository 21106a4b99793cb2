#include "ir/archive/zip.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>

#include "absl/strings/escaping.h"
#include "core/base/error.h"
#include "core/base/strings.h"
#include "ir/archive/zip_format.h"

namespace temper::ir {
namespace {

using zip::load;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

void check_name(std::string_view name, const ZipLimits& limits) {
  if (name.empty()) fail("zip: a member has no name");
  if (name.size() > limits.max_name) {
    fail("zip: a member name of ", name.size(), " bytes is over the limit of ", limits.max_name);
  }
  if (std::any_of(name.begin(), name.end(), is_control)) {
    // Readers of logs must not take a part of the name for a line of its own.
    fail("zip: the member name '", absl::CHexEscape(as_absl(name)),
         "' contains NUL or other control characters");
  }
  if (name[0] == '/') fail("zip: the member name '", name, "' is an absolute path");
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('/', begin), name.size());
    if (name.substr(begin, end - begin) == "..") {
      fail("zip: the member name '", name, "' leaves the archive through '..'");
    }
    begin = end + 1;
  }
}

void check_crc(const ZipReader::Entry& entry, const uint8_t* data, uint64_t size) {
  const uint32_t actual = libdeflate_crc32(0, data, size);
  if (actual != entry.crc) {
    fail("zip: member '", entry.name, "' is damaged: its crc32 is ", actual,
         " but the directory says ", entry.crc);
  }
}

// Replaces 32-bit fields that are all ones by those of the zip64 extra field, in format order.
void read_zip64_extra(std::string_view name, absl::Span<const uint8_t> extra, uint64_t* size,
                      uint64_t* stored_size, uint64_t* local_offset) {
  while (extra.size() >= 4) {
    const uint16_t id = load<uint16_t>(extra.data());
    const size_t length = load<uint16_t>(extra.data() + 2);
    if (length > extra.size() - 4) break;
    absl::Span<const uint8_t> field = extra.subspan(4, length);
    extra = extra.subspan(4 + length);
    if (id != zip::kZip64Extra) continue;
    for (uint64_t* value : {size, stored_size, local_offset}) {
      if (*value != zip::kMax32) continue;
      if (field.size() < 8) fail("zip: member '", name, "' has a short zip64 field");
      *value = load<uint64_t>(field.data());
      field = field.subspan(8);
    }
    return;
  }
}

// Raw deflate; the output has exactly `size` bytes.
std::string inflate_exactly(const ZipReader::Entry& entry, absl::Span<const uint8_t> input) {
  // Deflate cannot do better than 1032 to 1: refuse a false size before allocating it.
  if (entry.size / 1032 > input.size()) {
    fail("zip: member '", entry.name, "' declares ", entry.size, " bytes, which ", input.size(),
         " compressed bytes cannot give");
  }
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)>
      decompressor(libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (!decompressor) {
    throw_error(ErrorKind::kResourceExhausted, "zip: out of memory while inflating");
  }
  std::string out(entry.size, '\0');
  // Without a place for the size it produced, a stream of any other length is an error.
  if (libdeflate_deflate_decompress(decompressor.get(), input.data(), input.size(), out.data(),
                                    out.size(), nullptr) != LIBDEFLATE_SUCCESS) {
    fail("zip: member '", entry.name, "' does not inflate to its declared ", entry.size, " bytes");
  }
  return out;
}

}  // namespace

ZipReader::ZipReader(Ref<FileBytes> file, ZipLimits limits)
    : file_(std::move(file)), limits_(limits) {
  const absl::Span<const uint8_t> bytes = file_->bytes();
  if (bytes.size() >= 8 && std::memcmp(bytes.data() + 4, "PTMF", 4) == 0) {
    unimplemented("this is a flatbuffer mobile module (PTMF); save it with torch.jit.save");
  }
  if (bytes.size() >= 2 && bytes[0] == 0x80 && bytes[1] == 2) {
    fail(
        "this is a bare pickle (legacy torch.save), not a zip archive; save the module with "
        "torch.jit.save");
  }
  if (bytes.size() < zip::kEndSize || load<uint32_t>(bytes.data()) != zip::kLocalHeader) {
    fail(
        "zip: invalid header: the file does not begin with a zip member, as archives of "
        "torch.jit.save do");
  }
  read_directory(find_directory());
}

ZipReader::Directory ZipReader::find_directory() const {
  const absl::Span<const uint8_t> bytes = file_->bytes();
  const uint64_t size = bytes.size();
  const uint64_t lowest =
      size > zip::kEndSize + zip::kMax16 ? size - zip::kEndSize - zip::kMax16 : 0;
  for (uint64_t at = size - zip::kEndSize + 1; at-- > lowest;) {
    const uint8_t* end = bytes.data() + at;
    if (load<uint32_t>(end) != zip::kEnd) continue;
    if (at + zip::kEndSize + load<uint16_t>(end + 20) != size) continue;
    Directory found{load<uint32_t>(end + 16), load<uint32_t>(end + 12), load<uint16_t>(end + 10)};
    uint64_t limit = at;
    if (at >= zip::kLocatorSize && load<uint32_t>(end - zip::kLocatorSize) == zip::kEnd64Locator) {
      const uint64_t where = load<uint64_t>(end - zip::kLocatorSize + 8);
      const uint64_t room = at - zip::kLocatorSize;
      if (room < zip::kEnd64Size || where > room - zip::kEnd64Size ||
          load<uint32_t>(bytes.data() + where) != zip::kEnd64) {
        fail("zip: the zip64 end record is not where the locator says");
      }
      const uint8_t* end64 = bytes.data() + where;
      found = {load<uint64_t>(end64 + 48), load<uint64_t>(end64 + 40), load<uint64_t>(end64 + 32)};
      limit = where;
    }
    if (found.offset > limit || found.size > limit - found.offset) {
      fail("zip: the central directory lies outside the file");
    }
    return found;
  }
  fail("zip: no end of central directory: the file is cut off or not a zip archive");
}

void ZipReader::read_directory(const Directory& directory) {
  if (directory.entries == 0) fail("zip: the archive has no members");
  if (directory.entries > limits_.max_entries ||
      directory.entries > directory.size / zip::kCentralSize) {
    fail("zip: ", directory.entries, " members are over the limit or do not fit the directory");
  }
  absl::Span<const uint8_t> rest = file_->bytes().subspan(directory.offset, directory.size);
  uint64_t inflated = 0;
  for (uint64_t i = 0; i < directory.entries; ++i) {
    if (rest.size() < zip::kCentralSize || load<uint32_t>(rest.data()) != zip::kCentralHeader) {
      fail("zip: entry ", i, " of the central directory is damaged");
    }
    const uint8_t* header = rest.data();
    const uint16_t flags = load<uint16_t>(header + 8), method = load<uint16_t>(header + 10);
    const size_t name_size = load<uint16_t>(header + 28), extra_size = load<uint16_t>(header + 30);
    const size_t whole = zip::kCentralSize + name_size + extra_size + load<uint16_t>(header + 32);
    if (whole > rest.size()) fail("zip: entry ", i, " of the central directory is cut off");
    Entry entry;
    entry.name.assign(reinterpret_cast<const char*>(header + zip::kCentralSize), name_size);
    check_name(entry.name, limits_);
    if (flags & 0x2041) fail("zip: member '", entry.name, "' is encrypted");
    if (method != zip::kMethodStored && method != zip::kMethodDeflated) {
      unimplemented("zip: member '", entry.name, "' uses compression method ", method,
                    "; only stored and deflate are read");
    }
    entry.deflated = method == zip::kMethodDeflated;
    entry.crc = load<uint32_t>(header + 16);
    entry.stored_size = load<uint32_t>(header + 20);
    entry.size = load<uint32_t>(header + 24);
    uint64_t local_offset = load<uint32_t>(header + 42);
    read_zip64_extra(entry.name, rest.subspan(zip::kCentralSize + name_size, extra_size),
                     &entry.size, &entry.stored_size, &local_offset);
    locate_data(&entry, local_offset, directory.offset);
    if (entry.deflated) {
      if (entry.size > limits_.max_inflated - inflated || entry.stored_size > zip::kMax32 - 1) {
        throw_error(ErrorKind::kResourceExhausted,
                    str_cat("zip: inflating member '", entry.name, "' exceeds the limit of ",
                            limits_.max_inflated, " bytes"));
      }
      inflated += entry.size;
    }
    add_entry(std::move(entry));
    rest = rest.subspan(whole);
  }
  std::vector<const Entry*> order;
  for (const Entry& entry : entries_) order.push_back(&entry);
  std::sort(order.begin(), order.end(),
            [](const Entry* a, const Entry* b) { return a->data_offset < b->data_offset; });
  for (size_t i = 1; i < order.size(); ++i) {
    // The next local header lies before its data, so data ranges apart mean members apart.
    if (order[i - 1]->data_offset + order[i - 1]->stored_size + zip::kLocalSize >
        order[i]->data_offset) {
      fail("zip: members '", order[i - 1]->name, "' and '", order[i]->name, "' overlap");
    }
  }
}

void ZipReader::locate_data(Entry* entry, uint64_t local_offset, uint64_t directory_offset) const {
  const uint8_t* bytes = file_->bytes().data();
  if (directory_offset < zip::kLocalSize || local_offset > directory_offset - zip::kLocalSize) {
    fail("zip: member '", entry->name, "' begins outside the file");
  }
  const uint8_t* header = bytes + local_offset;
  if (load<uint32_t>(header) != zip::kLocalHeader) {
    fail("zip: member '", entry->name, "' has no local header");
  }
  const uint64_t name_size = load<uint16_t>(header + 26), extra_size = load<uint16_t>(header + 28);
  entry->data_offset = local_offset + zip::kLocalSize + name_size + extra_size;
  if (entry->data_offset > directory_offset ||
      entry->stored_size > directory_offset - entry->data_offset) {
    fail("zip: member '", entry->name, "' reaches beyond the members' part of the file");
  }
  if (name_size != entry->name.size() ||
      std::memcmp(header + zip::kLocalSize, entry->name.data(), name_size) != 0) {
    fail("zip: the local header of member '", entry->name, "' has another name");
  }
  if (!entry->deflated && entry->size != entry->stored_size) {
    fail("zip: stored member '", entry->name, "' has two different sizes");
  }
}

void ZipReader::add_entry(Entry entry) {
  // Other readers ignore case: names that differ only in case would mean different files to them.
  if (!by_name_.try_emplace(lower(entry.name), entries_.size()).second) {
    fail("zip: two members are named '", entry.name, "' (case is ignored)");
  }
  entries_.push_back(std::move(entry));
}

const ZipReader::Entry* ZipReader::find(std::string_view name) const {
  const auto it = by_name_.find(lower(name));
  if (it == by_name_.end()) return nullptr;
  const Entry& entry = entries_[it->second];
  return entry.name == name ? &entry : nullptr;
}

absl::Span<const uint8_t> ZipReader::stored(const Entry& entry) const {
  if (entry.deflated) fail("zip: member '", entry.name, "' is compressed");
  return file_->bytes().subspan(entry.data_offset, entry.size);
}

std::string ZipReader::read(const Entry& entry, bool verify_crc) const {
  const absl::Span<const uint8_t> input =
      file_->bytes().subspan(entry.data_offset, entry.stored_size);
  std::string out = entry.deflated
                        ? inflate_exactly(entry, input)
                        : std::string(reinterpret_cast<const char*>(input.data()), input.size());
  if (verify_crc) check_crc(entry, reinterpret_cast<const uint8_t*>(out.data()), out.size());
  return out;
}

void ZipReader::verify(const Entry& entry) const {
  const absl::Span<const uint8_t> bytes = stored(entry);
  check_crc(entry, bytes.data(), bytes.size());
}

}  // namespace temper::ir
