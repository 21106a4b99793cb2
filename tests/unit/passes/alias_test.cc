#include "passes/analysis/alias.h"

#include <gtest/gtest.h>

#include "ir/graph/verifier.h"
#include "ir/text/text.h"
#include "kernels/ops/registry.h"

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

struct Program {
  explicit Program(const std::string& text) : graph(ir::parse_graph(text, ops())) {
    ir::verify(*graph);
    collect(*graph->block());
    alias = std::make_unique<AliasAnalysis>(*graph);
  }
  void collect(const ir::Block& block) {
    for (ir::Value* input : block.inputs()) values[input->name()] = input;
    for (ir::Node* node : block) {
      for (ir::Value* output : node->outputs()) values[output->name()] = output;
      for (const ir::Block* inner : node->blocks()) collect(*inner);
    }
  }
  ir::Value* operator[](const std::string& name) const { return values.at(name); }
  bool share(const std::string& a, const std::string& b) const {
    return alias->may_alias((*this)[a], (*this)[b]);
  }
  bool swap(const std::string& a, const std::string& b) const {
    return alias->can_swap((*this)[a]->node(), (*this)[b]->node());
  }
  bool written(const std::string& a) const { return alias->has_writers((*this)[a]); }
  bool escapes(const std::string& a) const { return alias->escapes((*this)[a]); }

  std::shared_ptr<ir::Graph> graph;
  std::map<std::string, ir::Value*> values;
  std::unique_ptr<AliasAnalysis> alias;
};

TEST(Alias, ViewsAliasAndFreshTensorsDoNot) {
  const Program p(R"(graph(%x : Tensor, %y : Tensor):
  %i : int = prim::Constant[value=0]()
  %a : Tensor = aten::relu(%x)
  %b : Tensor = aten::relu(%x)
  %v : Tensor = aten::select(%a, %i, %i)
  %w : Tensor = aten::transpose(%v, %i, %i)
  return (%w))");
  EXPECT_TRUE(p.share("x", "y"));  // the caller may pass one tensor twice
  EXPECT_FALSE(p.share("a", "x"));
  EXPECT_FALSE(p.share("a", "b"));
  EXPECT_TRUE(p.share("a", "w"));
  EXPECT_FALSE(p.share("b", "w"));
  EXPECT_TRUE(p.escapes("a"));
  EXPECT_FALSE(p.escapes("b"));
}

TEST(Alias, WritesReachViewsAndContainers) {
  const Program p(R"(graph(%x : Tensor):
  %i : int = prim::Constant[value=0]()
  %a : Tensor = aten::relu(%x)
  %b : Tensor = aten::relu(%x)
  %l : Tensor[] = prim::ListConstruct(%a)
  %t : (Tensor[], Tensor) = prim::TupleConstruct(%l, %b)
  %l2 : Tensor[], %b2 : Tensor = prim::TupleUnpack(%t)
  %e : Tensor = aten::__getitem__(%l2, %i)
  %w : Tensor = aten::add_(%e, %i, %i)
  return (%i))");
  EXPECT_TRUE(p.written("a"));
  EXPECT_TRUE(p.written("l"));  // what it holds is written
  EXPECT_FALSE(p.written("x"));
  EXPECT_TRUE(p.share("e", "a"));
  EXPECT_FALSE(p.escapes("a"));
}

TEST(Alias, StoringIntoAListConnectsThem) {
  const Program p(R"(graph(%x : Tensor, %outer : Tensor[]):
  %i : int = prim::Constant[value=0]()
  %a : Tensor = aten::relu(%x)
  %b : Tensor = aten::relu(%x)
  %l : Tensor[] = prim::ListConstruct()
  %l1 : Tensor[] = aten::append(%l, %a)
  %l2 : Tensor[] = aten::append(%outer, %b)
  %e : Tensor = aten::__getitem__(%l, %i)
  %f : Tensor = aten::__getitem__(%outer, %i)
  return (%i))");
  EXPECT_TRUE(p.share("e", "a"));
  EXPECT_FALSE(p.share("e", "b"));
  EXPECT_TRUE(p.share("f", "b"));
  EXPECT_TRUE(p.share("f", "x"));
  EXPECT_TRUE(p.escapes("b"));
  EXPECT_TRUE(p.written("l"));
  EXPECT_FALSE(p.written("a"));
}

TEST(Alias, ControlFlowUnites) {
  const Program p(R"(graph(%x : Tensor, %c : bool, %n : int):
  %a : Tensor = aten::relu(%x)
  %b : Tensor = aten::relu(%x)
  %d : Tensor = aten::relu(%x)
  %r : Tensor = prim::If(%c)
    block0():
      -> (%a)
    block1():
      -> (%b)
  %s : Tensor, %t : Tensor = prim::Loop(%n, %c, %r, %d)
    block0(%i : int, %p : Tensor, %q : Tensor):
      -> (%c, %q, %p)
  return (%n))");
  EXPECT_TRUE(p.share("r", "a"));
  EXPECT_TRUE(p.share("r", "b"));
  EXPECT_FALSE(p.share("a", "b"));
  EXPECT_TRUE(p.share("t", "a"));  // after a trip
  EXPECT_TRUE(p.share("s", "d"));
}

TEST(Alias, ObjectsAndAttributes) {
  const Program p(R"(graph(%self : __torch__.M, %x : Tensor):
  %w : Tensor = prim::GetAttr[name="w"](%self)
  %l : Tensor[] = prim::GetAttr[name="l"](%self)
  %a : Tensor = aten::relu(%x)
  %o : __torch__.P = prim::CreateObject()
   = prim::SetAttr[name="t"](%o, %a)
  %t : Tensor = prim::GetAttr[name="t"](%o)
  %b : Tensor = aten::relu(%x)
   = prim::SetAttr[name="w"](%self, %b)
  %w2 : Tensor = prim::GetAttr[name="w"](%self)
  return (%x))");
  EXPECT_TRUE(p.share("t", "a"));
  EXPECT_FALSE(p.share("t", "w"));
  EXPECT_TRUE(p.share("w2", "b"));
  EXPECT_TRUE(p.share("w", "x"));
  EXPECT_FALSE(p.share("w", "l"));
  EXPECT_TRUE(p.alias->has_written_inputs(p["w"]->node()));
  EXPECT_FALSE(p.escapes("a"));
}

TEST(Alias, SwappingRespectsReadsAndWrites) {
  const Program p(R"(graph(%x : Tensor):
  %i : int = prim::Constant[value=1]()
  %n : NoneType = prim::Constant()
  %a : Tensor = aten::relu(%x)
  %r : Tensor = aten::exp(%a)
  %w : Tensor = aten::add_(%a, %i, %i)
  %w2 : Tensor = aten::mul_(%a, %i)
  %o : Tensor = aten::exp(%x)
  return (%r, %o))");
  EXPECT_FALSE(p.swap("r", "w"));
  EXPECT_FALSE(p.swap("w", "w2"));
  EXPECT_TRUE(p.swap("w2", "o"));
  EXPECT_TRUE(p.swap("r", "o"));
  EXPECT_FALSE(p.swap("a", "r"));
}

TEST(Alias, CallsMayDoAnything) {
  const Program p(R"(graph(%self : __torch__.M, %x : Tensor):
  %f : Function = prim::Constant[name="f"]()
  %a : Tensor = aten::relu(%x)
  %b : Tensor = aten::relu(%x)
  %r : Tensor = prim::CallFunction(%f, %a)
  %e : Tensor = aten::exp(%b)
  %w : Tensor = prim::GetAttr[name="w"](%self)
  %s : Tensor = prim::CallFunction(%f, %w)
  return (%e))");
  EXPECT_TRUE(p.written("a"));
  EXPECT_TRUE(p.written("x"));
  EXPECT_TRUE(p.share("r", "a"));
  EXPECT_FALSE(p.written("b"));
  EXPECT_TRUE(p.swap("r", "e"));
  EXPECT_FALSE(p.swap("r", "w"));
  EXPECT_FALSE(p.swap("r", "s"));
}

TEST(Alias, OperatorsOnListsKeepTheirElements) {
  const Program p(R"(graph(%x : Tensor, %l : Tensor[]):
  %i : int = prim::Constant[value=0]()
  %a : Tensor = aten::relu(%x)
  %m : Tensor[] = prim::ListConstruct(%a)
  %k : Tensor[] = aten::add(%m, %l)
  %e : Tensor = aten::__getitem__(%k, %i)
  %s : Tensor[] = aten::split(%a, %i, %i)
  %f : Tensor = aten::__getitem__(%s, %i)
  %z : int[] = aten::size(%x)
  return (%i))");
  EXPECT_TRUE(p.share("e", "a"));
  EXPECT_TRUE(p.share("e", "x"));
  EXPECT_TRUE(p.share("f", "a"));
  EXPECT_FALSE(p.share("f", "x"));
  EXPECT_FALSE(p.escapes("z"));
}

}  // namespace
}  // namespace temper
