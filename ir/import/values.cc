#include "core/base/error.h"
#include "ir/archive/pickle.h"
#include "ir/import/import.h"
#include "ir/import/storages.h"

namespace temper::ir {

IValue load_value(Ref<FileBytes> file) {
  const ZipReader zip(std::move(file));
  const std::string prefix = archive_prefix(zip);
  const ZipReader::Entry* pickle = zip.find(prefix + "data.pkl");
  if (!pickle) fail("the file holds no value: it has no member '", prefix, "data.pkl'");
  if (const ZipReader::Entry* order = zip.find(prefix + "byteorder");
      order && zip.read(*order) != "little") {
    unimplemented("values stored in another byte order than little-endian");
  }
  StorageTable storages(zip, prefix + "data/", false);
  UnpickleHooks hooks;
  hooks.storage = [&](std::string_view key, int64_t bytes) { return storages.get(key, bytes); };
  IValue value = unpickle(zip.read(*pickle), pickle->name, hooks);
  infer_types(value);
  return value;
}

}  // namespace temper::ir
