#include "ir/graph/verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/value/containers.h"
#include "ir/graph/graph.h"

namespace temper::ir {

struct GraphTestAccess {
  static void forget_uses(Value* value) { value->uses_.clear(); }
  static void set_index(Value* value, uint32_t index) { value->index_ = index; }
};

namespace {

void expect_law(const Graph& graph, int law) {
  try {
    verify(graph);
    ADD_FAILURE() << "law " << law << " was not seen to be broken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInternal);
    EXPECT_THAT(error.message(), testing::StartsWith(str_cat("graph law ", law, " is broken")));
  }
}

struct Laws : testing::Test {
  Laws() {
    ops.add_schemas("aten::relu(Tensor self) -> Tensor\naten::add.int(int a, int b) -> int\n");
  }
  Node* op(const char* key, std::vector<Value*> inputs, std::vector<TypePtr> outputs) {
    return g.insert(g.create_op(ops.find(key), inputs, outputs));
  }
  Node* with_output(Kind kind, std::vector<Value*> inputs, TypePtr type) {
    Node* node = g.insert(g.create(kind, inputs));
    node->add_output(std::move(type));
    return node;
  }
  OpRegistry ops;
  Graph g;
  Value* t = g.add_input(Type::tensor(), "t");
  Value* n = g.add_input(Type::integer(), "n");
  Value* c = g.add_input(Type::boolean(), "c");
};

TEST_F(Laws, GoodGraphPasses) {
  Node* relu = op("aten::relu", {t}, {Type::tensor()});
  Node* loop = g.insert(g.create(Kind::kLoop, {n, c, relu->output()}));
  Block* body = loop->add_block();
  body->add_input(Type::integer());
  Value* carried = body->add_input(Type::tensor());
  body->add_output(c);
  body->add_output(carried);
  loop->add_output(Type::tensor());
  g.block()->add_output(loop->output());
  verify(g);
}

TEST_F(Laws, OneNodesAreLinked) {
  Node* branch = g.insert(g.create(Kind::kIf, {c}));
  branch->add_block();
  branch->add_block()->append(g.create(Kind::kParam));
  expect_law(g, 1);
}

TEST_F(Laws, TwoValuesKnowTheirProducer) {
  GraphTestAccess::set_index(n, 7);
  expect_law(g, 2);
}

TEST_F(Laws, ThreeUsesAreListed) {
  op("aten::relu", {t}, {Type::tensor()});
  GraphTestAccess::forget_uses(t);
  expect_law(g, 3);
}

TEST_F(Laws, FourInputsAreDefinedBefore) {
  Node* first = op("aten::relu", {t}, {Type::tensor()});
  Node* second = op("aten::relu", {first->output()}, {Type::tensor()});
  second->move_before(first);
  expect_law(g, 4);
}

TEST_F(Laws, FourValuesOfABlockEndWithIt) {
  Node* branch = g.insert(g.create(Kind::kIf, {c}));
  Node* relu = op("aten::relu", {t}, {Type::tensor()});
  op("aten::relu", {relu->output()}, {Type::tensor()});
  branch->add_block();
  branch->add_block();
  relu->move_before(branch->block_at(0)->ret());
  expect_law(g, 4);
}

TEST_F(Laws, FourInputsAreNotDestroyed) {
  Node* relu = g.create_op(ops.find("aten::relu"), {t}, {Type::tensor()});
  op("aten::relu", {relu->output()}, {Type::tensor()});
  expect_law(g, 4);
}

TEST_F(Laws, FiveValuesHaveTypes) {
  n->set_type(nullptr);
  expect_law(g, 5);
}

TEST_F(Laws, SixIdsAreUnique) {
  n->set_id(t->id());
  expect_law(g, 6);
}

TEST_F(Laws, SevenControlFlowHasItsShape) {
  Node* branch = g.insert(g.create(Kind::kIf, {c}));
  branch->add_block();
  expect_law(g, 7);
}

TEST_F(Laws, SevenConditionsAreBool) {
  Node* branch = g.insert(g.create(Kind::kIf, {n}));
  branch->add_block();
  branch->add_block();
  expect_law(g, 7);
}

TEST_F(Laws, SevenOnlyControlFlowHasBlocks) {
  op("aten::relu", {t}, {Type::tensor()})->add_block();
  expect_law(g, 7);
}

TEST_F(Laws, EightBlocksGiveTheOutputs) {
  Node* branch = g.insert(g.create(Kind::kIf, {c}));
  branch->add_block()->add_output(t);
  branch->add_block()->add_output(n);
  branch->add_output(Type::tensor());
  expect_law(g, 8);
}

TEST_F(Laws, EightLoopsCarryEqualTypes) {
  Node* loop = g.insert(g.create(Kind::kLoop, {n, c, t}));
  Block* body = loop->add_block();
  body->add_input(Type::integer());
  body->add_output(c);
  loop->add_output(Type::tensor());
  expect_law(g, 8);
}

TEST_F(Laws, NineOperatorsHaveTheirArguments) {
  op("aten::relu", {t, t}, {Type::tensor()});
  expect_law(g, 9);
}

TEST_F(Laws, TenOperandsFitTheSchema) {
  op("aten::add.int", {n, t}, {Type::integer()});
  expect_law(g, 10);
}

TEST_F(Laws, TenResultsFitTheSchema) {
  op("aten::add.int", {n, n}, {Type::string()});
  expect_law(g, 10);
}

TEST_F(Laws, ElevenCountsOfCoreNodes) {
  with_output(Kind::kUncheckedCast, {t, t}, Type::tensor());
  expect_law(g, 11);
}

TEST_F(Laws, TwelveConstantsFitTheirType) {
  g.insert_constant(IValue("text"), Type::integer());
  expect_law(g, 12);
}

TEST_F(Laws, TwelveNoneNeedsATypeThatAllowsIt) {
  g.insert_constant(IValue(), Type::integer());
  expect_law(g, 12);
}

TEST_F(Laws, TwelveConstantsAreData) {
  const auto future = make_ref<FutureValue>(Type::integer());
  g.insert_constant(IValue(future), Type::any());
  expect_law(g, 12);
}

TEST_F(Laws, TwelveNamesAreGiven) {
  with_output(Kind::kCallMethod, {t}, Type::tensor());
  expect_law(g, 12);
}

TEST_F(Laws, ThirteenContainersFitTheirElements) {
  with_output(Kind::kListConstruct, {t, n}, list_of(Type::tensor()));
  expect_law(g, 13);
}

TEST_F(Laws, ThirteenTuplesHaveTheirLength) {
  Node* tuple = with_output(Kind::kTupleConstruct, {t, n},
                            TupleType::make({Type::tensor(), Type::integer()}));
  verify(g);
  with_output(Kind::kTupleUnpack, {tuple->output()}, Type::tensor());
  expect_law(g, 13);
}

TEST_F(Laws, FourteenAttributesExist) {
  const auto type = ClassType::make("__torch__.M", true);
  type->add_attribute({"w", Type::tensor()});
  Value* self = g.add_input(type, "self");
  Node* get = with_output(Kind::kGetAttr, {self}, Type::tensor());
  get->set_attribute("name", IValue("w"));
  verify(g);
  get->set_attribute("name", IValue("missing"));
  expect_law(g, 14);
}

TEST_F(Laws, FifteenForksCaptureTheirInputs) {
  Node* fork = with_output(Kind::kFork, {t}, future_of(Type::tensor()));
  expect_law(g, 15);
  auto inner = std::make_shared<Graph>();
  fork->set_attribute("Subgraph", inner);
  expect_law(g, 15);
  inner->block()->add_output(inner->add_input(Type::tensor()));
  verify(g);
}

TEST_F(Laws, FifteenSubgraphsKeepTheLaws) {
  auto inner = std::make_shared<Graph>();
  inner->block()->add_output(inner->add_input(Type::tensor()));
  inner->insert(inner->create(Kind::kIf));
  with_output(Kind::kFork, {t}, future_of(Type::tensor()))->set_attribute("Subgraph", inner);
  expect_law(g, 7);
}

TEST_F(Laws, SixteenNestingIsBounded) {
  Block* block = g.block();
  for (int i = 0; i < 1100; ++i) {
    Node* branch = g.create(Kind::kIf, {c});
    block->append(branch);
    block = branch->add_block();
    branch->add_block();
  }
  expect_law(g, 16);
}

}  // namespace
}  // namespace temper::ir
