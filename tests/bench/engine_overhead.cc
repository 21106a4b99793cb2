// Cost of the engine itself: calling an empty method, and one iteration of a scripted loop around a
// tensor addition of one element or around scalar arithmetic. Prints medians in nanoseconds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "core/op/run_context.h"
#include "core/value/function.h"
#include "ir/interp/interpreter.h"
#include "ir/script/source.h"
#include "server/engine/runtime.h"

namespace temper {
namespace {

constexpr const char* kProgram = R"(
def empty(x: Tensor) -> Tensor:
  return x

def tensor_loop(x: Tensor, n: int) -> Tensor:
  y = x
  for i in range(n):
    y = torch.add(y, x)
  return y

def scalar_loop(n: int) -> int:
  total = 0
  for i in range(n):
    total = torch.add(total, torch.mul(i, 3))
  return total
)";

// Median nanoseconds per unit of `units` over `runs` calls.
template <class Body>
double measure(int runs, double units, Body&& body) {
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) {
    const auto start = std::chrono::steady_clock::now();
    body();
    const std::chrono::duration<double, std::nano> elapsed =
        std::chrono::steady_clock::now() - start;
    times.push_back(elapsed.count() / units);
  }
  std::nth_element(times.begin(), times.begin() + runs / 2, times.end());
  return times[static_cast<size_t>(runs / 2)];
}

void report(const char* what, double nanoseconds, double limit) {
  std::printf("%-48s %10.1f ns   bar %8.1f ns   %s\n", what, nanoseconds, limit,
              nanoseconds <= limit ? "met" : "MISSED");
}

void run_all() {
  Runtime runtime;
  ir::CompilationUnit unit(
      runtime.ops(), [](std::string_view) -> const ir::SourceFile* { return nullptr; }, 10);
  unit.define(std::make_shared<ir::SourceText>(kProgram, "bench.py"), "__torch__");
  ir::ScriptFunction& empty = *unit.find_function("__torch__.empty");
  ir::ScriptFunction& tensor_loop = *unit.find_function("__torch__.tensor_loop");
  ir::ScriptFunction& scalar_loop = *unit.find_function("__torch__.scalar_loop");
  const Tensor x = full({1}, 1.0, DType::kFloat32);
  RunContext context;
  constexpr int kCalls = 1000, kIterations = 100000;
  report("call of an empty method",
         measure(201, kCalls,
                 [&] {
                   for (int i = 0; i < kCalls; ++i) ir::run(empty, {x}, context);
                 }),
         1000);
  report("one-element add in a scripted loop, per iteration",
         measure(21, kIterations,
                 [&] {
                   ir::run(tensor_loop, {x, kIterations}, context);
                 }),
         150);
  report("scalar multiply-add in a loop, per iteration",
         measure(21, kIterations, [&] { ir::run(scalar_loop, {kIterations}, context); }), 50);
}

}  // namespace
}  // namespace temper

int main() {
  temper::run_all();
  return 0;
}
