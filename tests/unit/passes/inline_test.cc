#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "core/value/class_type.h"
#include "ir/graph/verifier.h"
#include "ir/module/compilation_unit.h"
#include "ir/text/text.h"
#include "kernels/ops/registry.h"
#include "passes/pass.h"

namespace temper {
namespace {

using testing::HasSubstr;
using testing::Not;

// Functions and classes by name, as an archive would give them.
struct Inline : testing::Test, ir::NameSource {
  Inline() {
    add_all_operators(ops);
    seal_operators(ops);
  }
  ~Inline() override {
    for (auto& [name, type] : classes) type->clear_methods();
    for (auto& [name, function] : functions) function->clear();
  }

  TypePtr find_type(std::string_view name) const override {
    const auto interface = interfaces.find(name);
    if (interface != interfaces.end()) return interface->second;
    const auto found = classes.find(name);
    return found == classes.end() ? TypePtr() : TypePtr(found->second);
  }
  Ref<Function> find_function(std::string_view name) const override {
    const auto found = functions.find(name);
    return found == functions.end() ? Ref<Function>() : Ref<Function>(found->second);
  }

  Ref<ir::ScriptFunction> make(const std::string& name, const std::string& text) {
    Schema schema;
    schema.name = name;
    return make_ref<ir::ScriptFunction>(name, schema, ir::parse_graph(text, ops, this));
  }
  void function(const std::string& name, const std::string& text) {
    functions[name] = make(name, text);
  }
  std::string inlined(const std::string& text, size_t max_nodes = 1000) {
    const auto graph = ir::parse_graph(text, ops, this);
    PassContext context(ops);
    context.max_nodes = max_nodes;
    run_pass(*find_pass("inline"), context, *graph);
    ir::verify(*graph);
    return print(*graph);
  }

  OpRegistry ops;
  std::map<std::string, Ref<ir::ScriptFunction>, std::less<>> functions;
  std::map<std::string, Ref<ClassType>, std::less<>> classes;
  std::map<std::string, TypePtr, std::less<>> interfaces;
};

constexpr char kCallF[] = R"(graph(%x : Tensor):
  %f : Function = prim::Constant[name="m.f"]()
  %r : Tensor = prim::CallFunction(%f, %x)
  return (%r))";

TEST_F(Inline, FunctionsAreInlinedThroughAndThrough) {
  function("m.g", "graph(%a : Tensor):\n  %b : Tensor = aten::relu(%a)\n  return (%b)");
  function("m.f", R"(graph(%y : Tensor):
  %g : Function = prim::Constant[name="m.g"]()
  %z : Tensor = prim::CallFunction(%g, %y)
  %w : Tensor = aten::neg(%z)
  return (%w))");
  const std::string text = inlined(kCallF);
  EXPECT_THAT(text, HasSubstr("%z : Tensor = aten::relu(%x)"));
  EXPECT_THAT(text, HasSubstr("%r : Tensor = aten::neg(%z)"));
  EXPECT_THAT(text, Not(HasSubstr("CallFunction")));
  // The functions themselves stay as they were.
  EXPECT_THAT(print(*functions["m.f"]->graph()), HasSubstr("CallFunction"));
}

TEST_F(Inline, ArgumentsThatComeBackKeepTheirNames) {
  function("m.f", "graph(%y : Tensor):\n  return (%y)");
  EXPECT_THAT(inlined(kCallF), HasSubstr("return (%x)"));
}

TEST_F(Inline, MethodsAndHooksOfClassesAreInlined) {
  const auto type = ClassType::make("__torch__.M", true);
  classes["__torch__.M"] = type;
  type->add_method(make("__torch__.M.forward", R"(graph(%self : __torch__.M, %x : Tensor):
  %r : Tensor = aten::relu(%x)
  return (%r))"));
  type->add_hook(make("__torch__.M.hook", R"(graph(%self : __torch__.M, %x : Tensor):
  %r : Tensor = aten::neg(%x)
  return (%r))"));
  const std::string text = inlined(R"(graph(%self : __torch__.M, %x : Tensor):
  %a : Tensor = prim::CallMethod[name="forward"](%self, %x)
  %b : Tensor = prim::CallMethod[name="hook"](%self, %a)
  return (%b))");
  EXPECT_THAT(text, HasSubstr("%a : Tensor = aten::relu(%x)"));
  EXPECT_THAT(text, HasSubstr("%b : Tensor = aten::neg(%a)"));
}

TEST_F(Inline, InterfaceCallsStay) {
  interfaces["__torch__.I"] = InterfaceType::make("__torch__.I", true);
  EXPECT_THAT(inlined(R"(graph(%self : __torch__.I, %x : Tensor):
  %a : Tensor = prim::CallMethod[name="forward"](%self, %x)
  return (%a))"),
              HasSubstr("CallMethod"));
}

TEST_F(Inline, RecursionStopsAtTheCall) {
  functions["m.f"] = make_ref<ir::ScriptFunction>("m.f", Schema(), std::make_shared<ir::Graph>());
  functions["m.f"]->set_graph(ir::parse_graph(kCallF, ops, this));
  const std::string text = inlined(kCallF);
  EXPECT_THAT(text, HasSubstr("CallFunction"));
}

TEST_F(Inline, BodiesOfForksAndBlocksAreInlined) {
  function("m.f", "graph(%a : Tensor):\n  %b : Tensor = aten::relu(%a)\n  return (%b)");
  const std::string text = inlined(R"(graph(%x : Tensor, %c : bool):
  %w : Future[Tensor] = prim::fork_0(%x)
  %r : Tensor = prim::If(%c)
    block0():
      %f : Function = prim::Constant[name="m.f"]()
      %s : Tensor = prim::CallFunction(%f, %x)
      -> (%s)
    block1():
      -> (%x)
  return (%w, %r)
with prim::fork_0 = graph(%x : Tensor):
  %f : Function = prim::Constant[name="m.f"]()
  %r : Tensor = prim::CallFunction(%f, %x)
  return (%r)
)");
  EXPECT_THAT(text, Not(HasSubstr("CallFunction")));
  EXPECT_THAT(text, HasSubstr("%s : Tensor = aten::relu(%x)"));
  EXPECT_THAT(text, HasSubstr("%r : Tensor = aten::relu(%x)"));
}

// Each function calls the one before twice: the whole would have a million nodes.
TEST_F(Inline, GrowthIsBounded) {
  function("m.f0", "graph(%a : Tensor):\n  %b : Tensor = aten::relu(%a)\n  return (%b)");
  for (int i = 1; i <= 20; ++i) {
    function(str_cat("m.f", i), str_cat(R"(graph(%a : Tensor):
  %f : Function = prim::Constant[name="m.f)",
                                        i - 1, R"("]()
  %b : Tensor = prim::CallFunction(%f, %a)
  %c : Tensor = prim::CallFunction(%f, %b)
  return (%c))"));
  }
  functions["m.f"] = functions["m.f20"];
  const std::string text = inlined(kCallF, 2000);
  EXPECT_THAT(text, HasSubstr("CallFunction"));
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 2100);
}

}  // namespace
}  // namespace temper
