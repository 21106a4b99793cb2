#pragma once
// Convolutions and linear layers with fixed weights, as passes that change weights see them.

#include <optional>

#include "ir/graph/graph.h"

namespace temper {

struct Layer {
  ir::Node* node;
  bool linear;
  Tensor weight;
  int64_t spatial = 0;  // dims of a convolution's images
  int64_t groups = 1;
  bool transposed = false;
  int64_t outputs = 0;  // channels, or features

  // Arguments of the node.
  static constexpr size_t kInput = 0, kWeight = 1, kBias = 2, kScale = 3, kPadding = 5;
};

class LayerReader {
 public:
  explicit LayerReader(const OpRegistry& ops);

  // The node as a layer: nothing unless its weight is a fixed one of float32 or float64, its bias
  // and scale fit that, and it gives its product as it is.
  std::optional<Layer> read(ir::Node& node) const;

 private:
  const OpDef* conv_;
  const OpDef* linear_;
};

// The numbers that an optional fixed argument holds for each output; `otherwise` when it is none.
std::vector<double> numbers_of(const ir::Value* argument, int64_t count, double otherwise);

// A fixed tensor of the layer's dtype, before the insert point.
ir::Value* insert_numbers(ir::Graph& graph, const std::vector<double>& numbers, DimsView sizes,
                          DType dtype);

}  // namespace temper
