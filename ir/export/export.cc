#include "ir/export/export.h"

#include "core/base/error.h"
#include "ir/archive/pickle.h"
#include "ir/export/members.h"
#include "ir/export/program_printer.h"
#include "ir/interp/interpreter.h"

namespace temper::ir {
namespace {

// Later versions keep theirs where other packages of the family look for it.
constexpr int64_t kFirstHiddenVersion = 6;
// Of code that is printed from graphs.
constexpr int64_t kNewestVersion = 10;

// Members of code/, what CONSTANTS means in them, and their format version.
struct Code {
  std::vector<SourceMember> members;
  std::vector<IValue> constants;
  int64_t version;
};

class Exporter {
 public:
  Exporter(const Module& module, const ExportOptions& options)
      : module_(module), options_(options), source_(module.source()) {}

  void write(const std::string& path) {
    const Code code = make_code();
    // Pickled before the file is begun: programs run here.
    PickleWriter data(PickleStyle::kArchive), constants(PickleStyle::kArchive);
    const std::string root = pickle(data, module_.root());
    const std::string table = pickle(constants, make_tuple(code.constants));
    ZipWriter zip(path, std::string(kArchiveFolder));
    for (const SourceMember& member : source_) {
      if (member.name.starts_with("extra/")) zip.add(member.name, member.content);
    }
    add_records(zip, "data", data);
    zip.add("data.pkl", root);
    for (const SourceMember& member : code.members) zip.add(member.name, member.content);
    add_records(zip, "constants", constants);
    zip.add("constants.pkl", table);
    zip.add(code.version < kFirstHiddenVersion ? "version" : ".data/version",
            str_cat(code.version, "\n"));
    zip.finish();
  }

 private:
  Code make_code() {
    if (options_.graph_of || source_.empty()) {
      const auto as_emitted = [](ScriptFunction& function) { return function.graph(); };
      reach_.emplace(module_, options_.graph_of ? options_.graph_of : as_emitted, options_.prune);
      ProgramPrinter printer(module_.unit().ops(), *reach_);
      std::vector<SourceMember> members = printer.print();
      return {std::move(members), printer.constants(), kNewestVersion};
    }
    Code code{{}, module_.unit().constants(), module_.unit().format_version()};
    for (const SourceMember& member : source_) {
      if (member.name.starts_with("code/")) code.members.push_back(member);
    }
    return code;
  }

  std::string pickle(PickleWriter& writer, const IValue& value) const {
    writer.get_state = [this](const IValue& object) { return state_of(object); };
    writer.keeps = [this](const ClassType& type, const std::string& name) {
      return !reach_ || reach_->keeps_attribute(type, name);
    };
    return writer.pickle(value);
  }

  std::optional<IValue> state_of(const IValue& value) const {
    const ObjectValue& object = value.to_object();
    const ClassType& type = *object.type;
    if (type.name().starts_with(kNativeClasses)) {
      infer_types(object.slots.at(0));
      return object.slots.at(0);
    }
    const auto has = [&](std::string_view name) {
      return reach_ ? reach_->keeps_method(type, name) : type.find_method(name) != nullptr;
    };
    if (!has("__getstate__") || !has("__setstate__")) return std::nullopt;
    RunContext context;
    context.max_steps = options_.max_getstate_steps;
    return ir::run(*type.find_method("__getstate__"), {value}, context);
  }

  const Module& module_;
  const ExportOptions& options_;
  const std::vector<SourceMember> source_;
  std::optional<Reach> reach_;  // of code that is printed
};

}  // namespace

void export_module(const Module& module, const std::string& path, const ExportOptions& options) {
  Exporter(module, options).write(path);
}

}  // namespace temper::ir
