#include "ir/graph/verifier.h"

#include <unordered_map>
#include <unordered_set>

#include "core/op/pointwise_group.h"
#include "ir/graph/node_laws.h"

namespace temper::ir {
namespace {

constexpr int kMaxDepth = 1000;  // nested blocks and subgraphs

std::string describe_node(const Node& node) {
  std::string text = node.kind_text();
  for (const Value* output : node.outputs()) {
    text += output->name().empty() ? str_cat(" %", output->id()) : str_cat(" %", output->name());
  }
  return text;
}

[[noreturn]] void broken(int law, const Node& node, std::string_view reason) {
  throw_error(ErrorKind::kInternal,
              str_cat("graph law ", law, " is broken: ", describe_node(node), " ", reason));
}

Breach check_carried(const Node& node, absl::Span<Value* const> from, absl::Span<Value* const> to,
                     std::string_view what) {
  if (from.size() != to.size()) {
    return {8, str_cat("has ", from.size(), " ", what, " for ", to.size(), " values")};
  }
  for (size_t i = 0; i < from.size(); ++i) {
    if (!type_fits(from[i]->type(), to[i]->type())) {
      return {8, str_cat(what, " ", i, " is a ", from[i]->type()->ir_text(), ", expected ",
                         to[i]->type()->ir_text())};
    }
  }
  return {};
}

bool has_kind(const Value* value, TypeKind kind) { return value->type()->kind() == kind; }

Breach check_loop(const Node& node) {
  if (node.blocks().size() != 1) return {7, "needs one block"};
  const Block& body = *node.block_at(0);
  if (node.inputs().size() < 2 || !has_kind(node.input(0), TypeKind::kInt) ||
      !has_kind(node.input(1), TypeKind::kBool)) {
    return {7, "needs a trip count and a condition"};
  }
  if (body.inputs().empty() || !has_kind(body.inputs()[0], TypeKind::kInt)) {
    return {7, "needs an iteration number in its block"};
  }
  if (body.outputs().empty() || !has_kind(body.outputs()[0], TypeKind::kBool)) {
    return {7, "needs a condition as first block output"};
  }
  const auto carried = body.inputs().subspan(1);
  if (Breach b = check_carried(node, node.inputs().subspan(2), carried, "initial values")) return b;
  if (Breach b = check_carried(node, body.outputs().subspan(1), carried, "block outputs")) return b;
  return check_carried(node, body.outputs().subspan(1), node.outputs(), "block outputs");
}

Breach check_if(const Node& node) {
  if (node.blocks().size() != 2) return {7, "needs two blocks"};
  if (node.inputs().size() != 1 || !has_kind(node.input(0), TypeKind::kBool)) {
    return {7, "needs one bool"};
  }
  for (const Block* block : node.blocks()) {
    if (!block->inputs().empty()) return {7, "has a block with inputs"};
    if (Breach b = check_carried(node, block->outputs(), node.outputs(), "block outputs")) return b;
  }
  return {};
}

class Verifier {
 public:
  Verifier(const Graph& graph, int depth) : graph_(graph), depth_(depth) {}

  void run() {
    if (depth_ > kMaxDepth) {
      throw_error(ErrorKind::kInternal, "graph law 16 is broken: subgraphs nest too deeply");
    }
    check_block(*graph_.block(), nullptr, 0);
  }

 private:
  void check_block(const Block& block, const Node* owner, int depth) {
    const Node& param = *block.param();
    if (depth > kMaxDepth) broken(16, param, "nests too deeply");
    if (block.owner() != owner) broken(1, param, "belongs to another node's block");
    const size_t mark = order_.size();
    check_links(param, nullptr, block);
    enter_values(param);
    const Node* previous = &param;
    for (const Node* node = block.first(); node != block.ret(); node = node->next()) {
      if (!node) broken(1, *previous, "is the last node of a block without a return");
      check_links(*node, previous, block);
      check_node(*node, depth);
      enter_values(*node);
      previous = node;
    }
    check_links(*block.ret(), previous, block);
    check_inputs(*block.ret());
    while (order_.size() > mark) {
      visible_.erase(order_.back());
      order_.pop_back();
    }
  }

  void check_links(const Node& node, const Node* previous, const Block& block) {
    if (node.prev() != previous || node.block() != &block || node.graph() != &graph_) {
      broken(1, node, "is not linked into its block");
    }
    if (!seen_.insert(&node).second) broken(1, node, "stands in the graph twice");
  }

  void enter_values(const Node& node) {
    for (size_t i = 0; i < node.outputs().size(); ++i) {
      const Value* value = node.output(i);
      if (value->node() != &node || value->index() != i) {
        broken(2, node, str_cat("is not the producer of its output ", i));
      }
      if (!value->type()) broken(5, node, str_cat("output ", i, " has no type"));
      if (!ids_.insert(value->id()).second) broken(6, node, "shares the id of another value");
      if (!value->name().empty() && !names_.insert(value->name()).second) {
        broken(6, node, str_cat("shares the name %", value->name()));
      }
      for (const Use& use : value->uses()) check_use(*value, use, node);
      visible_.insert(value);
      order_.push_back(value);
    }
  }

  void check_use(const Value& value, const Use& use, const Node& producer) {
    if (use.index >= use.node->inputs().size() || use.node->input(use.index) != &value) {
      broken(3, producer, "lists a use that does not use it");
    }
  }

  void check_inputs(const Node& node) {
    std::unordered_map<const Value*, size_t> counts;
    for (const Value* input : node.inputs()) ++counts[input];
    for (const auto& [input, count] : counts) {
      if (!visible_.count(input)) broken(4, node, "uses a value that is not defined before it");
      size_t listed = 0;
      for (const Use& use : input->uses()) listed += use.node == &node;
      if (listed != count) broken(3, node, "is missing in the use list of an input");
    }
  }

  void check_node(const Node& node, int depth) {
    if (node.is(Kind::kParam) || node.is(Kind::kReturn)) broken(1, node, "stands inside a block");
    check_inputs(node);
    for (const Block* block : node.blocks()) check_block(*block, &node, depth + 1);
    for (const Value* output : node.outputs()) {
      if (!output->type()) broken(5, node, "has an output without type");
    }
    if (Breach b = check_control(node)) broken(b.law, node, b.reason);
    const Breach b = node.is(Kind::kOp) ? check_operator(node) : check_core_node(node);
    if (b) broken(b.law, node, b.reason);
    for (const auto& [name, value] : node.attributes()) {
      const auto* subgraph = std::get_if<std::shared_ptr<Graph>>(&value);
      if (subgraph) Verifier(**subgraph, depth_ + depth + 1).run();
    }
  }

  const Graph& graph_;
  int depth_;
  std::unordered_set<const Node*> seen_;
  std::unordered_set<const Value*> visible_;
  std::vector<const Value*> order_;
  std::unordered_set<uint32_t> ids_;
  std::unordered_set<std::string> names_;
};

Breach check_fork(const Node& node, const Graph& graph) {
  if (node.outputs().size() != 1 || !has_kind(node.output(), TypeKind::kFuture)) {
    return {15, "needs one Future as output"};
  }
  const Breach b = check_carried(node, node.inputs(), graph.inputs(), "captures");
  if (b) return {15, b.reason};
  const TypePtr& element = node.output()->type()->expect<WrapperType>().element();
  if (graph.outputs().size() != 1 || !type_fits(graph.outputs()[0]->type(), element)) {
    return {15, "waits for a value that its Subgraph does not give"};
  }
  return {};
}

Breach check_group(const Node& node, const Graph& graph) {
  if (node.outputs().size() != 1 || graph.outputs().size() != 1) return {17, "needs one output"};
  const Breach b = check_carried(node, node.inputs(), graph.inputs(), "inputs");
  if (b) return {17, b.reason};
  const Node* last = nullptr;
  for (const Node* part : *graph.block()) {
    if (!part->op() || !PointwiseGroup::takes(*part->op())) {
      return {17, str_cat("holds ", part->kind_text(), ", which is not point-wise")};
    }
    if (last && last->output()->uses().empty()) return {17, "holds a part that nobody uses"};
    last = part;
  }
  if (!last || graph.outputs()[0] != last->output())
    return {17, "gives another value than its last"};
  return {};
}

}  // namespace

Breach check_control(const Node& node) {
  switch (node.kind()) {
    case Kind::kIf: return check_if(node);
    case Kind::kLoop: return check_loop(node);
    default: break;
  }
  if (!node.blocks().empty()) return {7, "has blocks"};
  if (!node.is(Kind::kFork) && !node.is(Kind::kPointwiseGroup)) return {};
  const auto* graph = node.has_attribute("Subgraph")
                          ? std::get_if<std::shared_ptr<Graph>>(&node.attribute("Subgraph"))
                          : nullptr;
  if (!graph || !*graph) return {15, "needs a Subgraph"};
  return node.is(Kind::kFork) ? check_fork(node, **graph) : check_group(node, **graph);
}

void verify(const Graph& graph) { Verifier(graph, 0).run(); }

}  // namespace temper::ir
