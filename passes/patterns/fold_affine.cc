// Fixed numbers that a layer's result is multiplied with, or that are added to it, become part of
// its weights and bias. Batch norms behind linear layers do where rows are known to be samples.

#include <algorithm>

#include "passes/analysis/alias.h"
#include "passes/constants.h"
#include "passes/pass.h"
#include "passes/patterns/affine.h"
#include "passes/patterns/known_tensors.h"
#include "passes/patterns/layers.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Node;
using ir::Value;

namespace {

// Operators behind a layer, and what they do to it together.
struct Tail {
  Affine affine;
  Value* result;
  std::vector<Node*> nodes;
  int64_t longest = 0;  // most dims of a fixed operand
  explicit Tail(const Layer& layer) : affine(layer.outputs), result(layer.node->output()) {}
};

class FoldAffine {
 public:
  FoldAffine(const OpRegistry& ops, Graph& graph)
      : mul_(ops.find("aten::mul.Tensor")),
        normed_linear_(ops.find("temper::normed_linear")),
        as_in_place_(ops.find("temper::as_in_place")),
        as_batch_(ops.find("temper::as_batch")),
        layers_(ops),
        affines_(ops),
        graph_(graph),
        known_(ops, graph),
        alias_(graph) {}

  bool visit(Block& block) {
    std::vector<Node*> nodes;
    for (Node* node : block) nodes.push_back(node);
    bool changed = false;
    for (Node* node : nodes) {
      if (node->block() != &block) continue;  // it was folded
      for (Block* inner : node->blocks()) changed |= visit(*inner);
      const auto layer = layers_.read(*node);
      if (layer) changed |= fold(*layer) || fold_norm(*layer);
    }
    return changed;
  }

 private:
  bool fold(const Layer& layer) {
    Tail tail(layer);
    while (extend(layer, &tail)) {
    }
    if (tail.nodes.empty() || !tail.affine.finite()) return false;
    ir::InsertScope scope(&graph_, layer.node);
    if (tail.longest > layer.spatial + 1 && !layer.linear) add_batch_dim(layer);
    if (tail.affine.scales()) scale(layer, tail.affine.scale);
    layer.node->set_input(Layer::kBias, shifted_bias(layer, tail.affine));
    tail.result->replace_all_uses_with(layer.node->output());
    for (auto it = tail.nodes.rbegin(); it != tail.nodes.rend(); ++it) (*it)->destroy();
    return true;
  }

  // Takes one more operator into the tail.
  bool extend(const Layer& layer, Tail* tail) {
    Node* stored = nullptr;
    Node* user = nullptr;
    for (const ir::Use& use : tail->result->uses()) {
      Node*& found = use.node->op() == as_in_place_ && use.index == 0 ? stored : user;
      if (found || use.node->block() != layer.node->block()) return false;
      found = use.node;
    }
    if (!user || !user->op() || user->outputs().size() != 1) return false;
    Node& node = *user;
    if (stored && (stored->input(1) != node.output() || node.output()->uses().size() != 1)) {
      return false;
    }
    int64_t longest = tail->longest;
    const auto affine = read(node, layer, *tail, &longest);
    if (!affine || !may_have_dims(layer, longest, stored != nullptr)) return false;
    tail->longest = longest;
    tail->affine.then(*affine);
    tail->nodes.push_back(&node);
    if (stored) tail->nodes.push_back(stored);
    tail->result = tail->nodes.back()->output();
    return true;
  }

  std::optional<Affine> read(const Node& node, const Layer& layer, const Tail& tail,
                             int64_t* longest) const {
    const std::optional<int64_t> rank = known_.of(layer.node->output()).rank;
    if (layer.linear && rank == 2) {
      if (auto norm = affines_.read_norm(node, layer.outputs, layer.weight.dtype())) return norm;
    }
    return affines_.read(node, tail.result,
                         {layer.outputs, layer.spatial, layer.weight.dtype(), rank}, longest);
  }

  // A norm that is over features if rows are samples. Requests will tell.
  bool fold_norm(const Layer& layer) {
    Value* y = layer.node->output();
    if (!layer.linear || known_.of(y).rank || y->uses().size() != 1) return false;
    Node& norm = *y->uses()[0].node;
    if (!norm.op() || norm.block() != layer.node->block()) return false;
    const auto affine = affines_.read_norm(norm, layer.outputs, layer.weight.dtype());
    if (!affine || !affine->finite()) return false;
    if (alias_->has_writers(layer.node->input(Layer::kInput))) return false;
    ir::InsertScope scope(&graph_, &norm);
    const auto layer_inputs = layer.node->inputs();
    std::vector<Value*> inputs(layer_inputs.begin(), layer_inputs.begin() + 3);
    inputs.push_back(scaled_rows(layer, affine->scale));
    inputs.push_back(shifted_bias(layer, *affine));
    inputs.insert(inputs.end(), norm.inputs().begin() + 1, norm.inputs().begin() + 5);
    inputs.push_back(norm.input(7));
    inputs.insert(inputs.end(), layer_inputs.begin() + 3, layer_inputs.end());
    Node* both = graph_.insert(graph_.create_op(normed_linear_, inputs, {norm.output()->type()}));
    both->set_range(layer.node->range());
    norm.output()->replace_all_uses_with(both->output());
    norm.destroy();
    layer.node->destroy();
    return true;
  }

  // Operands with more dims give some to the result. Results of convolutions lack one at most,
  // that of the batch; in place they cannot get it.
  bool may_have_dims(const Layer& layer, int64_t longest, bool stored) const {
    if (longest <= layer.spatial + 1) return true;
    const std::optional<int64_t> rank = known_.of(layer.node->output()).rank;
    if (rank) return longest <= *rank;
    return !layer.linear && longest == layer.spatial + 2 && !stored;
  }

  void add_batch_dim(const Layer& layer) {
    Value* x = layer.node->input(Layer::kInput);
    const int64_t rank = layer.spatial + 2;
    if (known_.of(x).rank == rank) return;
    Value* dims = graph_.insert_constant(IValue(rank), Type::integer());
    Node* batch = graph_.insert(graph_.create_op(as_batch_, {x, dims}, {x->type()}));
    batch->set_range(layer.node->range());
    layer.node->set_input(Layer::kInput, batch->output());
  }

  void scale(const Layer& layer, std::vector<double> factors) {
    const DType dtype = layer.weight.dtype();
    Node& node = *layer.node;
    if (layer.linear) return node.set_input(Layer::kWeight, scaled_rows(layer, factors));
    const auto old = numbers_of(node.input(Layer::kScale), layer.outputs, 1);
    std::transform(factors.begin(), factors.end(), old.begin(), factors.begin(),
                   [](double a, double b) { return a * b; });
    node.set_input(Layer::kScale, insert_numbers(graph_, factors, {layer.outputs}, dtype));
  }

  // The weight of a linear layer times a number for each output.
  Value* scaled_rows(const Layer& layer, const std::vector<double>& factors) {
    Value* column = insert_numbers(graph_, factors, {layer.outputs, 1}, layer.weight.dtype());
    Value* weight = layer.node->input(Layer::kWeight);
    return graph_.insert(graph_.create_op(mul_, {weight, column}, {Type::tensor()}))->output();
  }

  // None where it was none and all numbers are 0.
  Value* shifted_bias(const Layer& layer, const Affine& affine) {
    Value* given = layer.node->input(Layer::kBias);
    Affine bias(layer.outputs);
    bias.shift = numbers_of(given, layer.outputs, 0);
    bias.then(affine);
    if (!bias.shifts() && given->type()->kind() == TypeKind::kNone) return given;
    return insert_numbers(graph_, bias.shift, {layer.outputs}, layer.weight.dtype());
  }

  const OpDef* mul_;
  const OpDef* normed_linear_;
  const OpDef* as_in_place_;
  const OpDef* as_batch_;
  LayerReader layers_;
  AffineReader affines_;
  Graph& graph_;
  KnownTensors known_;
  LazyAlias alias_;
};

}  // namespace

bool fold_affines(PassContext& context, Graph& graph) {
  const bool inner =
      visit_subgraphs(*graph.block(), [&](Graph& body) { return fold_affines(context, body); });
  return FoldAffine(context.ops, graph).visit(*graph.block()) || inner;
}

}  // namespace temper
