#include "passes/match/match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/error.h"
#include "ir/graph/verifier.h"
#include "ir/text/text.h"
#include "kernels/ops/registry.h"

namespace temper {
namespace {

using testing::HasSubstr;
using testing::Not;

const OpRegistry& ops() {
  static const OpRegistry* const registry = [] {
    auto* r = new OpRegistry;
    add_all_operators(*r);
    seal_operators(*r);
    return r;
  }();
  return *registry;
}

// relu(x + k * y) becomes clamp(x, k): what that means does not matter here.
constexpr char kPattern[] = R"(graph(%x : Tensor, %y : Tensor, %k : Scalar):
  %sum : Tensor = aten::add(%x, %y, %k)
  %r : Tensor = aten::relu(%sum)
  return (%r))";
constexpr char kReplacement[] = R"(graph(%x : Tensor, %k : Scalar):
  %none : NoneType = prim::Constant()
  %c : Tensor = aten::clamp(%x, %k, %none)
  return (%c))";

std::string rewritten(const std::string& text, Rewrite::Condition condition = nullptr,
                      const char* pattern = kPattern, const char* replacement = kReplacement) {
  const auto graph = ir::parse_graph(text, ops());
  const std::string before = print(*graph);
  const Rewrite rewrite(pattern, replacement, ops(), std::move(condition));
  const bool changed = rewrite.apply(*graph, *graph->block());
  ir::verify(*graph);
  EXPECT_EQ(changed, print(*graph) != before);
  return print(*graph);
}

constexpr char kPlain[] = R"(graph(%a : Tensor, %b : Tensor):
  %two : int = prim::Constant[value=2]()
  %s : Tensor = aten::add(%a, %b, %two)
  %t : Tensor = aten::relu(%s)
  %u : Tensor = aten::neg(%t)
  return (%u))";

TEST(Match, ReplacesNodesByTheReplacement) {
  const std::string text = rewritten(kPlain);
  EXPECT_THAT(text, HasSubstr("aten::clamp(%a, %two, %none)"));
  EXPECT_THAT(text, HasSubstr("aten::neg(%c)"));
  EXPECT_THAT(text, Not(HasSubstr("aten::relu")));
  EXPECT_THAT(text, Not(HasSubstr("aten::add")));
}

TEST(Match, TellsWhatNamesStandFor) {
  bool asked = false;
  rewritten(kPlain, [&](const Match& match) {
    asked = true;
    EXPECT_EQ(match["x"]->name(), "a");
    EXPECT_EQ(match["sum"]->name(), "s");
    EXPECT_EQ(match.constant("k")->to_int(), 2);
    EXPECT_EQ(match.constant("x"), nullptr);
    return true;
  });
  EXPECT_TRUE(asked);
}

TEST(Match, ConditionsMayRefuse) {
  EXPECT_THAT(rewritten(kPlain, [](const Match&) { return false; }), HasSubstr("aten::relu"));
}

TEST(Match, ConstantsOfThePatternWantEqualConstants) {
  const char* const pattern = R"(graph(%x : Tensor, %y : Tensor):
  %k : int = prim::Constant[value=2]()
  %sum : Tensor = aten::add(%x, %y, %k)
  %r : Tensor = aten::relu(%sum)
  return (%r))";
  const char* const replacement =
      "graph(%x : Tensor):\n  %c : Tensor = aten::neg(%x)\n  return (%c)";
  const std::string text = kPlain;
  EXPECT_THAT(rewritten(text, nullptr, pattern, replacement), Not(HasSubstr("aten::relu")));
  for (const char* other : {"int = prim::Constant[value=3]", "float = prim::Constant[value=2.]"}) {
    std::string changed = text;
    changed.replace(changed.find("int = "), std::string("int = prim::Constant[value=2]").size(),
                    other);
    EXPECT_THAT(rewritten(changed, nullptr, pattern, replacement), HasSubstr("aten::relu"));
  }
}

TEST(Match, ValuesThatStandTwiceAreTheSame) {
  const char* const pattern = R"(graph(%x : Tensor, %k : Scalar):
  %r : Tensor = aten::add(%x, %x, %k)
  return (%r))";
  EXPECT_THAT(rewritten(kPlain, nullptr, pattern), HasSubstr("aten::add(%a, %b"));
  std::string same = kPlain;
  same.replace(same.find("%a, %b, %two"), 6, "%a, %a");
  EXPECT_THAT(rewritten(same, nullptr, pattern), HasSubstr("aten::clamp(%a"));
}

TEST(Match, OtherUsersOfInnerValuesSpoilIt) {
  std::string seen = kPlain;
  seen.replace(seen.find("neg(%t)"), 7, "neg(%s)");
  EXPECT_THAT(rewritten(seen), HasSubstr("aten::relu"));
  std::string returned = kPlain;
  returned.replace(returned.find("return (%u)"), 11, "return (%u, %s)");
  EXPECT_THAT(rewritten(returned), HasSubstr("aten::relu"));
}

TEST(Match, WritesToInputsOnTheWaySpoilIt) {
  const std::string head =
      "graph(%a : Tensor, %b : Tensor, %d : Tensor):\n"
      "  %two : int = prim::Constant[value=2]()\n"
      "  %s : Tensor = aten::add(%a, %b, %two)\n";
  const std::string tail = "  %t : Tensor = aten::relu(%s)\n  return (%t)";
  EXPECT_THAT(rewritten(head + "  %w : Tensor = aten::zero_(%a)\n" + tail), HasSubstr("relu"));
  // The two may be the same tensor.
  EXPECT_THAT(rewritten(head + "  %w : Tensor = aten::zero_(%d)\n" + tail), HasSubstr("relu"));
  EXPECT_THAT(rewritten(head + "  %w : Tensor = aten::zero_(%s)\n" + tail), HasSubstr("relu"));
  EXPECT_THAT(rewritten(head +
                        "  %o : Tensor = aten::neg(%d)\n"
                        "  %w : Tensor = aten::zero_(%o)\n" +
                        tail),
              Not(HasSubstr("relu")));
}

TEST(Match, NodesOfOneBlockOnly) {
  const std::string text = rewritten(R"(graph(%a : Tensor, %b : Tensor, %c : bool):
  %two : int = prim::Constant[value=2]()
  %s : Tensor = aten::add(%a, %b, %two)
  %r : Tensor = prim::If(%c)
    block0():
      %t : Tensor = aten::relu(%s)
      -> (%t)
    block1():
      %u : Tensor = aten::add(%b, %a, %two)
      %v : Tensor = aten::relu(%u)
      -> (%v)
  return (%r))");
  EXPECT_THAT(text, HasSubstr("%t : Tensor = aten::relu(%s)"));
  EXPECT_THAT(text, HasSubstr("aten::clamp(%b, %two"));
}

TEST(Match, PatternsHaveOneOutput) {
  EXPECT_THROW(Pattern("graph(%x : Tensor):\n  return (%x, %x)", ops()), Error);
}

}  // namespace
}  // namespace temper
