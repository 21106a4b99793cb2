#include "ir/import/import.h"

#include <algorithm>
#include <unordered_map>

#include "core/base/error.h"
#include "ir/archive/pickle.h"
#include "ir/import/archive_sources.h"
#include "ir/import/storages.h"
#include "ir/interp/interpreter.h"
#include "ir/script/type_annotations.h"

namespace temper::ir {
namespace {

constexpr int64_t kNewestVersion = 10;

class Importer {
 public:
  Importer(Ref<FileBytes> file, const OpRegistry& ops, const ImportOptions& options)
      : options_(options), ops_(ops) {
    ZipReader zip(std::move(file));
    prefix_ = archive_prefix(zip);
    sources_ = std::make_shared<ArchiveSources>(std::move(zip), prefix_, options.verify_crc);
  }

  std::unique_ptr<Module> run() {
    check_kind();
    unit_ = std::make_shared<CompilationUnit>(
        ops_, [sources = sources_](std::string_view qualifier) { return sources->find(qualifier); },
        version());
    const IValue constants = unpickle_member("constants.pkl", "constants/");
    if (!constants.is_tuple()) fail("'constants.pkl' does not hold a tuple");
    unit_->set_constants(constants.to_tuple().items);
    const IValue root = unpickle_member("data.pkl", "data/");
    if (!root.is_object()) fail("'data.pkl' does not hold a module");
    auto module = std::make_unique<Module>(unit_, Ref<ObjectValue>(&root.to_object()));
    module->set_source([sources = sources_] { return sources->members(); });
    if (options_.compile) compile_all();
    return module;
  }

 private:
  // Compiling finds further classes and functions: repeat until there are no more.
  void compile_all() {
    size_t known = 0;
    for (size_t now = 1; now != known; now = unit_->classes().size() + unit_->functions().size()) {
      known = now;
      for (const Ref<const ClassType>& type : unit_->classes()) unit_->compile_class(*type);
      for (ScriptFunction* function : unit_->functions()) function->graph();
    }
  }

  const ZipReader& zip() const { return sources_->zip(); }
  bool has(std::string_view member) const { return zip().find(str_cat(prefix_, member)); }
  std::string read(std::string_view member) const {
    const ZipReader::Entry* entry = zip().find(str_cat(prefix_, member));
    if (!entry) {
      fail("the archive has no member '", prefix_, member,
           "', which every archive of torch.jit.save has");
    }
    return zip().read(*entry, options_.verify_crc);
  }

  // Refuses other containers of the family, each by what would help.
  void check_kind() const {
    if (has("model.json")) {
      unimplemented(
          "this archive has the layout of PyTorch 1.0 to 1.3 (model.json); load it with "
          "PyTorch and save it again");
    }
    if (has("archive_format") || zip().find("serialized_exported_program.json")) {
      unimplemented(
          "this is a program of torch.export (.pt2); save the module with torch.jit.trace or "
          "torch.jit.script, and torch.jit.save");
    }
    if (zip().find("MAR-INF/MANIFEST.json")) {
      unimplemented("this is a TorchServe archive (.mar); unzip the model's .pt file from it");
    }
    for (const ZipReader::Entry& entry : zip().entries()) {
      if (entry.name.find("/.data/ts_code/") != std::string::npos) {
        unimplemented(
            "this is a torch.package file; extract the module and save it with "
            "torch.jit.save");
      }
    }
    if (has("data.pkl") && !has("constants.pkl")) {
      fail(
          "this file was written by torch.save and holds no code; save the module with "
          "torch.jit.save");
    }
    if (has("byteorder") && read("byteorder") != "little") {
      unimplemented("archives written on big-endian machines");
    }
  }

  int64_t version() const {
    const std::string text = read(has(".data/version") ? ".data/version" : "version");
    size_t digits = 0;
    int64_t version = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && digits < 9) {
      version = version * 10 + (text[digits++] - '0');
    }
    if (digits == 0) fail("the archive's version is not a number");
    if (version < 1 || version > kNewestVersion) {
      unimplemented("archives of format version ", version, "; versions 1 to ", kNewestVersion,
                    " are read");
    }
    return version;
  }

  IValue unpickle_member(std::string_view member, std::string_view folder) {
    StorageTable storages(zip(), str_cat(prefix_, folder), options_.verify_data_crc);
    UnpickleHooks hooks;
    hooks.find_type = [this](std::string_view name) { return unit_->find_type(name); };
    hooks.parse_type = [this](std::string_view text) { return parse_type(text); };
    hooks.storage = [&](std::string_view key, int64_t bytes) { return storages.get(key, bytes); };
    hooks.make_object = [this](Ref<const ClassType> type, IValue state) {
      return make_object(std::move(type), std::move(state));
    };
    return unpickle(read(member), member, hooks);
  }

  TypePtr parse_type(std::string_view annotation) const {
    // Tags repeat: "Dict[str, Tensor]" on every module of a kind.
    TypePtr& type = types_[std::string(annotation)];
    if (!type) {
      const auto text = std::make_shared<SourceText>(std::string(annotation), "a type tag");
      const ExprPtr expression = parse_expression(text);
      type = resolve_annotation(*expression,
                                [this](std::string_view name) { return unit_->find_type(name); });
    }
    return type;
  }

  IValue make_object(Ref<const ClassType> type, IValue state) {
    auto object = make_ref<ObjectValue>(type);
    if (type->name().starts_with(kNativeClasses)) {
      object->slots.at(0) = std::move(state);
      return object;
    }
    Function* set_state = type->find_method("__setstate__");
    if (set_state && type->find_method("__getstate__")) {
      std::fill(object->slots.begin(), object->slots.end(), IValue());
      run_set_state(*set_state, object, std::move(state));
    } else {
      set_attributes(*object, state);
    }
    for (size_t i = 0; i < object->slots.size(); ++i) check_attribute(*object, i);
    return object;
  }

  void set_attributes(ObjectValue& object, const IValue& state) const {
    const ClassType& type = *object.type;
    if (!state.is_dict()) fail("the state of a '", type.name(), "' is not a dict of attributes");
    for (size_t i = 0; i < object.slots.size(); ++i) {
      const ClassType::Attribute& attribute = type.attributes()[i];
      const IValue* value = state.to_dict().find(attribute.name);
      if (!value) fail("a '", type.name(), "' lacks its attribute '", attribute.name, "'");
      try {
        object.slots[i] = restore_types(*value, attribute.type);
      } catch (const Error& error) {
        fail("attribute '", attribute.name, "' of a '", type.name(), "': ", error.message());
      }
    }
  }

  void run_set_state(Function& method, const Ref<ObjectValue>& object, IValue state) const {
    const Schema& schema = method.schema();
    if (schema.arguments.size() != 2) {
      fail("'", method.qualified_name(), "' must take one argument beside self");
    }
    const TypePtr& wanted = schema.arguments[1].type;
    state = restore_types(std::move(state), wanted);
    if (!matches_type(state, wanted)) {
      fail("'", method.qualified_name(), "' takes a state of type ", wanted->annotation(),
           " but the archive holds ", type_of(state)->annotation());
    }
    RunContext context;
    context.max_steps = options_.max_setstate_steps;
    ir::run(method, {object, std::move(state)}, context);
  }

  static void check_attribute(const ObjectValue& object, size_t slot) {
    const ClassType::Attribute& attribute = object.type->attributes()[slot];
    if (matches_type(object.slots[slot], attribute.type)) return;
    fail("attribute '", attribute.name, "' of a '", object.type->name(), "' is declared as ",
         attribute.type->annotation(), " but the archive holds ",
         type_of(object.slots[slot])->annotation());
  }

  const ImportOptions options_;
  const OpRegistry& ops_;
  std::string prefix_;
  std::shared_ptr<ArchiveSources> sources_;
  std::shared_ptr<CompilationUnit> unit_;
  mutable std::unordered_map<std::string, TypePtr> types_;
};

}  // namespace

std::unique_ptr<Module> import_module(Ref<FileBytes> file, const OpRegistry& ops,
                                      const ImportOptions& options) {
  return Importer(std::move(file), ops, options).run();
}

}  // namespace temper::ir
