// Graphs that the frontend makes, and what it says when it cannot.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/error.h"
#include "core/value/containers.h"
#include "ir/graph/verifier.h"
#include "ir/module/compilation_unit.h"
#include "ir/script/source.h"
#include "ir/text/text.h"
#include "kernels/ops/registry.h"

namespace temper::ir {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const OpRegistry& registry() {
  static const OpRegistry* ops = [] {
    auto* made = new OpRegistry;
    add_all_operators(*made);
    return made;
  }();
  return *ops;
}

class ScriptEmit : public ::testing::Test {
 protected:
  void define(std::string source, std::string_view qualifier = "") {
    unit_.define(std::make_shared<const SourceText>(std::move(source), "test.py"), qualifier);
  }
  std::string graph_of(std::string_view function) {
    ScriptFunction* found = unit_.find_function(function);
    verify(*found->graph());
    return print(*found->graph(), {.ranges = false});
  }
  // Defines one function named f.
  std::string emitted(std::string source) {
    define(std::move(source));
    return graph_of("f");
  }
  Error error_of(std::string source) {
    CompilationUnit unit(registry(), nullptr, 10);
    try {
      unit.define(std::make_shared<const SourceText>(std::move(source), "test.py"), "");
    } catch (const Error& error) {
      return error;
    }
    return Error(ErrorKind::kInternal, "no error");
  }
  const ClassType& class_of(std::string_view name) {
    return unit_.find_type(name)->expect<ClassType>();
  }

  CompilationUnit unit_{registry(), nullptr, 10};
};

TEST_F(ScriptEmit, KeepsNamesAndFillsDefaults) {
  EXPECT_EQ(emitted("def f(x: Tensor):\n  y = torch.flatten(x, 1)\n  return y\n"),
            "graph(%x : Tensor):\n"
            "  %1 : int = prim::Constant[value=1]()\n"
            "  %2 : int = prim::Constant[value=-1]()\n"
            "  %y : Tensor = aten::flatten(%x, %1, %2)\n"
            "  return (%y)\n");
  EXPECT_EQ(unit_.find_function("f")->schema().returns[0].type->annotation(), "Tensor");
}

TEST_F(ScriptEmit, CarriesVariablesOfLoopsInTheOrderOfTheirNames) {
  const std::string text = emitted(
      "def f(n: int) -> int:\n"
      "  b = 1\n"
      "  a = 2\n"
      "  same = 3\n"
      "  for i in range(n):\n"
      "    b = b + same\n"
      "    a, same = b, same\n"
      "    local = a\n"
      "  return a + b\n");
  EXPECT_THAT(text, HasSubstr("= prim::Loop(%n, %4, %a.1, %b.1)"));
  EXPECT_THAT(text, HasSubstr("block0(%i : int, %a.2 : int, %b.2 : int):"));
}

TEST_F(ScriptEmit, CompilesOnlyTheBranchThatTypesDecide) {
  const std::string text = emitted(
      "def f(x: Tensor, y: Optional[Tensor]) -> Tensor:\n"
      "  if x is None:\n"
      "    return no_such_function(x)\n"
      "  z = x if isinstance(x, Tensor) else missing\n"
      "  if y is not None:\n"
      "    z = z + y\n"
      "  return z\n");
  EXPECT_THAT(text, HasSubstr("%y : Tensor = prim::unchecked_cast(%y.1)"));
  EXPECT_THAT(text, Not(HasSubstr("isinstance")));
}

TEST_F(ScriptEmit, NarrowsAfterAnEarlyExit) {
  const std::string text = emitted(
      "def f(x: Optional[int], y: Union[int, str, None]) -> int:\n"
      "  if x is None or isinstance(y, str):\n"
      "    return 0\n"
      "  assert y is not None, \"y\"\n"
      "  return x + y\n");
  EXPECT_THAT(text, HasSubstr("aten::add(%x, %y)"));
  EXPECT_THAT(text, HasSubstr("prim::RaiseException"));
}

TEST_F(ScriptEmit, SinksTheRestBehindAnEarlyReturn) {
  EXPECT_EQ(emitted("def f(n: int) -> int:\n"
                    "  if n > 1:\n"
                    "    return 5\n"
                    "  return n\n"),
            "graph(%n : int):\n"
            "  %1 : int = prim::Constant[value=1]()\n"
            "  %2 : bool = aten::gt(%n, %1)\n"
            "  %4 : int = prim::If(%2)\n"
            "    block0():\n"
            "      %3 : int = prim::Constant[value=5]()\n"
            "      -> (%3)\n"
            "    block1():\n"
            "      -> (%n)\n"
            "  return (%4)\n");
}

TEST_F(ScriptEmit, NormalizesAliases) {
  const std::string text = emitted(
      "def f(x: Tensor, y: Tensor):\n"
      "  a = torch.clip(x, 0., 1.)\n"
      "  b = torch.rsub(a, y)\n"
      "  c = torch.multiply_(b, x)\n"
      "  return torch.swapaxes(c, 0, 1)\n");
  EXPECT_THAT(text, HasSubstr("aten::clamp(%x"));
  EXPECT_THAT(text, HasSubstr("aten::sub(%y, %a"));
  EXPECT_THAT(text, HasSubstr("aten::mul_(%b, %x)"));
  EXPECT_THAT(text, HasSubstr("aten::transpose(%c"));
}

TEST_F(ScriptEmit, ConvertsArguments) {
  const std::string text = emitted(
      "def f(x: Tensor, n: int):\n"
      "  a = x.view(2, n)\n"
      "  b = torch.max_pool2d(a, 2)\n"
      "  c = x + b.sum()\n"
      "  d = torch.transpose(c, c, 0)\n"
      "  e = 2 * d\n"
      "  return torch.mean(e, (0, 1))\n");
  EXPECT_THAT(text, HasSubstr("prim::ListConstruct(%2, %n)"));
  EXPECT_THAT(text, HasSubstr("aten::IntImplicit(%c)"));
  EXPECT_THAT(text, HasSubstr("aten::mul(%d"));
  EXPECT_EQ(unit_.find_function("f")->schema().returns[0].type->annotation(), "Tensor");
}

TEST_F(ScriptEmit, NamesMultipleResults) {
  const std::string text = emitted(
      "def f(x: Tensor) -> Tensor:\n"
      "  values, indices = torch.max(x, 1)\n"
      "  best = torch.max(x, dim=0)\n"
      "  return values + best.values\n");
  EXPECT_THAT(text, HasSubstr("%values : Tensor, %indices : Tensor = aten::max(%x"));
  EXPECT_THAT(text, HasSubstr("%best : NamedTuple(values : Tensor, indices : Tensor)"));
}

TEST_F(ScriptEmit, DeclaresClassesThatReferToEachOther) {
  define(
      "class Node:\n"
      "  next : Optional[q.Tree]\n"
      "  value : int\n"
      "  def __init__(self, value: int):\n"
      "    self.next = None\n"
      "    self.value = value\n"
      "class Tree:\n"
      "  root : q.Node\n"
      "  def get(self) -> int:\n"
      "    return self.root.value\n"
      "def make(n: int) -> int:\n"
      "  return Node(n).value\n",
      "q");
  EXPECT_EQ(class_of("q.Node").attributes()[0].type->annotation(), "Optional[q.Tree]");
  EXPECT_THAT(graph_of("q.make"), HasSubstr("prim::CreateObject()"));
  EXPECT_EQ(unit_.find_type("q.None"), nullptr);
}

TEST_F(ScriptEmit, DeclaresModules) {
  define(
      "class Child(Module):\n"
      "  __parameters__ = [\"weight\", ]\n"
      "  __buffers__ = [\"mean\", ]\n"
      "  weight : Tensor\n"
      "  mean : Tensor\n"
      "  training : bool\n"
      "  k : Final[List[int]] = [1, 2]\n"
      "  def forward(self, x: Tensor) -> Tensor:\n"
      "    return x * self.k[0] + self.weight\n"
      "class Net(Module):\n"
      "  __parameters__ = []\n"
      "  __buffers__ = []\n"
      "  __forward_hooks__ = [\"hook\", ]\n"
      "  __annotations__ = []\n"
      "  __annotations__[\"0\"] = Child\n"
      "  def forward(self, x: Tensor) -> Tensor:\n"
      "    if hasattr(self, \"gone\"):\n"
      "      return self.gone\n"
      "    return getattr(self, \"0\").forward(x, )\n"
      "  def hook(self, x: Tuple[Tensor], y: Tensor) -> Tensor:\n"
      "    return y\n"
      "def call(n: Net, x: Tensor) -> Tensor:\n"
      "  return n(x)\n");
  const ClassType& child = class_of("Child");
  EXPECT_TRUE(child.is_module());
  EXPECT_TRUE(child.attributes()[0].is_parameter);
  EXPECT_TRUE(child.attributes()[1].is_buffer);
  EXPECT_FALSE(child.attributes()[2].is_buffer);
  EXPECT_EQ(child.find_constant("k")->to_list().items.size(), 2u);
  const ClassType& net = class_of("Net");
  EXPECT_EQ(net.attributes()[0].name, "0");
  EXPECT_EQ(net.find_method("hook"), nullptr);
  ASSERT_NE(net.find_hook("hook"), nullptr);
  EXPECT_THAT(graph_of("call"), HasSubstr("prim::CallMethod[name=\"hook\"]"));
}

TEST_F(ScriptEmit, DeclaresEnumsTuplesAndInterfaces) {
  define(
      "class Color(Enum):\n"
      "  RED = 1\n"
      "  GREEN = 2\n"
      "class Pair(NamedTuple):\n"
      "  a : int\n"
      "  b : Optional[str] = None\n"
      "class Sized(Interface):\n"
      "  def size(self, k: int) -> int:\n"
      "    pass\n"
      "class Box:\n"
      "  def size(self, k: int) -> int:\n"
      "    return k\n"
      "def measure(s: Sized, c: Color=Color.GREEN) -> int:\n"
      "  return s.size(2) + c.value\n"
      "def f() -> Pair:\n"
      "  return Pair(measure(Box()))\n");
  EXPECT_EQ(unit_.find_type("Color")->expect<EnumType>().members().size(), 2u);
  const IValue& value = *unit_.find_function("measure")->schema().arguments[1].default_value;
  EXPECT_EQ(value.to_enum().name, "GREEN");
  EXPECT_THAT(graph_of("f"), HasSubstr("prim::CallFunction"));
  EXPECT_THAT(graph_of("measure"), HasSubstr("prim::EnumValue(%c)"));
}

TEST_F(ScriptEmit, CapturesWhatForkedFunctionsUse) {
  const std::string text = emitted(
      "def f(x: Tensor, n: int) -> Tensor:\n"
      "  y = x + n\n"
      "  def body():\n"
      "    return x * y\n"
      "  y = x\n"
      "  return torch.wait(fork(body)) + y\n");
  EXPECT_THAT(text, HasSubstr("Future[Tensor] = prim::fork_0(%x"));
  EXPECT_THAT(text, HasSubstr("with prim::fork_0 = graph(%x : Tensor"));
}

TEST_F(ScriptEmit, ReadsConstantsOfTheArchive) {
  unit_.set_constants({IValue(7), IValue("text")});
  EXPECT_THAT(emitted("def f():\n  return CONSTANTS.c1\n"), HasSubstr("value=\"text\""));
  EXPECT_THAT(error_of("def f():\n  return CONSTANTS.c9\n").message(), HasSubstr("out of range"));
}

TEST_F(ScriptEmit, GivesOldProgramsTheirMeaning) {
  CompilationUnit old(registry(), nullptr, 3);
  old.define(std::make_shared<const SourceText>("def f(x: Tensor, y: Tensor):\n"
                                                "  return torch.div(torch.gelu(x), y)\n",
                                                "old.py"),
             "");
  const std::string text = print(*old.find_function("f")->graph(), {.ranges = false});
  EXPECT_THAT(text, HasSubstr("value=\"trunc\""));
  EXPECT_THAT(text, HasSubstr("value=\"none\""));
  EXPECT_THAT(emitted("def f(x: Tensor, y: Tensor):\n  return torch.div(x, y)\n"),
              Not(HasSubstr("trunc")));
}

TEST_F(ScriptEmit, AdaptsEmptyLists) {
  const std::string text = emitted(
      "def f(x: Tensor):\n"
      "  a : List[int] = []\n"
      "  b = [a, []]\n"
      "  b.append([])\n"
      "  return torch.zeros([])\n");
  EXPECT_THAT(text, HasSubstr("%a : int[] = prim::ListConstruct()"));
  EXPECT_THAT(text, HasSubstr("int[][]"));
  define("def g():\n  return [[], 2]\n");
  EXPECT_EQ(unit_.find_function("g")->schema().returns[0].type->annotation(),
            "List[Union[List[Tensor], int]]");
}

TEST_F(ScriptEmit, NamesUnknownOperators) {
  const Error error = error_of("def f(x: Tensor):\n  return ops.mine.rotate(x)\n");
  EXPECT_EQ(error.kind(), ErrorKind::kUnimplemented);
  EXPECT_THAT(error.message(), HasSubstr("mine::rotate"));
  EXPECT_THAT(error.message(), HasSubstr("line 2"));
}

TEST_F(ScriptEmit, ListsOverloadsThatDoNotFit) {
  const std::string message =
      error_of("def f(x: Tensor):\n  return torch.add(x, \"a\")\n").message();
  EXPECT_THAT(message, HasSubstr("aten::add.Tensor(Tensor self, Tensor other"));
  EXPECT_THAT(message, HasSubstr("expected Tensor for argument 'other' but got str"));
}

TEST_F(ScriptEmit, ExplainsMistakes) {
  const auto expect = [this](std::string body, std::string_view part) {
    const Error error = error_of("def f(x: Tensor, n: int, o: Optional[Tensor]):\n" + body);
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidArgument) << error.message();
    EXPECT_THAT(error.message(), HasSubstr(std::string(part)));
  };
  expect("  return y\n", "unknown name 'y'");
  expect("  if n > 1:\n    y = 1\n  return y\n", "only one branch");
  expect("  for i in range(n):\n    y = 1\n  return y\n", "only the body of a loop");
  expect("  if n > 1:\n    y = 1\n  else:\n    y = \"a\"\n  return y\n", "after one branch");
  expect("  for i in range(n):\n    x = 1\n  return x\n", "has type Tensor in an enclosing block");
  expect("  return o.size()\n", "may be None");
  expect("  break\n", "outside of a loop");
  expect("  for i in (1, \"a\"):\n    break\n", "unrolled");
  expect("  global n\n", "global");
  expect("  a, b = (1, 2, 3)\n  return a\n", "expected 2 values");
  expect("  y : List[int] = [1.5]\n  return y\n", "expected int");
  expect("  return x.no_such_thing\n", "no attribute 'no_such_thing'");
  expect("  return x[True]\n", "cannot be indexed");
  expect("  return (1, \"a\")[n]\n", "known when compiling");
  expect("  return isinstance(x)\n", "isinstance()");
}

TEST_F(ScriptEmit, RefusesBrokenDeclarations) {
  const auto message = [this](std::string source) { return error_of(std::move(source)).message(); };
  EXPECT_THAT(message("class A(B):\n  pass\n"), HasSubstr("cannot inherit"));
  EXPECT_THAT(message("class A:\n  x : Missing\n"), HasSubstr("unknown type 'Missing'"));
  EXPECT_THAT(message("class A(NamedTuple):\n  x : A\n"), HasSubstr("contains itself"));
  EXPECT_THAT(message("class A(Enum):\n  X = 1\n  Y = \"a\"\n"), HasSubstr("one type"));
  EXPECT_THAT(message("class A:\n  x : int\n  x : int\n"), HasSubstr("twice"));
  EXPECT_THAT(message("def f(n: int):\n  return f(n)\n"), HasSubstr("calls itself"));
  EXPECT_THAT(message("def f(x: Tensor) -> int:\n  if bool(x):\n    return 1\n"),
              HasSubstr("without a return"));
}

TEST_F(ScriptEmit, BoundsTheNestingThatExitsCause) {
  const auto source = [](int count) {
    std::string text = "def f(n: int) -> int:\n";
    for (int i = 0; i < count; ++i) text += str_cat("  if n == ", i, ":\n    return ", i, "\n");
    return text + "  return n\n";
  };
  EXPECT_THAT(error_of(source(2000)).message(), HasSubstr("follow each other"));
  EXPECT_THAT(emitted(source(300)), HasSubstr("value=299"));
}

TEST_F(ScriptEmit, CallsNativeClassesThroughOperators) {
  EXPECT_THAT(emitted("def f(p: __torch__.torch.classes.quantized.Conv2dPackedParamsBase):\n"
                      "  return p.unpack()\n"),
              HasSubstr("quantized::conv2d_unpack(%p)"));
}

TEST_F(ScriptEmit, SurvivesLongChainsOfClasses) {
  std::string source;
  constexpr int kCount = 3000;
  for (int i = 0; i < kCount; ++i) {
    source += str_cat("class C", i, ":\n  next : Optional[C", i + 1, "]\n");
  }
  source += str_cat("class C", kCount, ":\n  pass\n");
  define(source);
  EXPECT_EQ(class_of("C0").attributes().size(), 1u);
}

}  // namespace
}  // namespace temper::ir
