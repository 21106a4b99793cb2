#include "passes/patterns/layers.h"

#include <algorithm>

#include "core/value/containers.h"
#include "passes/constants.h"

namespace temper {

using ir::Graph;
using ir::Node;
using ir::Value;

namespace {

// A fixed vector of `count` numbers, or fixed to none.
bool is_vector_or_none(const Value* value, int64_t count, DType dtype) {
  const IValue* constant = constant_of(value);
  if (!constant) return false;
  if (constant->is_none()) return true;
  if (!constant->is_tensor()) return false;
  const Tensor t = constant->to_tensor();
  return !t.defined() || (t.dim() == 1 && t.size(0) == count && t.dtype() == dtype);
}

// The arguments that follow `first`: residual, in_place, activation.
bool has_no_epilogue(const Node& node, size_t first) {
  const IValue* residual = constant_of(node.input(first));
  const IValue* activation = constant_of(node.input(first + 2));
  return residual && residual->is_none() && activation && activation->is_string() &&
         activation->to_string().empty();
}

constexpr size_t kTransposed = 7, kGroups = 9, kConvEpilogue = 10, kLinearEpilogue = 3;

}  // namespace

LayerReader::LayerReader(const OpRegistry& ops)
    : conv_(ops.find("temper::conv")), linear_(ops.find("temper::linear")) {}

std::optional<Layer> LayerReader::read(Node& node) const {
  if (node.op() != conv_ && node.op() != linear_) return std::nullopt;
  Layer layer{&node, node.op() == linear_, {}};
  const IValue* weight = constant_of(node.input(Layer::kWeight));
  if (!weight || !weight->is_tensor() || !weight->to_tensor().defined()) return std::nullopt;
  layer.weight = weight->to_tensor();
  const Tensor& w = layer.weight;
  if (w.dtype() != DType::kFloat32 && w.dtype() != DType::kFloat64) return std::nullopt;
  if (layer.linear ? w.dim() != 2 : w.dim() < 3) return std::nullopt;
  layer.outputs = w.size(0);
  if (!layer.linear) {
    const IValue* transposed = constant_of(node.input(kTransposed));
    const IValue* groups = constant_of(node.input(kGroups));
    if (!transposed || !groups || groups->to_int() < 1) return std::nullopt;
    layer.spatial = w.dim() - 2;
    layer.groups = groups->to_int();
    layer.transposed = transposed->to_bool();
    if (layer.transposed) layer.outputs = w.size(1) * layer.groups;
    if (!is_vector_or_none(node.input(Layer::kScale), layer.outputs, w.dtype())) {
      return std::nullopt;
    }
  }
  if (!is_vector_or_none(node.input(Layer::kBias), layer.outputs, w.dtype()) ||
      !has_no_epilogue(node, layer.linear ? kLinearEpilogue : kConvEpilogue)) {
    return std::nullopt;
  }
  return layer;
}

std::vector<double> numbers_of(const Value* argument, int64_t count, double otherwise) {
  std::vector<double> numbers(static_cast<size_t>(count), otherwise);
  const IValue* constant = constant_of(argument);
  if (!constant->is_tensor() || !constant->to_tensor().defined()) return numbers;
  const Tensor wide = to_dtype(constant->to_tensor(), DType::kFloat64).contiguous();
  TEMPER_CHECK(wide.numel() == count);
  std::copy_n(wide.data<double>(), count, numbers.begin());
  return numbers;
}

Value* insert_numbers(Graph& graph, const std::vector<double>& numbers, DimsView sizes,
                      DType dtype) {
  const Tensor wide = empty(sizes, DType::kFloat64);
  std::copy(numbers.begin(), numbers.end(), wide.data<double>());
  const IValue value(to_dtype(wide, dtype));
  mark_constant(value);
  return graph.insert_constant(value, constant_type(value, Type::tensor()));
}

}  // namespace temper
