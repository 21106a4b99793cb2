// Programs in the source dialect, run by the interpreter. The expected results are PyTorch's.

#include <gtest/gtest.h>

#include <thread>

#include "core/base/error.h"
#include "core/value/containers.h"
#include "ir/interp/interpreter.h"
#include "ir/module/compilation_unit.h"
#include "ir/script/source.h"
#include "kernels/ops/registry.h"

namespace temper::ir {
namespace {

const OpRegistry& registry() {
  static const OpRegistry* ops = [] {
    auto* made = new OpRegistry;
    add_all_operators(*made);
    return made;
  }();
  return *ops;
}

// Runs `main` of the source; its text is the answer.
std::string answer(std::string source) {
  CompilationUnit unit(registry(), nullptr, 10);
  unit.define(std::make_shared<const SourceText>(std::move(source), "program.py"), "");
  RunContext context;
  try {
    return to_text(run(*unit.find_function("main"), {}, context));
  } catch (const Error& error) {
    return "error: " + error.message();
  }
}

TEST(ScriptRun, LeavesNestedLoops) {
  EXPECT_EQ(answer(R"(
def main() -> str:
  c = 0
  out: List[int] = []
  for i in range(10):
    j = 0
    while j < i:
      j += 1
      if j == 2:
        continue
      if j * i > 30:
        break
      if c > 60:
        return str(out) + " early " + str(c)
      c += j
    out.append(c)
  return str(out)
)"),
            "[0, 1, 2, 6, 14, 27, 40, 48, 52, 56]");
}

TEST(ScriptRun, ReturnsFromLoopsAndBranches) {
  EXPECT_EQ(answer(R"(
def helper(x: Optional[int], y: int=4) -> int:
  if x is None:
    return -1
  if x > y:
    x = x - y
  elif x == y:
    return 100
  z = 0
  for k in range(x):
    if k == 3:
      return z * 1000
    z += k
  return z + x
def main() -> str:
  return str([helper(None), helper(9), helper(4), helper(2), helper(5, 1), helper(y=9, x=3)])
)"),
            "[-1, 3000, 100, 3, 3000, 6]");
}

TEST(ScriptRun, IteratesOverEverything) {
  EXPECT_EQ(answer(R"(
def main() -> str:
  s = 0
  xs = [1, 2, 3, 4, 15, 6]
  for i, x in enumerate(xs):
    if x % 2 == 0:
      continue
    elif x > 10:
      break
    s += x * i
  for a, b in zip(xs, xs[1:]):
    s += a - b
  for k in range(10, 0, -3):
    s = s * 2 + k
  for e, (p, q) in enumerate([(1, 2), (3, 4)], 5):
    s += e * p + q
  for t in (1, 2, 3):
    s += t
  d = {"a": 1, "b": 2}
  for key in d:
    s += d[key]
  return str(s)
)"),
            "171");
}

TEST(ScriptRun, SetsOptionalVariablesWhereTheyAreNone) {
  EXPECT_EQ(answer(R"(
def main() -> str:
  x: Optional[int] = None
  xs: List[Optional[int]] = [1, None, 3]
  t = 0
  for i, v in enumerate(xs):
    if x is None:
      if i == 1:
        x = i * 10
    else:
      x += 1
    if v is not None and v > 1:
      t += v
    elif v is None:
      t += 100
  y = -1 if x is None else x
  return str(y) + " " + str(t)
)"),
            "11 103");
}

TEST(ScriptRun, Comprehends) {
  EXPECT_EQ(answer(R"(
def main() -> str:
  xs = [1, 2, 3]
  d = {"a": 1, "b": 2}
  e = {k: v * 2 for k, v in d.items()}
  f = [[i * j for j in range(i)] for i in xs]
  g = [c for c in "hey"]
  u = [q + 1 for q in (1, 2, 3)]
  return str(e) + str(f) + str(g) + str(u) + str(list(range(3)))
)"),
            "{a: 2, b: 4}[[0], [0, 2], [0, 3, 6]][h, e, y][2, 3, 4][0, 1, 2]");
}

TEST(ScriptRun, ComputesNumbers) {
  EXPECT_EQ(answer(R"(
def main() -> str:
  a = 7
  b = 2.5
  c = a // 2 + a % 3 - -a ** 2
  d = 1e3 if a > 2 and b < 3.0 or a == 0 else float("inf")
  e = int(b) << 2 | a & 3 ^ 1
  a += 3
  a <<= 1
  b /= 2
  return str([float(c), d, float(e), float(a), b]) + str(True or False and False) + str(017)
)"),
            "[53., 1000., 10., 20., 1.25]False15");
}

TEST(ScriptRun, TellsUnionsApart) {
  EXPECT_EQ(answer(R"(
def kind(x: Any) -> str:
  if isinstance(x, List[int]):
    return "ints"
  if isinstance(x, (int, float)):
    return "num"
  if not isinstance(x, str):
    return "other"
  return x
def uni(x: Union[int, str, List[int]]) -> str:
  if isinstance(x, int):
    return "i" + str(x + 1)
  elif isinstance(x, str):
    return "s" + x.upper()
  else:
    x.append(7)
    return "l" + str(x)
def main() -> str:
  return kind([1]) + kind(3) + kind("q") + kind([1.0]) + uni(3) + uni("a") + uni([1])
)"),
            "intsnumqotheri4sAl[1, 7]");
}

TEST(ScriptRun, CallsMethodsOfClasses) {
  EXPECT_EQ(answer(R"(
class Acc:
  total : int
  names : List[str]
  def __init__(self, start: int=3):
    self.total = start
    self.names = []
  def __add__(self, o: int) -> int:
    return self.total + o
  def __len__(self) -> int:
    return self.total
  def __contains__(self, k: str) -> bool:
    return k in self.names
  def __getitem__(self, i: int) -> str:
    return self.names[i]
  def __setitem__(self, i: int, v: str) -> None:
    self.names[i] = v
  def __iadd__(self, o: int) -> Acc:
    self.total += o
    return self
class Shape(Interface):
  def area(self, k: int) -> int:
    pass
class Square:
  side : int
  def __init__(self, side: int):
    self.side = side
  def area(self, k: int) -> int:
    return self.side * self.side * k
def measure(s: Shape) -> int:
  return s.area(2)
def main() -> str:
  a = Acc()
  a.names.append("q")
  a[0] = a[0] + "z"
  a += 4
  found = "qz" in a
  return str(a + 1) + str(len(a)) + str(found) + str(measure(Square(3)))
)"),
            "87True18");
}

TEST(ScriptRun, LeavesWithStatementsOnEveryPath) {
  EXPECT_EQ(answer(R"(
class Log:
  lines : List[str]
  def __init__(self):
    self.lines = []
  def __enter__(self) -> int:
    self.lines.append("enter")
    return 5
  def __exit__(self, a: Any, b: Any, c: Any) -> None:
    self.lines.append("exit")
def inside(log: Log, n: int) -> int:
  total = 0
  for i in range(n):
    with log as five:
      if i == 1:
        continue
      if i == 3:
        return total
      total += five
    log.lines.append(str(i))
  return -1
def main() -> str:
  log = Log()
  r = inside(log, 2), inside(log, 9)
  return str(r) + ",".join(log.lines)
)"),
            "(-1, 10)enter,exit,0,enter,exit,enter,exit,0,enter,exit,enter,exit,2,enter,exit");
}

TEST(ScriptRun, ForksClosuresAndFunctions) {
  EXPECT_EQ(answer(R"(
def square(n: int) -> int:
  return n * n
def main() -> str:
  x = 4
  def body() -> int:
    return x + 1
  x = 100
  a = fork(body)
  b = fork(square, 3)
  return str(torch.wait(a)) + str(torch.wait(b))
)"),
            "59");
}

TEST(ScriptRun, BoundsForks) {
  CompilationUnit unit(registry(), nullptr, 10);
  unit.define(std::make_shared<const SourceText>(R"(
def spin(n: int) -> int:
  while n >= 0:
    n = (n + 1) % 1000
  return n
def many() -> int:
  n = 0
  for i in range(1000000):
    n += torch.wait(fork(spin, i))
  return n
def abandoned() -> int:
  for i in range(1000000):
    f = fork(spin, i)
  return 1
def deeper(n: int) -> int:
  return torch.wait(fork(deeper, n + 1))
def deep() -> int:
  return deeper(0)
)",
                                                 "program.py"),
              "");
  const auto error_of = [&](const char* name) -> std::string {
    RunContext context;
    context.max_steps = 20000;
    try {
      run(*unit.find_function(name), {}, context);
      return "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kResourceExhausted);
      return error.message();
    }
  };
  EXPECT_NE(error_of("many").find("steps"), std::string::npos);
  EXPECT_NE(error_of("abandoned").find("steps"), std::string::npos);
  EXPECT_NE(error_of("deep").find("nested script calls"), std::string::npos);
}

TEST(ScriptRun, BoundsChainsOfUnknownResults) {
  std::string source;
  for (int i = 0; i < 20000; ++i) source += str_cat("def f", i, "():\n  return f", i + 1, "()\n");
  source += "def f20000():\n  return 1\n";
  CompilationUnit unit(registry(), nullptr, 10);
  unit.declare(std::make_shared<const SourceText>(std::move(source), "program.py"), "");
  EXPECT_THROW(unit.find_function("f0")->graph(), Error);
  EXPECT_NO_THROW(unit.find_function("f19990")->graph());
}

TEST(ScriptRun, CompilesOnFirstUseFromManyThreads) {
  constexpr int kFunctions = 40;
  std::string source = "class Pair(NamedTuple):\n  a : int\n  b : int\n";
  for (int i = 0; i < kFunctions; ++i) {
    source += str_cat("def f", i, "(x: int):\n  p = Pair(x, ", i, ")\n");
    source += i == 0 ? "  return p.a\n" : str_cat("  return f", i / 2, "(p.a) + p.b\n");
  }
  CompilationUnit unit(registry(), nullptr, 10);
  unit.declare(std::make_shared<const SourceText>(std::move(source), "program.py"), "");
  std::vector<int64_t> sums(8);
  std::vector<std::thread> threads;
  for (int64_t& sum : sums) {
    threads.emplace_back([&] {
      for (int i = 0; i < kFunctions; ++i) {
        RunContext context;
        sum += run(*unit.find_function(str_cat("f", i)), {IValue(1)}, context).to_int();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int64_t sum : sums) EXPECT_EQ(sum, sums[0]);
  EXPECT_EQ(sums[0], 1500);
}

TEST(ScriptRun, Raises) {
  EXPECT_EQ(answer("def main() -> int:\n  x = 3\n  assert x > 5, \"x is {}\".format(x)\n"
                   "  return x\n"),
            "error: AssertionError: x is 3");
  EXPECT_EQ(answer("def main() -> int:\n  a, b = [1, 2, 3]\n  return a\n"),
            "error: Expected 2 elements in a list but found 3");
}

}  // namespace
}  // namespace temper::ir
