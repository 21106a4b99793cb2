// Graphs printed as code of archives: the text, and that it means what it was printed from.

#include <gtest/gtest.h>

#include <limits>

#include "core/base/error.h"
#include "core/value/containers.h"
#include "ir/export/program_printer.h"
#include "ir/interp/interpreter.h"
#include "ir/script/source.h"
#include "kernels/ops/registry.h"

namespace temper::ir {
namespace {

const OpRegistry& registry() {
  static const OpRegistry* const made = [] {
    auto* ops = new OpRegistry();
    add_all_operators(*ops);
    return ops;
  }();
  return *made;
}

struct Printed {
  std::string text;
  std::vector<IValue> constants;
};

std::unique_ptr<CompilationUnit> compile(const std::string& code, std::vector<IValue> constants) {
  auto unit = std::make_unique<CompilationUnit>(registry(), nullptr, 10);
  unit->set_constants(std::move(constants));
  unit->define(std::make_shared<const SourceText>(code, "m.py"), "__torch__.m");
  return unit;
}

// The file that the root class "__torch__.m.Root" needs.
Printed print(const std::string& code, bool prune = false, std::vector<IValue> constants = {}) {
  std::shared_ptr<CompilationUnit> unit = compile(code, std::move(constants));
  const TypePtr type = unit->find_type("__torch__.m.Root");
  auto root = make_ref<ObjectValue>(Ref<const ClassType>(type->as<ClassType>()));
  for (size_t i = 0; i < root->slots.size(); ++i) {
    const auto* klass = root->type->attributes()[i].type->as<ClassType>();
    root->slots[i] = klass ? IValue(make_ref<ObjectValue>(Ref<const ClassType>(klass))) : IValue();
  }
  const Module module(unit, root);
  Reach reach(
      module, [](ScriptFunction& function) { return function.graph(); }, prune);
  ProgramPrinter printer(registry(), reach);
  const std::vector<SourceMember> members = printer.print();
  EXPECT_EQ(members.size(), 1u);
  EXPECT_EQ(members[0].name, "code/__torch__/m.py");
  return {members[0].content, printer.constants()};
}

std::string in_root(const std::string& methods) {
  return "class Root(Module):\n  __parameters__ = []\n  __buffers__ = []\n" + methods;
}

// What `forward` answers, as text.
std::string answer(const std::string& code, std::vector<IValue> constants,
                   const std::vector<IValue>& arguments) {
  const auto unit = compile(code, std::move(constants));
  const auto* type = unit->find_type("__torch__.m.Root")->as<ClassType>();
  std::vector<IValue> all = {make_ref<ObjectValue>(Ref<const ClassType>(type))};
  all.insert(all.end(), arguments.begin(), arguments.end());
  RunContext context;
  try {
    return to_text(run(*type->find_method("forward"), all, context));
  } catch (const Error& error) {
    return "error: " + error.message().substr(error.message().rfind('\n') + 1);
  }
}

// Prints the program, and again what was printed; both must answer as the program does.
void expect_same(const std::string& methods, const std::vector<std::vector<IValue>>& calls) {
  const std::string code = in_root(methods);
  const Printed once = print(code), twice = print(once.text, false, once.constants);
  for (const std::vector<IValue>& arguments : calls) {
    const std::string wanted = answer(code, {}, arguments);
    EXPECT_EQ(answer(once.text, once.constants, arguments), wanted) << once.text;
    EXPECT_EQ(answer(twice.text, twice.constants, arguments), wanted) << twice.text;
  }
}

TEST(ExportCode, PrintsBranchesAndLoops) {
  const std::string text = print(in_root(R"(  def forward(self, n: int, x: int=3) -> int:
    total = 0
    for i in range(n):
      if i > x:
        total += i
    while total > 10:
      total = total - x
    return total
)"))
                               .text;
  EXPECT_EQ(text, R"(class Root(Module):
  __parameters__ = []
  __buffers__ = []
  def forward(self: __torch__.m.Root,
    n: int,
    x: int=3) -> int:
    total = 0
    for i in range(n):
      _0 = torch.gt(i, x)
      if _0:
        total1 = torch.add(total, i)
        total0 = total1
      else:
        total0 = total
      total = total0
    _1 = torch.gt(total, 10)
    total2 = total
    _2 = _1
    while _2:
      total3 = torch.sub(total2, x)
      _3 = torch.gt(total3, 10)
      _2, total2 = _3, total3
    return total2
)");
}

TEST(ExportCode, KeepsMeaningOfControlFlow) {
  expect_same(R"(  def forward(self, n: int) -> Tuple[int, List[int]]:
    found = annotate(List[int], [])
    for i in range(n):
      if i == 7:
        break
      if i % 2 == 0:
        continue
      for j in range(i):
        if j > 3:
          return (i, found)
        found.append(i * j)
    a = 0
    b = 1
    while a < n:
      a, b = b, a + b
    return (b, found)
)",
              {{0}, {3}, {5}, {20}});
  expect_same(R"(  def forward(self, n: int, s: Optional[str]) -> str:
    if s is None:
      text = "none"
    else:
      text = s + "!"
    if n > 2:
      raise Exception("too many: {}".format(n))
    assert n != 1, "one"
    return text
)",
              {{0, IValue()}, {0, "a"}, {1, "a"}, {3, "a"}});
}

TEST(ExportCode, KeepsMeaningOfValues) {
  expect_same(R"(  def forward(self, n: int) -> str:
    t = (n, "a", (1.5, None))
    a, b, c = t
    d = {"k": [1, 2], "l": annotate(List[int], [])}
    d["m"] = [n]
    o = annotate(List[Optional[int]], [1, None])
    e = annotate(Dict[int, Tuple[int, str]], {})
    e[n] = (a, b)
    x, y = [n, n + 1]
    text = "{} {} {} {} {} {}".format(t, d, o, e, x + y, t[0:2])
    return text + str(c[0] / 3) + str(isinstance(b, str)) + "\"\\\n\t\303\274"
)",
              {{0}, {-4}});
}

TEST(ExportCode, KeepsMeaningOfForksAndContexts) {
  expect_same(R"(  def forward(self, n: int) -> int:
    def body():
      return n * 2
    later = fork(body)
    return torch.wait(later) + n
)",
              {{4}});
  const std::string code = in_root(R"(  def forward(self, n: int) -> List[int]:
    log = __torch__.m.Log.__new__(__torch__.m.Log)
    _0 = (log).__init__(n)
    with log as depth:
      log.seen = log.seen + [depth]
    return log.seen
)") + R"(class Log:
  seen : List[int]
  def __init__(self, n: int) -> NoneType:
    self.seen = [n]
    return None
  def __enter__(self) -> int:
    return len(self.seen)
  def __exit__(self, a: Any, b: Any, c: Any) -> NoneType:
    self.seen.append(-1)
    return None
)";
  const Printed once = print(code);
  EXPECT_EQ(answer(once.text, once.constants, {5}), "[5, 1, -1]") << once.text;
}

TEST(ExportCode, KeepsMeaningOfTypes) {
  const std::string code = in_root(R"(  def forward(self, n: int) -> str:
    p = __torch__.m.Point(n, y=2.5)
    c = __torch__.m.Colour.BLUE
    return str(p.x) + c.name + str(c.value) + str(p.y)
)") + R"(class Point(NamedTuple):
  x : int
  y : float
class Colour(Enum):
  RED = "r\"ed"
  BLUE = "blue"
class Unused(NamedTuple):
  x : int
)";
  const Printed once = print(code);
  EXPECT_EQ(answer(once.text, once.constants, {1}), answer(code, {}, {1})) << once.text;
  EXPECT_EQ(once.text.find("Unused"), std::string::npos);
  EXPECT_NE(once.text.find(R"(  RED = "r\"ed")"), std::string::npos) << once.text;
}

TEST(ExportCode, LeavesOutDefaultsUnlessAnotherOverloadWouldAnswer) {
  const std::string text = print(in_root(R"(  def forward(self, x: Tensor, y: Tensor) -> Tensor:
    a = torch.add(x, y, alpha=1)
    b = torch.add(a, y, alpha=2)
    c = torch.std(b, [0], unbiased=True)
    d = torch.std(c, None, correction=None)
    e = torch.std(d, None, correction=0, keepdim=True)
    return torch.clamp(e, max=3)
)"))
                               .text;
  for (const char* call :
       {"torch.add(x, y)\n", "torch.add(a, y, alpha=2)\n", "torch.std(b, _0)\n",
        "torch.std(c, None, correction=None, keepdim=False)\n",
        "torch.std(d, None, correction=0, keepdim=True)\n", "torch.clamp(e, None, 3)\n"}) {
    EXPECT_NE(text.find(call), std::string::npos) << call << text;
  }
}

TEST(ExportCode, WritesLiterals) {
  ConstantTable table;
  const auto text = [&](IValue value) { return literal(value, table); };
  EXPECT_EQ(text(1e10), "10000000000.");
  EXPECT_EQ(text(0.1), "0.10000000000000001");
  EXPECT_EQ(text(1e300), "1.0000000000000001e+300");
  EXPECT_EQ(text(-0.0), "-0.");
  EXPECT_EQ(text(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(text(std::numeric_limits<double>::quiet_NaN()), "nan");
  EXPECT_EQ(text(INT64_MIN), "-9223372036854775808");
  EXPECT_EQ(text("a\r\"\\\x01\xc3"), R"("a\015\"\\\001\303")");
  EXPECT_EQ(text(Device{}), R"(torch.device("cpu"))");
  EXPECT_EQ(text(make_tuple({make_tuple({1})})), "((1,),)");
  EXPECT_EQ(text(make_list(optional_of(Type::integer()), {IValue(), 2})),
            "annotate(List[Optional[int]], [None, 2])");
  EXPECT_TRUE(table.values().empty());
  // What has no literal goes to the table, once, and without gradients.
  Tensor weight = full({2}, 1, DType::kFloat32);
  weight.impl()->requires_grad = true;
  EXPECT_EQ(text(std::complex<double>(1, -2)), "CONSTANTS.c0");
  EXPECT_EQ(text(weight), "CONSTANTS.c1");
  EXPECT_EQ(text(weight), "CONSTANTS.c1");
  EXPECT_EQ(text(make_tuple({1, weight})), "CONSTANTS.c2");
  ASSERT_EQ(table.values().size(), 3u);
  EXPECT_FALSE(table.values()[1].to_tensor().impl()->requires_grad);
  EXPECT_FALSE(table.values()[2].to_tuple().items[1].to_tensor().impl()->requires_grad);
  EXPECT_EQ(table.values()[1].to_tensor().storage().get(), weight.storage().get());
}

constexpr const char* kParts = R"(class Root(Module):
  __parameters__ = []
  __buffers__ = []
  used : __torch__.m.Part
  idle : __torch__.m.Part
  __annotations__["0"] = int
  k : Final[int] = 7
  def forward(self, n: int) -> int:
    part = self.used
    return torch.add((part).double(n), self.k)
  def __getstate__(self) -> int:
    return 1
  def __setstate__(self, state: int) -> NoneType:
    return None
class Part(Module):
  __parameters__ = ["w", ]
  __buffers__ = []
  w : Tensor
  n : int
  def double(self, n: int) -> int:
    self.n = n
    return n * 2
  def other(self) -> Tensor:
    return self.w
)";

TEST(ExportCode, PrintsWholePrograms) {
  const std::string text = print(kParts).text;
  for (const char* line :
       {"  __parameters__ = [\"w\", ]\n", "  def other(", "  def __setstate__(",
        "  idle : ", "  __annotations__[\"0\"] = int\n", "  k : Final[int] = 7\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
}

TEST(ExportCode, PrunesWhatNobodyUses) {
  const std::string text = print(kParts, true).text;
  for (const char* part : {"def double(", "  n : int\n", "  used : "}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  for (const char* part : {"other", "state__", "idle", "w : Tensor", "\"w\"", "\"0\""}) {
    EXPECT_EQ(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST(ExportCode, RefusesWhatTheDialectCannotSay) {
  try {
    print(in_root("  def forward(self, range: int) -> int:\n    return range\n"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnimplemented);
    EXPECT_NE(error.message().find("__torch__.m.Root.forward"), std::string::npos);
  }
}

}  // namespace
}  // namespace temper::ir
