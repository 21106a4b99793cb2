#include "ir/graph/graph.h"

#include <gtest/gtest.h>

#include "ir/graph/verifier.h"

namespace temper::ir {
namespace {

TEST(Graph, NewestOwnerKeepsTheName) {
  Graph g;
  Value* first = g.add_input(Type::tensor(), "x.1");
  Value* second = g.add_input(Type::tensor(), "x.1");
  Value* third = g.add_input(Type::tensor(), "x");
  EXPECT_EQ(first->name(), "x.2");
  EXPECT_EQ(second->name(), "x.1");
  Value* fourth = g.add_input(Type::tensor(), "x");
  EXPECT_EQ(third->name(), "x.3");
  EXPECT_EQ(fourth->name(), "x");
  fourth->set_name("");
  third->set_name("x");
  EXPECT_EQ(third->name(), "x");
  EXPECT_THROW(first->set_name("12"), Error);
  first->set_name("a b(");
  EXPECT_EQ(first->name(), "a_b_");
}

TEST(Graph, UseListsFollowEdits) {
  Graph g;
  Value* a = g.add_input(Type::integer(), "a");
  Value* b = g.add_input(Type::integer(), "b");
  Node* list = g.insert(g.create(Kind::kListConstruct, {a, b, a}));
  list->add_output(list_of(Type::integer()));
  g.block()->add_output(list->output());
  EXPECT_EQ(a->uses().size(), 2u);
  list->remove_input(0);
  ASSERT_EQ(a->uses().size(), 1u);
  EXPECT_EQ(a->uses()[0].index, 1u);
  list->insert_input(1, b);
  EXPECT_EQ(b->uses().size(), 2u);
  EXPECT_EQ(list->input(2), a);
  b->replace_all_uses_with(a);
  EXPECT_TRUE(b->uses().empty());
  EXPECT_EQ(list->input(0), a);
  verify(g);
  list->set_input(2, b);
  verify(g);
}

TEST(Graph, DestroyDropsNestedUsesAndNames) {
  Graph g;
  Value* c = g.add_input(Type::boolean(), "c");
  Node* branch = g.insert(g.create(Kind::kIf, {c}));
  for (int i = 0; i < 2; ++i) {
    Block* block = branch->add_block();
    Node* tuple = g.create(Kind::kTupleConstruct, {c});
    tuple->add_output(TupleType::make({Type::boolean()}))->set_name("t");
    block->append(tuple);
    block->add_output(tuple->output());
  }
  branch->add_output(TupleType::make({Type::boolean()}));
  verify(g);
  branch->destroy();
  EXPECT_TRUE(c->uses().empty());
  EXPECT_TRUE(g.block()->empty());
  c->set_name("t");
  EXPECT_EQ(c->name(), "t");
}

TEST(Graph, IterationSurvivesDestroyingTheCurrentNode) {
  Graph g;
  for (int i = 0; i < 4; ++i) g.insert_constant(i, Type::integer());
  int seen = 0;
  for (Node* node : *g.block()) {
    if (seen++ % 2) node->destroy();
  }
  EXPECT_EQ(seen, 4);
  verify(g);
}

TEST(Graph, CloneIsDeepAndKeepsNamesAndIds) {
  Graph g;
  Value* a = g.add_input(Type::integer(), "a");
  auto inner = std::make_shared<Graph>();
  inner->block()->add_output(inner->add_input(Type::integer(), "y"));
  Node* fork = g.insert(g.create(Kind::kFork, {a}));
  fork->set_attribute("Subgraph", inner);
  fork->add_output(future_of(Type::integer()));
  g.block()->add_output(fork->output());
  const auto copy = g.clone();
  verify(*copy);
  EXPECT_EQ(copy->inputs()[0]->name(), "a");
  EXPECT_EQ(copy->outputs()[0]->id(), fork->output()->id());
  const auto& subgraph =
      std::get<std::shared_ptr<Graph>>(copy->outputs()[0]->node()->attribute("Subgraph"));
  EXPECT_NE(subgraph, inner);
  EXPECT_EQ(subgraph->inputs()[0]->name(), "y");
}

TEST(Graph, InlineCopiesNodesBeforeTheInsertPoint) {
  Graph callee;
  Value* x = callee.add_input(Type::integer(), "x");
  Node* tuple = callee.insert(callee.create(Kind::kTupleConstruct, {x, x}));
  tuple->add_output(TupleType::make({Type::integer(), Type::integer()}))->set_name("t");
  callee.block()->add_output(tuple->output());
  callee.block()->add_output(x);

  Graph g;
  Value* a = g.add_input(Type::integer(), "a");
  const std::vector<Value*> results = g.inline_graph(callee, {a});
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[1], a);
  EXPECT_EQ(results[0]->name(), "t");
  for (Value* result : results) g.block()->add_output(result);
  verify(g);
  verify(callee);
  // A block of the same graph may use values around it.
  g.set_insert_point(g.block());
  g.inline_block(*g.block(), {a});
  verify(g);
}

TEST(Graph, ValuesOfOtherGraphsAreRefused) {
  Graph g;
  Graph other;
  Value* foreign = other.add_input(Type::integer());
  EXPECT_THROW(g.create(Kind::kPrint, {foreign}), Error);
}

}  // namespace
}  // namespace temper::ir
