#include "ir/export/export.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/base/error.h"
#include "ir/archive/pickle_writer.h"
#include "ir/archive/zip_writer.h"
#include "ir/import/import.h"
#include "ir/interp/interpreter.h"
#include "kernels/ops/registry.h"

namespace temper::ir {
namespace {

constexpr std::string_view kCode = R"(class Net(Module):
  __parameters__ = ["weight", ]
  __buffers__ = ["tail", ]
  weight : Tensor
  tail : Tensor
  names : Dict[str, List[int]]
  pair : __torch__.m.Pair
  first : __torch__.m.Counter
  second : __torch__.m.Counter
  mode : __torch__.m.Mode
  def forward(self: __torch__.m.Net, x: int) -> int:
    first = self.first
    return torch.add((first).get(), x)
class Pair(NamedTuple):
  a : int
  b : str
class Counter(Module):
  __parameters__ = []
  __buffers__ = []
  n : int
  def get(self: __torch__.m.Counter) -> int:
    return self.n
  def __getstate__(self: __torch__.m.Counter) -> Tuple[int, str]:
    return (self.n, "s")
  def __setstate__(self: __torch__.m.Counter, state: Tuple[int, str]) -> NoneType:
    a, b, = state
    self.n = a
    return None
class Mode(Enum):
  FAST = 1
  SLOW = 2
)";

const OpRegistry& registry() {
  static const OpRegistry* const made = [] {
    auto* ops = new OpRegistry();
    add_all_operators(*ops);
    return ops;
  }();
  return *made;
}

std::string temporary(std::string_view name) { return str_cat(testing::TempDir(), name); }

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

std::unique_ptr<Module> load(const std::string& path) {
  return import_module(FileBytes::map(path), registry());
}

// The classes come from an archive whose root is empty; the objects are made here.
std::unique_ptr<Module> make_module() {
  const std::string path = temporary("export_test_empty.pt");
  const auto root = ClassType::make("__torch__.m.Root", true);
  PickleWriter data(PickleStyle::kArchive), constants(PickleStyle::kArchive);
  ZipWriter zip(path, "net");
  zip.add("data.pkl", data.pickle(make_ref<ObjectValue>(root)));
  zip.add("code/__torch__/m.py", str_cat("class Root(Module):\n  pass\n", kCode));
  zip.add("constants.pkl", constants.pickle(make_tuple({7})));
  zip.add("extra/notes.txt", "as it was");
  zip.add("version", "3\n");
  zip.finish();
  std::shared_ptr<Module> empty = load(path);
  CompilationUnit& unit = empty->unit();
  const auto type_of = [&](const char* name) {
    return Ref<const ClassType>(unit.find_type(name)->as<ClassType>());
  };
  auto net = make_ref<ObjectValue>(type_of("__torch__.m.Net"));
  auto counter = make_ref<ObjectValue>(type_of("__torch__.m.Counter"));
  counter->slots[0] = 41;
  Tensor weight = full({2, 3}, 7, DType::kFloat32);
  Tensor tail = weight.as_strided({2}, {1}, 4);
  auto names = make_ref<DictValue>(Type::string(), list_of(Type::integer()));
  names->set("a", make_int_list({1, 70000, -5}));
  names->set("b", make_int_list({}));
  const auto* mode = unit.find_type("__torch__.m.Mode")->as<EnumType>();
  net->slots = {
      weight, tail, names, make_tuple({1, "x"}), counter, counter, *mode->find_member("SLOW")};
  // The unit and the source are those of the file.
  auto module = std::make_unique<Module>(std::shared_ptr<CompilationUnit>(empty, &unit), net);
  module->set_source([source = empty->source()] { return source; });
  return module;
}

TEST(Export, KeepsValuesAndWhatTheyShare) {
  const std::string path = temporary("export_test.pt");
  export_module(*make_module(), path);
  const auto loaded = load(path);
  const std::vector<IValue>& slots = loaded->root()->slots;
  EXPECT_EQ(slots[0].to_tensor().data<float>()[5], 7);
  EXPECT_EQ(slots[0].to_tensor().storage().get(), slots[1].to_tensor().storage().get());
  EXPECT_EQ(slots[1].to_tensor().offset(), 4);
  EXPECT_EQ(slots[2].to_dict().find("a")->to_list().items[1].to_int(), 70000);
  EXPECT_TRUE(matches_type(slots[3], loaded->unit().find_type("__torch__.m.Pair")));
  EXPECT_TRUE(slots[4].is_same(slots[5]));
  EXPECT_EQ(slots[6].to_enum().name, "SLOW");
  EXPECT_EQ(loaded->unit().constants().at(0).to_int(), 7);
  RunContext context;
  EXPECT_EQ(run(*loaded->find_method("forward"), {loaded->root(), 1}, context).to_int(), 42);
  const std::vector<SourceMember> source = loaded->source();
  ASSERT_EQ(source.size(), 2u);
  EXPECT_EQ(source[0].name, "extra/notes.txt");
  EXPECT_EQ(source[0].content, "as it was");
}

TEST(Export, EqualModulesGiveEqualFiles) {
  const std::string first = temporary("export_first.pt"), second = temporary("export_second.pt");
  export_module(*make_module(), first);
  export_module(*load(first), second);
  EXPECT_EQ(content_of(first), content_of(second));
}

TEST(Export, MayReplaceTheFileThatItReads) {
  const std::string path = temporary("export_in_place.pt");
  export_module(*make_module(), path);
  const std::string before = content_of(path);
  export_module(*load(path), path);
  EXPECT_EQ(content_of(path), before);
}

TEST(Export, AlignsData) {
  const std::string path = temporary("export_aligned.pt");
  export_module(*make_module(), path);
  const ZipReader zip(FileBytes::map(path));
  for (const ZipReader::Entry& entry : zip.entries()) {
    EXPECT_FALSE(entry.deflated);
    EXPECT_EQ(entry.data_offset % 64, 0u) << entry.name;
  }
}

TEST(Export, LeavesNothingBehindWhenItFails) {
  const std::string folder = temporary("export_failures");
  std::filesystem::remove_all(folder);
  EXPECT_THROW(export_module(*make_module(), folder + "/missing/x.pt"), Error);
  std::filesystem::create_directory(folder);
  const auto module = make_module();
  module->root()->slots[3] = make_ref<FutureValue>(Type::integer());
  try {
    export_module(*module, folder + "/x.pt");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(error.message().find("cannot be saved"), std::string::npos) << error.message();
    EXPECT_NE(error.message().find("pair"), std::string::npos) << error.message();
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST(Export, ValuesRoundTrip) {
  const std::string path = temporary("export_value.pt");
  auto dict = make_ref<DictValue>(Type::string(), Type::tensor());
  dict->set("x", full({3}, 2.5, DType::kFloat64));
  save_value(make_tuple({dict, make_int_list({1, 2}), IValue(), "text"}), path);
  const IValue loaded = load_value(FileBytes::map(path));
  const std::vector<IValue>& items = loaded.to_tuple().items;
  EXPECT_EQ(items[0].to_dict().find("x")->to_tensor().data<double>()[2], 2.5);
  EXPECT_EQ(items[0].to_dict().value_type->kind(), TypeKind::kTensor);
  EXPECT_EQ(items[1].to_list().element_type->kind(), TypeKind::kInt);
  EXPECT_THROW(load_value(FileBytes::copy("junk")), Error);
}

}  // namespace
}  // namespace temper::ir
