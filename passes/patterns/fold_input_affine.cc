// A batch norm with fixed statistics in front of a layer, or fixed numbers that its input is
// multiplied with or that are added to it, become part of its weights and bias. Zeros that a
// convolution pads with come after them: they allow no sums.

#include <algorithm>

#include "core/tensor/dispatch.h"
#include "core/value/containers.h"
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

bool pads(const Layer& layer) {
  if (layer.linear) return false;
  const IValue* padding = constant_of(layer.node->input(Layer::kPadding));
  if (!padding || !padding->is_list()) return true;
  const std::vector<IValue>& items = padding->to_list().items;
  return std::any_of(items.begin(), items.end(), [](const IValue& v) { return v.to_int() != 0; });
}

bool takes_channels(const Layer& layer) {
  return !layer.transposed && layer.outputs > 0 && layer.outputs % layer.groups == 0;
}

// Inputs of one group, and the first input of an output's group.
int64_t group_inputs(const Layer& layer) { return layer.weight.size(1); }
int64_t first_input(const Layer& layer, int64_t output) {
  return output / (layer.outputs / layer.groups) * group_inputs(layer);
}

// What each output becomes when all inputs are what is given for their channel.
std::vector<double> outputs_of(const Layer& layer, const std::vector<double>& inputs) {
  std::vector<double> outputs;
  const Tensor weight = layer.weight.contiguous();
  const int64_t taps = weight.numel() / std::max<int64_t>(1, layer.outputs * group_inputs(layer));
  visit(weight.dtype(), "fold_input_affine", FloatTypes{}, [&]<class T>() {
    const T* w = weight.data<T>();
    for (int64_t o = 0; o < layer.outputs; ++o) {
      double sum = 0;
      for (int64_t c = 0; c < group_inputs(layer); ++c) {
        const double input = inputs[static_cast<size_t>(first_input(layer, o) + c)];
        for (int64_t k = 0; k < taps; ++k) sum += static_cast<double>(*w++) * input;
      }
      outputs.push_back(sum);
    }
  });
  return outputs;
}

class FoldInputAffine {
 public:
  FoldInputAffine(const OpRegistry& ops, Graph& graph)
      : mul_(ops.find("aten::mul.Tensor")),
        as_normalizable_(ops.find("temper::as_normalizable")),
        layers_(ops),
        affines_(ops),
        graph_(graph),
        known_(ops, graph),
        alias_(graph) {}

  bool visit(Block& block) {
    bool changed = false;
    for (Node* node : block) {
      for (Block* inner : node->blocks()) changed |= visit(*inner);
      const auto layer = layers_.read(*node);
      if (layer && takes_channels(*layer)) changed |= fold(*layer);
    }
    return changed;
  }

 private:
  bool fold(const Layer& layer) {
    Value* value = layer.node->input(Layer::kInput);
    Node& maker = *value->node();
    if (!maker.op() || maker.block() != layer.node->block() || value->uses().size() != 1) {
      return false;
    }
    const int64_t channels = group_inputs(layer) * layer.groups;
    auto affine = affines_.read_norm(maker, channels, layer.weight.dtype());
    const bool norm = affine.has_value();
    Value* x = norm ? maker.input(0) : tensor_input(maker);
    if (!norm && x) affine = read_numbers(maker, x, channels, layer.weight.dtype());
    if (!affine || !affine->finite() || (affine->shifts() && pads(layer))) return false;
    if (norm && layer.linear && known_.of(x).rank != 2) return false;
    if (alias_->has_writers(x)) return false;
    ir::InsertScope scope(&graph_, layer.node);
    set_bias(layer, outputs_of(layer, affine->shift));
    if (affine->scales()) scale(layer, affine->scale);
    layer.node->set_input(Layer::kInput, norm ? normalizable(layer, x, channels) : x);
    maker.destroy();
    return true;
  }

  static Value* tensor_input(const Node& node) {
    Value* found = nullptr;
    for (Value* input : node.inputs()) {
      if (input->type()->kind() != TypeKind::kTensor || constant_of(input)) continue;
      if (found) return nullptr;
      found = input;
    }
    return found;
  }

  // Numbers alone: operands with dims might be broadcast along those of x.
  std::optional<Affine> read_numbers(const Node& node, const Value* x, int64_t channels,
                                     DType dtype) const {
    const KnownTensor known = known_.of(x);
    if (known.dtype != dtype || !known.has_dims) return std::nullopt;
    int64_t longest = 0;
    const auto affine = affines_.read(node, x, {channels, 0, dtype, known.rank}, &longest);
    return longest == 0 ? affine : std::nullopt;
  }

  Value* normalizable(const Layer& layer, Value* x, int64_t channels) {
    const int64_t rank = layer.linear ? 2 : layer.spatial + 2;
    Value* dims = graph_.insert_constant(IValue(rank), Type::integer());
    Value* count = graph_.insert_constant(IValue(channels), Type::integer());
    Node* node = graph_.insert(graph_.create_op(as_normalizable_, {x, dims, count}, {x->type()}));
    node->set_range(layer.node->range());
    return node->output();
  }

  void scale(const Layer& layer, const std::vector<double>& factors) {
    std::vector<double> used;
    const int64_t rows = layer.groups == 1 ? 1 : layer.outputs;
    for (int64_t o = 0; o < rows; ++o) {
      const auto from = factors.begin() + first_input(layer, o);
      used.insert(used.end(), from, from + group_inputs(layer));
    }
    Dims sizes(static_cast<size_t>(layer.weight.dim()), 1);
    sizes[0] = rows;
    sizes[1] = group_inputs(layer);
    Value* numbers = insert_numbers(graph_, used, sizes, layer.weight.dtype());
    Value* weight = layer.node->input(Layer::kWeight);
    Node* scaled = graph_.insert(graph_.create_op(mul_, {weight, numbers}, {Type::tensor()}));
    layer.node->set_input(Layer::kWeight, scaled->output());
  }

  // The layer's own scale multiplies its weights, not its bias.
  void set_bias(const Layer& layer, const std::vector<double>& constant) {
    std::vector<double> bias = numbers_of(layer.node->input(Layer::kBias), layer.outputs, 0);
    std::vector<double> scale(bias.size(), 1);
    if (!layer.linear) scale = numbers_of(layer.node->input(Layer::kScale), layer.outputs, 1);
    for (size_t i = 0; i < bias.size(); ++i) bias[i] += constant[i] * scale[i];
    const bool needed = std::any_of(bias.begin(), bias.end(), [](double v) { return v != 0; });
    if (!needed) return;
    layer.node->set_input(Layer::kBias,
                          insert_numbers(graph_, bias, {layer.outputs}, layer.weight.dtype()));
  }

  const OpDef* mul_;
  const OpDef* as_normalizable_;
  LayerReader layers_;
  AffineReader affines_;
  Graph& graph_;
  KnownTensors known_;
  LazyAlias alias_;
};

}  // namespace

bool fold_input_affines(PassContext& context, Graph& graph) {
  const bool inner = visit_subgraphs(
      *graph.block(), [&](Graph& body) { return fold_input_affines(context, body); });
  return FoldInputAffine(context.ops, graph).visit(*graph.block()) || inner;
}

}  // namespace temper
