#include "ir/export/export.h"
#include "ir/export/members.h"

namespace temper::ir {

void add_records(ZipWriter& zip, std::string_view folder, const PickleWriter& pickle) {
  for (size_t i = 0; i < pickle.records().size(); ++i) {
    const PickleWriter::Record& record = pickle.records()[i];
    zip.add(str_cat(folder, "/", i),
            absl::Span<const uint8_t>(reinterpret_cast<const uint8_t*>(record.storage->data()),
                                      static_cast<size_t>(record.bytes)));
  }
}

void save_value(const IValue& value, const std::string& path) {
  PickleWriter writer(PickleStyle::kPython);
  const std::string pickle = writer.pickle(value);
  ZipWriter zip(path, std::string(kArchiveFolder));
  zip.add("data.pkl", pickle);
  add_records(zip, "data", writer);
  zip.add("version", "3\n");
  zip.finish();
}

}  // namespace temper::ir
