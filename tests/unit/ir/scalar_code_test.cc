// Programs of numbers and control flow, which the interpreter runs in a form of their own.

#include <gtest/gtest.h>

#include <atomic>

#include "core/base/error.h"
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

class Program {
 public:
  explicit Program(std::string source) : unit_(registry(), nullptr, 10) {
    unit_.define(std::make_shared<const SourceText>(std::move(source), "program.py"), "");
  }
  ScriptFunction& main() { return *unit_.find_function("main"); }
  std::string answer(std::vector<IValue> args = {}) {
    RunContext context;
    return to_text(run(main(), std::move(args), context));
  }
  std::string error(RunContext& context, std::vector<IValue> args = {}) {
    try {
      run(main(), std::move(args), context);
    } catch (const Error& error) {
      return error.message() + error.traceback();
    }
    return "";
  }

 private:
  CompilationUnit unit_;
};

TEST(ScalarCode, HandsVariablesAround) {
  EXPECT_EQ(Program(R"(
def main() -> str:
  a = 0
  b = 1
  c = 7
  d = 100
  for i in range(10):
    old = a
    a = b
    b = old + b
    if b % 2 == 0:
      c = c + a
    elif b % 3 == 0:
      e = c
      c = d - b
      d = e
    else:
      d = d - i
  return str([a, b, c, d])
)")
                .answer(),
            "[55, 89, 0, 85]");
}

TEST(ScalarCode, NestsLoopsOverTheirOwnVariables) {
  EXPECT_EQ(Program(R"(
def main() -> str:
  total = 1
  last = 0
  for i in range(4):
    for j in range(total):
      total = total + j
      last = total
      if last > 40:
        total = total - 7
    go = total < 60
    while go:
      total = total + 3
      go = total % 5 != 0
  return str([total, last])
)")
                .answer(),
            "[434757, 434764]");
}

TEST(ScalarCode, ComparesWhatIsNoNumber) {
  EXPECT_EQ(Program(R"(
def main(x: float) -> str:
  c = 0
  if x < 1.0:
    c = c + 1
  if x >= 1.0:
    c = c + 2
  if x != x:
    c = c + 4
  if not x == x:
    c = c + 8
  while x > 0.0:
    c = c + 100
  return str(c)
)")
                .answer({IValue(std::numeric_limits<double>::quiet_NaN())}),
            "12");
}

TEST(ScalarCode, ComputesWithEveryInstruction) {
  EXPECT_EQ(Program(R"(
def main(a: int, b: int, x: float) -> str:
  ints = [a + b, a - b, a * b, a // b, a % b, -a, a & b, a | b, a ^ b, a << 3, a >> 1, min(a, b), max(a, b), abs(a)]
  floats = [x + 2.0, x - 2.0, x * 2.0, x / 2.0, -x, a / b, float(a)]
  bools = [a == b, a != b, a < b, a <= b, a > b, a >= b, x == 2.5, x != 2.5, x < 2.0, x <= 2.5, x > 2.0, x >= 3.0, not (a < b), bool(a), bool(x)]
  return str(ints) + str(floats) + str(bools) + str([int(x), int(a < b)])
)")
                .answer({IValue(-7), IValue(3), IValue(2.5)}),
            "[-4, -10, -21, -3, 2, 7, 1, -5, -6, -56, -4, -7, 3, 7]"
            "[4.5, 0.5, 5., 1.25, -2.5, -2.3333333333333335, -7.]"
            "[False, True, True, True, False, False, True, False, False, True, True, False, False, "
            "True, True][2, 1]");
}

constexpr const char* kCount = R"(
def main(n: int) -> int:
  total = 0
  for i in range(n):
    total = total + i
  return total
)";

TEST(ScalarCode, CountsEveryIteration) {
  Program program(kCount);
  for (const int64_t limit : {1, 15, 16, 17, 300, 5000}) {
    RunContext context;
    context.max_steps = limit;
    EXPECT_EQ(program.error(context, {IValue(limit)}), "") << limit;
    RunContext less;
    less.max_steps = limit;
    EXPECT_NE(program.error(less, {IValue(limit + 1)}).find("steps"), std::string::npos) << limit;
  }
}

TEST(ScalarCode, StopsWhenAsked) {
  Program program("def main() -> int:\n  n = 0\n  while True:\n    n = n + 1\n  return n\n");
  RunContext late;
  late.deadline = RunContext::Clock::now() + std::chrono::milliseconds(20);
  EXPECT_NE(program.error(late).find("deadline"), std::string::npos);
  const std::atomic<bool> cancelled = true;
  RunContext unwanted;
  unwanted.cancelled = &cancelled;
  EXPECT_NE(program.error(unwanted).find("cancelled"), std::string::npos);
}

TEST(ScalarCode, NamesTheLineThatFails) {
  Program program(R"(
def main(n: int) -> int:
  total = 0
  for i in range(n):
    total = total + i
    total = total % (3 - i)
  return total
)");
  RunContext context;
  const std::string error = program.error(context, {IValue(9)});
  EXPECT_NE(error.find("modulo by zero"), std::string::npos) << error;
  EXPECT_NE(error.find("total % (3 - i)"), std::string::npos) << error;
}

TEST(ScalarCode, CopiesNothingInLoops) {
  Program program(R"(
def main(n: int) -> int:
  total = 0
  for i in range(n):
    if i % 15 == 0:
      total += 15
    elif i % 5 == 0:
      total += 5
    else:
      total += i
  return total
)");
  const std::string code = print_code(program.main());
  const std::string loop = code.substr(code.find("loop_enter"));
  EXPECT_EQ(loop.find("copy"), std::string::npos) << code;
  EXPECT_EQ(loop.find("jump_if_false"), std::string::npos) << code;
  EXPECT_NE(loop.find("jump_unless aten::eq"), std::string::npos) << code;
}

// Quotient and rest of every number by a divisor that the program spells out, and whether there is
// a rest.
TEST(ScalarCode, DividesByConstants) {
  const std::vector<int64_t> numbers = {
      0,  1,  2,          6,          7,          14,         999,         1000003,   -1,
      -7, -8, 4294967294, 4294967295, 4294967296, 4294967297, -4294967296, INT64_MAX, INT64_MIN};
  for (const int64_t by : {1l, 2l, 3l, 7l, 16l, 641l, 1000003l, 2147483648l, 4294967291l,
                           4294967295l, 4294967296l, 6700417000l, -1l, -3l}) {
    Program program(str_cat(
        "def main(n: int) -> str:\n  last = 0\n  for i in range(1):\n    if n % ", by,
        " == 0:\n      last = 1\n    rest = n % ", by,
        "\n    last = last + rest * 2\n  return str([n // ", by, ", n % ", by, ", last])\n"));
    for (const int64_t n : numbers) {
      const __int128 wide = n;
      __int128 rest = wide % by;
      if (rest != 0 && (rest < 0) != (by < 0)) rest += by;
      const auto quotient = static_cast<int64_t>((wide - rest) / by);
      const auto whole = static_cast<int64_t>(rest);
      EXPECT_EQ(program.answer({IValue(n)}),
                str_cat("[", quotient, ", ", whole, ", ", (whole == 0 ? 1 : 0) + whole * 2, "]"))
          << n << " by " << by;
    }
  }
}

}  // namespace
}  // namespace temper::ir
