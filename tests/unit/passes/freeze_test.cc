#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/value/class_type.h"
#include "ir/graph/verifier.h"
#include "ir/text/text.h"
#include "kernels/ops/registry.h"
#include "passes/freeze/attributes.h"
#include "passes/pass.h"

namespace temper {
namespace {

using testing::HasSubstr;
using testing::Not;

// A module with a weight, a number and a list, and an inner module with a buffer that views the
// weight's memory.
struct Freeze : testing::Test, ir::NameSource {
  Freeze() {
    add_all_operators(ops);
    seal_operators(ops);
    inner_type->add_attribute({"buffer", Type::tensor()});
    type->add_attribute({"weight", Type::tensor()});
    type->add_attribute({"count", Type::integer()});
    type->add_attribute({"sizes", list_of(Type::integer())});
    type->add_attribute({"inner", inner_type});
    weight = zeros({2, 2}, DType::kFloat32);
    inner = make_ref<ObjectValue>(inner_type);
    inner->slots[0] = IValue(weight.view_as_shape({4}));
    self = make_ref<ObjectValue>(type);
    self->slots[0] = IValue(weight);
    self->slots[1] = IValue(int64_t{3});
    self->slots[2] = make_int_list({1, 2});
    self->slots[3] = IValue(inner);
  }
  TypePtr find_type(std::string_view name) const override {
    return name == "__torch__.M" ? TypePtr(type) : name == "__torch__.I" ? inner_type : TypePtr();
  }
  Ref<Function> find_function(std::string_view) const override { return {}; }

  std::shared_ptr<ir::Graph> parse(const std::string& body) const {
    return ir::parse_graph("graph(%self : __torch__.M, %x : Tensor):\n" + body, ops, this);
  }

  // The graph of the first body when the bodies are all methods.
  std::string frozen(const std::vector<std::string>& bodies) {
    std::vector<std::shared_ptr<ir::Graph>> graphs;
    for (const std::string& body : bodies) graphs.push_back(parse(body));
    const AttributeFacts facts(*self, graphs);
    PassContext context(ops);
    context.self = self.get();
    context.attributes = &facts;
    run_pass(*find_pass("freeze"), context, *graphs[0]);
    ir::verify(*graphs[0]);
    EXPECT_FALSE(run_pass(*find_pass("freeze"), context, *graphs[0]));
    return print(*graphs[0]);
  }

  OpRegistry ops;
  Ref<ClassType> inner_type = ClassType::make("__torch__.I", true);
  Ref<ClassType> type = ClassType::make("__torch__.M", true);
  Tensor weight;
  Ref<ObjectValue> inner, self;
};

constexpr char kReads[] = R"(  %w : Tensor = prim::GetAttr[name="weight"](%self)
  %n : int = prim::GetAttr[name="count"](%self)
  %l : int[] = prim::GetAttr[name="sizes"](%self)
  %i : __torch__.I = prim::GetAttr[name="inner"](%self)
  %b : Tensor = prim::GetAttr[name="buffer"](%i)
  %r : Tensor = aten::add(%w, %x, %n)
  %v : Tensor = aten::view(%b, %l)
  return (%r, %v))";

std::string reads(std::string_view name) { return "GetAttr[name=\"" + std::string(name) + "\"]"; }

TEST_F(Freeze, WhatNobodyWritesIsConstant) {
  const std::string text = frozen({kReads});
  for (const char* name : {"weight", "count", "sizes", "buffer"}) {
    EXPECT_THAT(text, Not(HasSubstr(reads(name))));
  }
  EXPECT_THAT(text, HasSubstr("int = prim::Constant[value=3]"));
}

TEST_F(Freeze, StoresOfAnyMethodKeepTheAttribute) {
  const std::string text = frozen({kReads, R"(  %one : int = prim::Constant[value=1]()
   = prim::SetAttr[name="count"](%self, %one)
  return (%x))"});
  EXPECT_THAT(text, HasSubstr(reads("count")));
  EXPECT_THAT(text, Not(HasSubstr(reads("weight"))));
}

TEST_F(Freeze, WritesInPlaceKeepAllThatShareTheMemory) {
  const std::string text = frozen({kReads, R"(  %w : Tensor = prim::GetAttr[name="weight"](%self)
  %zero : int = prim::Constant[value=0]()
  %row : Tensor = aten::select(%w, %zero, %zero)
  %z : Tensor = aten::zero_(%row)
  return (%x))"});
  EXPECT_THAT(text, HasSubstr(reads("weight")));
  EXPECT_THAT(text, HasSubstr(reads("buffer")));
  EXPECT_THAT(text, Not(HasSubstr(reads("count"))));
}

TEST_F(Freeze, ListsThatGrowStay) {
  const std::string text = frozen({kReads, R"(  %l : int[] = prim::GetAttr[name="sizes"](%self)
  %one : int = prim::Constant[value=1]()
  %m : int[] = aten::append(%l, %one)
  return (%x))"});
  EXPECT_THAT(text, HasSubstr(reads("sizes")));
  EXPECT_THAT(text, Not(HasSubstr(reads("weight"))));
}

TEST_F(Freeze, ModulesThatAreExchangedAreNotSeenThrough) {
  const std::string text =
      frozen({kReads, R"(  %i : __torch__.I = prim::GetAttr[name="inner"](%self)
   = prim::SetAttr[name="inner"](%self, %i)
  return (%x))"});
  EXPECT_THAT(text, HasSubstr(reads("inner")));
  EXPECT_THAT(text, HasSubstr(reads("buffer")));
  EXPECT_THAT(text, Not(HasSubstr(reads("weight"))));
}

TEST_F(Freeze, UnknownCodeThatGetsTheModuleMayWriteAll) {
  const std::string text =
      frozen({kReads, R"(  %y : Tensor = prim::CallMethod[name="other"](%self, %x)
  return (%y))"});
  for (const char* name : {"weight", "count", "sizes", "buffer"}) {
    EXPECT_THAT(text, HasSubstr(reads(name)));
  }
}

TEST_F(Freeze, BodiesOfForksAreFrozenToo) {
  const std::string text = frozen({R"(  %f : Future[Tensor] = prim::fork_0(%self)
  return (%f)
with prim::fork_0 = graph(%self : __torch__.M):
  %w : Tensor = prim::GetAttr[name="weight"](%self)
  return (%w)
)"});
  EXPECT_THAT(text, Not(HasSubstr(reads("weight"))));
}

}  // namespace
}  // namespace temper
