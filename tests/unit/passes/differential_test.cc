// Random programs give the same answers before and after every pass: results, what they print, what
// they did to their inputs, and which results are the same object. Run twice, with the results of
// the first run overwritten, so that constants that leak out are noticed.

#include <gtest/gtest.h>

#include <cstring>
#include <optional>

#include "core/value/containers.h"
#include "ir/graph/verifier.h"
#include "ir/interp/interpreter.h"
#include "ir/text/text.h"
#include "kernels/ops/registry.h"
#include "passes/pass.h"
#include "tests/unit/passes/random_program.h"

namespace temper {
namespace {

const OpRegistry& ops() {
  static const OpRegistry* const registry = [] {
    auto* r = new OpRegistry;
    add_all_operators(*r);
    seal_operators(*r);
    return r;
  }();
  return *registry;
}

Tensor square(std::mt19937& random) {
  const Tensor t = empty({2, 2}, DType::kFloat32);
  for (int i = 0; i < 4; ++i) t.data<float>()[i] = static_cast<float>(random() % 9) - 4;
  return t;
}

std::vector<IValue> inputs_of(uint32_t seed) {
  std::mt19937 random(seed);
  const Tensor x = square(random);
  const Tensor y = random() % 3 ? square(random) : x;
  const IValue list = make_int_list({3, 1, 2});
  const IValue tensors = make_list(Type::tensor(), {IValue(random() % 2 ? x : square(random))});
  return {IValue(x),
          IValue(y),
          IValue(static_cast<int64_t>(random() % 4)),
          IValue(random() % 2 == 0),
          IValue(1.25),
          list,
          tensors};
}

// Values as text, with a number for each object in the order of first sight.
class Describer {
 public:
  void add(const IValue& value) {
    if (value.is_tensor()) {
      const Tensor tensor = value.to_tensor();
      text_ += "T" + identity(tensor.impl()) + "[";
      if (tensor.dtype() != DType::kFloat32) text_ += std::string(dtype_name(tensor.dtype()));
      const Tensor flat = to_dtype(tensor, DType::kFloat64).contiguous();
      for (int64_t i = 0; i < flat.numel(); ++i) text_ += str_cat(flat.data<double>()[i], " ");
      text_ += "]";
    } else if (value.is_list()) {
      text_ += "L" + identity(value.to_reference()) + "[";
      for (const IValue& item : value.to_list().items) add(item);
      text_ += "]";
    } else if (value.is_tuple()) {
      text_ += "(";
      for (const IValue& item : value.to_tuple().items) add(item);
      text_ += ")";
    } else {
      text_ += to_text(value) + " ";
    }
  }
  const std::string& text() const { return text_; }

 private:
  std::string identity(const void* object) {
    return std::to_string(seen_.emplace(object, seen_.size()).first->second);
  }
  std::map<const void*, size_t> seen_;
  std::string text_;
};

// Writes into everything that a caller was given.
void scribble(const IValue& value) {
  if (value.is_tensor()) {
    fill_zero(value.to_tensor());
  } else if (value.is_list()) {
    for (const IValue& item : value.to_list().items) scribble(item);
    value.to_list().items.clear();
  } else if (value.is_tuple()) {
    for (const IValue& item : value.to_tuple().items) scribble(item);
  }
}

// What a caller sees of two runs; nothing when the program raises.
std::optional<std::string> observe(const std::shared_ptr<ir::Graph>& graph, uint32_t seed) {
  Schema schema;
  schema.name = "program";
  for (const ir::Value* input : graph->inputs()) {
    Argument argument;
    argument.name = input->name();
    argument.type = input->type();
    schema.arguments.push_back(std::move(argument));
  }
  const auto function = make_ref<ir::ScriptFunction>("program", schema, graph);
  std::string all;
  for (int run = 0; run < 2; ++run) {
    RunContext context;
    context.print = [&](std::string_view text) { all += text; };
    context.max_steps = 100'000;
    std::vector<IValue> inputs = inputs_of(seed);
    IValue result;
    try {
      result = ir::run(*function, inputs, context);
    } catch (const Error&) {
      return std::nullopt;
    }
    Describer seen;
    seen.add(result);
    for (const IValue& input : inputs) seen.add(input);
    all += seen.text();
    scribble(result);
  }
  return all;
}

void expect_same(const std::string& text, uint32_t seed, int* compared) {
  const auto graph = ir::parse_graph(text, ops());
  ir::verify(*graph);
  const std::optional<std::string> expected = observe(graph->clone(), seed);
  const auto check = [&](const std::shared_ptr<ir::Graph>& changed, std::string_view name) {
    ir::verify(*changed);
    const std::optional<std::string> got = observe(changed->clone(), seed);
    if (!expected) return true;  // a pass may remove what raises
    ++*compared;
    EXPECT_EQ(got.value_or("raised"), *expected) << "seed " << seed << " after " << name << "\n"
                                                 << text << "became\n"
                                                 << print(*changed);
    return got == expected;
  };
  PassContext context(ops());
  for (const PassInfo& pass : all_passes()) {
    const auto copy = graph->clone();
    const bool changed = run_pass(pass, context, *copy);
    EXPECT_EQ(changed, print(*copy) != print(*graph)) << pass.name;
    if (!check(copy, pass.name)) return;
    const std::string once = print(*copy);
    EXPECT_FALSE(run_pass(pass, context, *copy)) << pass.name << " again\n" << text << once;
    EXPECT_EQ(print(*copy), once) << pass.name << " changed its own result";
  }
  const auto copy = graph->clone();
  run_pipeline(load_pipeline(), context, *copy);
  check(copy, "load pipeline");
}

TEST(Differential, RandomProgramsAgreeAfterEveryPass) {
  int compared = 0;
  const char* const only = std::getenv("TEMPER_SEED");
  const uint32_t first = only ? static_cast<uint32_t>(std::atoi(only)) : 1;
  const char* const count = std::getenv("TEMPER_PROGRAMS");
  const uint32_t programs = only ? 1 : count ? static_cast<uint32_t>(std::atoi(count)) : 1500;
  for (uint32_t seed = first; seed < first + programs; ++seed) {
    expect_same(RandomProgram(ops(), seed).text(), seed, &compared);
    if (HasFailure()) return;
  }
  if (!only) {
    EXPECT_GT(compared, static_cast<int>(programs));
  }
}

}  // namespace
}  // namespace temper
