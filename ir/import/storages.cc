#include "ir/import/storages.h"

#include <cstring>

#include "core/base/error.h"

namespace temper::ir {
namespace {

// Enough for every element type; archives align data to 64.
constexpr uint64_t kElementAlignment = 16;

}  // namespace

Ref<Storage> StorageTable::get(std::string_view key, int64_t bytes) {
  const std::string name = str_cat(folder_, key);
  Ref<Storage>& storage = loaded_[name];
  if (!storage) {
    const ZipReader::Entry* entry = zip_.find(name);
    if (!entry) fail("the archive has no tensor data '", name, "'");
    if (entry->size != static_cast<uint64_t>(bytes)) {
      fail("tensor data '", name, "' holds ", entry->size, " bytes, but its tensors need ", bytes);
    }
    storage = load(*entry);
  }
  if (storage->size() != bytes) {
    fail("tensor data '", name, "' is used with two sizes: ", storage->size(), " and ", bytes,
         " bytes");
  }
  return storage;
}

Ref<Storage> StorageTable::load(const ZipReader::Entry& entry) {
  const int64_t bytes = static_cast<int64_t>(entry.size);
  if (entry.deflated) {
    const std::string content = zip_.read(entry, verify_crc_);
    Ref<Storage> storage = Storage::allocate(bytes);
    std::memcpy(storage->data(), content.data(), content.size());
    return storage;
  }
  const absl::Span<const uint8_t> content = zip_.stored(entry);
  if (verify_crc_) {
    zip_.verify(entry);
    // Until it is used, what was read to be checked need not lie in this process's memory.
    zip_.file()->give_back(content.data(), content.size());
  }
  if (reinterpret_cast<uintptr_t>(content.data()) % kElementAlignment != 0) {
    Ref<Storage> storage = Storage::allocate(bytes);
    std::memcpy(storage->data(), content.data(), content.size());
    return storage;
  }
  return Storage::borrow(zip_.file()->data() + entry.data_offset, bytes, zip_.file());
}

std::string archive_prefix(const ZipReader& zip) {
  const std::string& first = zip.entries().front().name;
  const size_t slash = first.find('/');
  if (slash == std::string::npos) {
    fail("the archive's members are not inside a folder: '", first, "'");
  }
  return first.substr(0, slash + 1);
}

}  // namespace temper::ir
