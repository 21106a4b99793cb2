#include <gtest/gtest.h>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/op/run_context.h"
#include "kernels/ops/registry.h"

namespace temper {
namespace {

TEST(Registry, KnowsEverySchema) {
  OpRegistry registry;
  add_all_operators(registry);
  EXPECT_GT(registry.all().size(), 3500u);
  const OpDef* add = registry.find("aten::add.Tensor");
  ASSERT_TRUE(add);
  EXPECT_EQ(add->schema().text(),
            "aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor");
  EXPECT_FALSE(add->writes());
  EXPECT_TRUE(registry.find("aten::add_.Tensor")->writes());
  EXPECT_TRUE(registry.find("aten::view")->may_alias());
  EXPECT_EQ(registry.overloads("aten::add")[0], add);
}

TEST(Registry, SchemaTextParsesBack) {
  OpRegistry registry;
  add_all_operators(registry);
  for (const OpDef* op : registry.all()) {
    const std::string text = op->schema().text();
    EXPECT_EQ(parse_schema(text).text(), text);
  }
}

void nothing(OpCall&) {}

TEST(Registry, DerivesInPlaceAndOutForms) {
  OpRegistry registry;
  add_all_operators(registry);
  if (!registry.find("aten::relu")->implemented()) {
    const OpRow rows[] = {{"aten::relu", nothing}};
    registry.add(rows);
  }
  registry.seal(nothing, nothing, nothing);
  EXPECT_EQ(registry.find("aten::relu_")->functional(), registry.find("aten::relu"));
  EXPECT_EQ(registry.find("aten::relu.out")->functional(), registry.find("aten::relu"));
}

// What is filled stands for the dtype, layout and device of a new tensor.
TEST(Registry, DerivesOutFormsOfFactories) {
  OpRegistry registry;
  registry.add_schemas(
      "aten::make(int[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, "
      "bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor\n"
      "aten::make.names(int[] size, *, str[]? names, ScalarType? dtype=None) -> Tensor\n"
      "aten::make.out(int[] size, *, MemoryFormat? memory_format=None, Tensor(a!) out) -> "
      "Tensor(a!)\n"
      "aten::make.names_out(int[] size, *, str[]? names, Tensor(a!) out) -> Tensor(a!)\n");
  const OpRow rows[] = {{"aten::make", nothing}};
  registry.add(rows);
  registry.seal(nothing, nothing, nothing);
  EXPECT_EQ(registry.find("aten::make.out")->functional(), registry.find("aten::make"));
  EXPECT_FALSE(registry.find("aten::make.names_out")->implemented());
}

TEST(Registry, MissingOperatorsWithoutResultsAreNotPure) {
  OpRegistry registry;
  registry.add_schemas("aten::backward(Tensor self) -> ()\naten::relu(Tensor self) -> Tensor\n");
  registry.seal(nothing, nothing, nothing);
  EXPECT_FALSE(registry.find("aten::backward")->pure());
  EXPECT_TRUE(registry.find("aten::relu")->pure());
}

TEST(Registry, DerivesCopiesOfViews) {
  OpRegistry registry;
  add_all_operators(registry);
  if (!registry.find("aten::select.int")->implemented()) {
    const OpRow rows[] = {{"aten::select.int", nothing}};
    registry.add(rows);
  }
  registry.seal(nothing, nothing, nothing);
  const OpDef* copy = registry.find("aten::select_copy.int");
  EXPECT_EQ(copy->functional(), registry.find("aten::select.int"));
  EXPECT_FALSE(copy->may_alias());
  EXPECT_EQ(registry.find("aten::select_copy.int_out")->functional(), copy);
}

TEST(Registry, RowsMustNameKnownOperators) {
  OpRegistry registry;
  const OpRow rows[] = {{"aten::no_such_operator", nothing}};
  EXPECT_THROW(registry.add(rows), Error);
}

TEST(Generator, DrawsLikeTheReference) {
  // torch.manual_seed(0); torch.randint(0, 2**32, (3,)) draws 32 bits each.
  GeneratorValue generator(0);
  EXPECT_EQ(generator.random(), 2357136044u);
  EXPECT_EQ(generator.random(), 2546248239u);
  EXPECT_EQ(generator.random(), 3071714933u);
}

}  // namespace
}  // namespace temper
