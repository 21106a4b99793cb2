#include "core/value/schema.h"

#include <gmock/gmock.h>

#include <fstream>

#include "core/base/error.h"
#include "core/value/containers.h"

namespace temper {
namespace {

TEST(SchemaTest, ReadsArgumentsDefaultsAndReturns) {
  const Schema s = parse_schema(
      "aten::conv2d(Tensor input, Tensor? bias=None, int[2] stride=1, *, ScalarType? dtype=None, "
      "float eps=1, str mode=\"same\") -> (Tensor values, Tensor indices)");
  EXPECT_EQ(s.name, "aten::conv2d");
  ASSERT_EQ(s.arguments.size(), 6u);
  EXPECT_EQ(s.arguments[1].type->ir_text(), "Tensor?");
  EXPECT_TRUE(s.arguments[1].default_value->is_none());
  EXPECT_EQ(s.arguments[2].fixed_size, 2);
  EXPECT_EQ(to_text(*s.arguments[2].default_value), "[1, 1]");
  EXPECT_FALSE(s.arguments[2].keyword_only);
  EXPECT_TRUE(s.arguments[3].keyword_only);
  EXPECT_EQ(s.arguments[3].type->ir_text(), "int?");
  EXPECT_EQ(s.arguments[3].written_type, "ScalarType?");
  EXPECT_TRUE(s.arguments[4].default_value->is_double());
  EXPECT_EQ(s.arguments[5].default_value->to_string(), "same");
  EXPECT_TRUE(s.returns_named());
  EXPECT_EQ(s.find_argument("eps"), 4);
  EXPECT_EQ(s.find_argument("none"), -1);
}

TEST(SchemaTest, ReadsAliasAnnotations) {
  const Schema s = parse_schema("aten::append.t(t[](a!) self, t(c -> *) el) -> t[](a!)");
  EXPECT_EQ(s.overload, "t");
  EXPECT_TRUE(s.arguments[0].is_write());
  EXPECT_EQ(s.arguments[1].alias->before, std::vector<std::string>{"c"});
  EXPECT_EQ(s.arguments[1].alias->after, std::vector<std::string>{"*"});
  EXPECT_TRUE(s.has_writes());
  const Schema list = parse_schema("aten::_foreach_add_(Tensor(a!)[] self) -> ()");
  EXPECT_FALSE(list.arguments[0].is_write());
  EXPECT_TRUE(list.arguments[0].alias->contained[0].is_write);
  EXPECT_TRUE(list.has_writes());
  const Schema either = parse_schema("aten::to(Tensor(a) self) -> Tensor(b|a)");
  EXPECT_EQ(either.returns[0].alias->before, (std::vector<std::string>{"b", "a"}));
  EXPECT_FALSE(either.has_writes());
}

TEST(SchemaTest, ReadsTuplesDictsAndVarargs) {
  const Schema items = parse_schema("aten::items.str(Dict(str, t) self) -> ((str, t)[])");
  ASSERT_EQ(items.returns.size(), 1u);
  EXPECT_EQ(items.returns[0].type->annotation(), "List[Tuple[str, t]]");
  EXPECT_TRUE(has_type_vars(items.returns[0].type));
  EXPECT_TRUE(parse_schema("aten::format(str self, ...) -> str").vararg);
  EXPECT_TRUE(parse_schema("prim::Unpack(Any x) -> ...").varret);
  EXPECT_TRUE(parse_schema("prim::f() -> ()").returns.empty());
  const std::string lone = "aten::f(int x) -> ((int, str))";
  EXPECT_EQ(parse_schema(lone).returns.size(), 1u);
  EXPECT_EQ(parse_schema(lone).text(), lone);
}

TEST(SchemaTest, RefusesBadText) {
  for (const char* text :
       {"aten::f", "aten::f(Tensor x", "aten::f(Tensor x) -> ", "aten::f(Foo x) -> ()",
        "aten::f(int x=abc) -> ()", "aten::f(Tensor x) -> Tensor )", "aten::f(Dict(int) d) -> ()",
        "aten::f(..., int x) -> ()", "aten::f(str s=\"a) -> ()"}) {
    EXPECT_THROW(parse_schema(text), Error) << text;
  }
}

TEST(SchemaTest, EveryKnownOperatorParsesAndPrintsBack) {
  std::ifstream file(TEMPER_SCHEMAS);
  ASSERT_TRUE(file.good());
  std::string line;
  int count = 0;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#') continue;
    ++count;
    std::string text, again;
    ASSERT_NO_THROW(text = parse_schema(line).text()) << line;
    ASSERT_NO_THROW(again = parse_schema(text).text()) << text;
    EXPECT_EQ(text, again) << line;
    EXPECT_EQ(text.substr(0, text.find('(')), line.substr(0, line.find('(')));
  }
  EXPECT_GT(count, 3000);
}

TEST(Schema, ABareMarkOfAWriteIsPrintedAsItWasRead) {
  const Schema schema = parse_schema("aten::f(Tensor! self, Tensor? b) -> Tensor");
  EXPECT_TRUE(schema.arguments[0].is_write());
  EXPECT_EQ(schema.text(), "aten::f(Tensor! self, Tensor? b) -> Tensor");
}

TEST(Schema, SizesOfListsAreSmallNumbers) {
  EXPECT_EQ(parse_schema("aten::f(int[3] x) -> ()").arguments[0].fixed_size, 3);
  EXPECT_THROW(parse_schema("aten::f(int[4294967295] x=0) -> ()"), Error);
  EXPECT_THROW(parse_schema("aten::f(int[3x] x=0) -> ()"), Error);
  EXPECT_THROW(parse_schema("aten::f(int[1] x=\"valid\") -> ()"), Error);
}

}  // namespace
}  // namespace temper
