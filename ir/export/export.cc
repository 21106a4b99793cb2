#include "ir/export/export.h"

#include "core/base/error.h"
#include "ir/archive/pickle.h"
#include "ir/export/members.h"
#include "ir/interp/interpreter.h"

namespace temper::ir {
namespace {

// Later versions keep theirs where other packages of the family look for it.
constexpr int64_t kFirstHiddenVersion = 6;

class Exporter {
 public:
  Exporter(const Module& module, const ExportOptions& options)
      : module_(module), options_(options) {}

  void write(const std::string& path) {
    const std::vector<SourceMember> source = module_.source();
    // Pickled before the file is begun: programs run here.
    PickleWriter data(PickleStyle::kArchive), constants(PickleStyle::kArchive);
    const std::string root = pickle(data, module_.root());
    const std::string table = pickle(constants, make_tuple(module_.unit().constants()));
    ZipWriter zip(path, std::string(kArchiveFolder));
    add_source(zip, source, "extra/");
    add_records(zip, "data", data);
    zip.add("data.pkl", root);
    add_source(zip, source, "code/");
    add_records(zip, "constants", constants);
    zip.add("constants.pkl", table);
    const int64_t version = module_.unit().format_version();
    zip.add(version < kFirstHiddenVersion ? "version" : ".data/version", str_cat(version, "\n"));
    zip.finish();
  }

 private:
  std::string pickle(PickleWriter& writer, const IValue& value) const {
    writer.get_state = [this](const IValue& object) { return state_of(object); };
    return writer.pickle(value);
  }

  static void add_source(ZipWriter& zip, const std::vector<SourceMember>& source,
                         std::string_view folder) {
    for (const SourceMember& member : source) {
      if (member.name.starts_with(folder)) zip.add(member.name, member.content);
    }
  }

  std::optional<IValue> state_of(const IValue& value) const {
    const ObjectValue& object = value.to_object();
    if (object.type->name().starts_with(kNativeClasses)) {
      infer_types(object.slots.at(0));
      return object.slots.at(0);
    }
    Function* get_state = object.type->find_method("__getstate__");
    if (!get_state || !object.type->find_method("__setstate__")) return std::nullopt;
    RunContext context;
    context.max_steps = options_.max_getstate_steps;
    return ir::run(*get_state, {value}, context);
  }

  const Module& module_;
  const ExportOptions& options_;
};

}  // namespace

void export_module(const Module& module, const std::string& path, const ExportOptions& options) {
  Exporter(module, options).write(path);
}

}  // namespace temper::ir
