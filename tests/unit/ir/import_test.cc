#include "ir/import/import.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "core/base/error.h"
#include "ir/archive/pickle_writer.h"
#include "ir/archive/zip_writer.h"
#include "ir/interp/interpreter.h"

namespace temper::ir {
namespace {

constexpr std::string_view kCode = R"(class Net(Module):
  __parameters__ = ["weight", ]
  __buffers__ = []
  weight : Tensor
  scale : float
  names : List[str]
  child : __torch__.m.Child
  mode : __torch__.m.Mode
  def forward(self: __torch__.m.Net, x: int) -> int:
    child = self.child
    _0 = torch.add((child).get(), x)
    return _0
class Child(Module):
  __parameters__ = []
  __buffers__ = []
  n : int
  def get(self: __torch__.m.Child) -> int:
    return self.n
  def __getstate__(self: __torch__.m.Child) -> Tuple[int, str]:
    return (self.n, "s")
  def __setstate__(self: __torch__.m.Child, state: Tuple[int, str]) -> NoneType:
    a, b, = state
    self.n = a
    return None
class Mode(Enum):
  FAST = 1
  SLOW = 2
)";

constexpr std::string_view kSchemas = R"(aten::add.int(int a, int b) -> int
aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor
)";

void add_int(OpCall& call) { call.ret(call.integer(0) + call.integer(1)); }

const OpRegistry& registry() {
  static const OpRegistry* const made = [] {
    auto* ops = new OpRegistry();
    ops->add_schemas(kSchemas);
    static constexpr OpRow kRows[] = {{"aten::add.int", add_int}};
    ops->add(kRows);
    return ops;
  }();
  return *made;
}

struct Types {
  Ref<ClassType> net = ClassType::make("__torch__.m.Net", true);
  Ref<ClassType> child = ClassType::make("__torch__.m.Child", true);
  Ref<EnumType> mode = EnumType::make("__torch__.m.Mode", Type::integer());
  ~Types() { mode->clear_members(); }
};

// The members of a good archive; tests change them.
struct Archive {
  std::map<std::string, std::string> members;

  Archive() {
    Types types;
    types.child->add_attribute({"n", Type::integer()});
    types.mode->add_member("FAST", 1);
    for (const char* name : {"weight", "scale", "names", "child", "mode"}) {
      types.net->add_attribute({name, Type::any()});
    }
    auto child = make_ref<ObjectValue>(types.child);
    auto net = make_ref<ObjectValue>(types.net);
    net->slots = {full({2, 3}, 7, DType::kFloat32), 0.5, make_list(Type::string(), {"a", "b"}),
                  child, *types.mode->find_member("FAST")};
    PickleWriter writer(PickleStyle::kArchive);
    child->slots[0] = make_tuple({41, "s"});
    // As the __getstate__ of the archive's code does.
    writer.get_state = [&](const IValue& object) {
      const ObjectValue& each = object.to_object();
      return each.type == types.child ? std::optional(each.slots[0]) : std::nullopt;
    };
    members["data.pkl"] = writer.pickle(net);
    const PickleWriter::Record& record = writer.records().at(0);
    members["data/0"] = std::string(reinterpret_cast<const char*>(record.storage->data()),
                                    static_cast<size_t>(record.bytes));
    PickleWriter constants(PickleStyle::kArchive);
    members["constants.pkl"] = constants.pickle(make_tuple({}));
    members["code/__torch__/m.py"] = kCode;
    members["version"] = "3\n";
  }

  std::string bytes() const {
    const std::string path = testing::TempDir() + "import_test.pt";
    ZipWriter writer(path, "net");
    for (const auto& [name, content] : members) writer.add(name, content);
    writer.finish();
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  std::unique_ptr<Module> load(const ImportOptions& options = {}) const {
    return import_module(FileBytes::copy(bytes()), registry(), options);
  }
  std::string error() const {
    try {
      load();
    } catch (const Error& error) {
      return error.message();
    }
    return "";
  }
  // Replaces the first `from` of a member.
  void replace(const std::string& member, std::string_view from, std::string_view to) {
    std::string& text = members.at(member);
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    text.replace(at, from.size(), to);
  }
};

TEST(Import, LoadsAModule) {
  const std::unique_ptr<Module> module = Archive().load();
  EXPECT_EQ(module->type().name(), "__torch__.m.Net");
  const std::vector<IValue>& slots = module->root()->slots;
  EXPECT_EQ(slots[0].to_tensor().data<float>()[5], 7);
  EXPECT_TRUE(slots[0].to_tensor().storage()->borrowed());
  EXPECT_EQ(slots[2].to_list().element_type->kind(), TypeKind::kString);
  EXPECT_EQ(slots[3].to_object().slots[0].to_int(), 41);
  EXPECT_EQ(slots[4].to_enum().name, "FAST");
  RunContext context;
  EXPECT_EQ(run(*module->find_method("forward"), {module->root(), 1}, context).to_int(), 42);
}

TEST(Import, ChecksContainers) {
  Archive archive;
  archive.members.erase("data/0");
  EXPECT_NE(archive.error().find("net/data/0"), std::string::npos);
  archive.members["data/0"] = "short";
  EXPECT_NE(archive.error().find("holds 5 bytes"), std::string::npos);
  archive = Archive();
  archive.members.erase("constants.pkl");
  EXPECT_NE(archive.error().find("torch.save"), std::string::npos);
  archive = Archive();
  archive.members["model.json"] = "{}";
  EXPECT_NE(archive.error().find("1.0 to 1.3"), std::string::npos);
}

TEST(Import, ChecksVersions) {
  Archive archive;
  for (const char* good : {"1", "10\n", "3abc"}) {
    archive.members["version"] = good;
    EXPECT_EQ(archive.error(), "") << good;
  }
  for (const char* bad : {"", "x", "0", "11", "99999999999999999999"}) {
    archive.members["version"] = bad;
    EXPECT_NE(archive.error(), "") << bad;
  }
  archive.members[".data/version"] = "4\n";
  EXPECT_EQ(archive.load()->unit().format_version(), 4);
}

TEST(Import, ChecksAttributes) {
  Archive archive;
  archive.replace("code/__torch__/m.py", "scale : float", "scale : int");
  EXPECT_NE(archive.error().find("attribute 'scale'"), std::string::npos);
  archive = Archive();
  archive.replace("code/__torch__/m.py", "names : List[str]", "names : List[int]");
  EXPECT_NE(archive.error().find("attribute 'names'"), std::string::npos);
  archive = Archive();
  archive.replace("code/__torch__/m.py", "  scale : float", "  other : float\n  scale : float");
  EXPECT_NE(archive.error().find("lacks its attribute 'other'"), std::string::npos);
  archive = Archive();
  archive.replace("code/__torch__/m.py", "state: Tuple[int, str]) -> NoneType",
                  "state: Tuple[int, int]) -> NoneType");
  EXPECT_NE(archive.error().find("__setstate__"), std::string::npos);
}

TEST(Import, LimitsSetState) {
  Archive archive;
  archive.replace("code/__torch__/m.py", "    self.n = a\n",
                  "    while True:\n      self.n = a\n    self.n = a\n");
  ImportOptions options;
  options.max_setstate_steps = 10000;
  try {
    archive.load(options);
    FAIL() << "an endless __setstate__ was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kResourceExhausted) << error.message();
  }
}

TEST(Import, CompilesEagerlyOnRequest) {
  Archive archive;
  archive.replace("code/__torch__/m.py", "torch.add((child)", "torch.no_such_thing((child)");
  EXPECT_NE(archive.error().find("no_such_thing"), std::string::npos);
  EXPECT_NO_THROW(archive.load({.compile = false}));
}

TEST(Import, ListsOperators) {
  Archive archive;
  archive.replace("code/__torch__/m.py", "    return self.n\n",
                  "    ops.foo.bar(1)\n    return torch.add(self.n, torch.add(1, 2))\n");
  const ZipReader zip(FileBytes::copy(archive.bytes()));
  const std::vector<OperatorUse> uses = list_operators(zip, registry());
  ASSERT_EQ(uses.size(), 2u);
  EXPECT_EQ(uses[0].name, "aten::add");
  EXPECT_EQ(uses[0].count, 3u);
  EXPECT_TRUE(uses[0].known && uses[0].implemented);
  EXPECT_EQ(uses[0].first_place, "code/__torch__/m.py:11");
  EXPECT_EQ(uses[1].name, "foo::bar");
  EXPECT_FALSE(uses[1].known);
}

TEST(Import, SurvivesDamage) {
  const std::string good = Archive().bytes();
  std::srand(5);
  int errors = 0;
  for (int i = 0; i < 500; ++i) {
    std::string bytes = good;
    const size_t where = static_cast<size_t>(std::rand()) % bytes.size();
    if (i % 10 == 0) {
      bytes.resize(where);
    } else {
      bytes[where] = static_cast<char>(bytes[where] ^ (1 << (std::rand() % 8)));
    }
    try {
      ImportOptions options;
      options.verify_crc = i % 2 == 0;
      options.max_setstate_steps = 10000;
      import_module(FileBytes::copy(bytes), registry(), options);
    } catch (const Error&) {
      ++errors;
    }
  }
  EXPECT_GT(errors, 100);
}

}  // namespace
}  // namespace temper::ir
