#include "passes/patterns/known_tensors.h"

#include <algorithm>

#include "core/value/containers.h"
#include "passes/analysis/effects.h"
#include "passes/constants.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

// Ranks of results that are not numbers.
enum : signed char { kUnknown = -1, kSame = -2, kSome = -3, kListed = -4, kOfWeight = -5 };
// The dtype that all tensor arguments have.
constexpr signed char kOfAll = -2;
// kPlainFormat: when the memory format that is asked for is the plain one.
enum class Dense : unsigned char { kUnknown, kSame, kAlways, kPlainFormat };

}  // namespace

// What an operator's result takes from its arguments. Views have the dtype of what they view, and
// kKeepsRank the rank, without standing here.
struct KnownTensors::Rule {
  const char* key;
  signed char dtype_of = -1;  // the argument with the result's dtype...
  signed char or_of = -1;     // ...and another one with the same
  signed char rank = kUnknown;
  Dense dense = Dense::kUnknown;
};

const KnownTensors::Rule KnownTensors::kRules[] = {
    {"aten::mm", 0, 1, 2, Dense::kAlways},
    {"aten::addmm", 1, 2, 2, Dense::kAlways},
    {"aten::bmm", 0, 1, 3, Dense::kAlways},
    {"aten::baddbmm", 1, 2, 3, Dense::kAlways},
    {"aten::matmul", 0, 1},
    {"aten::linear", 0, 1, kOfWeight, Dense::kAlways},
    {"temper::linear", 0, 1, kOfWeight, Dense::kAlways},
    {"temper::normed_linear", 0, 1, kSame},
    {"temper::as_matrix", 0, -1, 2, Dense::kSame},
    {"aten::conv1d", 0, 1, kSome},
    {"aten::conv2d", 0, 1, kSome},
    {"aten::conv3d", 0, 1, kSome},
    {"aten::conv1d.padding", 0, 1, kSome},
    {"aten::conv2d.padding", 0, 1, kSome},
    {"aten::_convolution", 0, 1, kSome},
    {"aten::_convolution.deprecated", 0, 1, kSome},
    {"aten::convolution", 0, 1, kSome},
    {"aten::conv_transpose1d", 0, 1, kSome},
    {"aten::conv_transpose2d.input", 0, 1, kSome},
    {"temper::conv", 0, 1, kSome},
    {"aten::embedding", 0, -1, kSome, Dense::kAlways},
    {"aten::batch_norm", 0, -1, kSome},
    {"aten::group_norm", 0, -1, kSome},
    {"aten::instance_norm", 0, -1, kSome},
    {"aten::layer_norm", 0, -1, kSome, Dense::kAlways},
    {"temper::layer_norm", kOfAll, -1, kSame, Dense::kSame},
    {"temper::rms_norm", kOfAll, -1, kSame, Dense::kSame},
    {"aten::softmax.int", 0, -1, kSame, Dense::kAlways},
    {"aten::gelu", 0, -1, kSame, Dense::kSame},
    {"aten::clone", 0, -1, kSame},
    {"aten::contiguous", 0, -1, kSame, Dense::kPlainFormat},
    {"aten::dropout", 0, -1, kSame, Dense::kSame},
    {"temper::as_in_place", 0, -1, kSame},
    {"aten::masked_fill.Scalar", 0},
    {"aten::masked_fill.Tensor", 0},
    {"aten::index_select", 0, -1, kSame},
    {"aten::gather", 0},
    {"aten::constant_pad_nd", 0, -1, kSame},
    {"aten::max_pool2d", 0, -1, kSome},
    {"aten::avg_pool2d", 0, -1, kSome},
    {"aten::adaptive_avg_pool1d", 0, -1, kSome},
    {"aten::adaptive_avg_pool2d", 0, -1, kSome},
    {"aten::reshape", 0, -1, kListed, Dense::kSame},
    {"aten::flatten.using_ints", 0, -1, kSome, Dense::kSame},
    {"aten::view", 0, -1, kListed, Dense::kSame},
    {"aten::expand", 0, -1, kListed},
    {"aten::unsqueeze", 0, -1, kSome, Dense::kSame},
    {"aten::transpose.int", 0, -1, kSame},
    {"aten::permute", 0, -1, kSame},
    {"aten::t", 0, -1, kSame},
    {"aten::slice.Tensor", 0, -1, kSame},
};

namespace {

// Views of another dtype than what they view.
constexpr const char* kOtherViews[] = {"aten::view.dtype", "aten::view_as_complex",
                                       "aten::view_as_real"};

// The number of elements of a list in sight; -1 when it may be any.
int64_t length_of(const Value* list) {
  if (list->node()->is(Kind::kListConstruct)) {
    return static_cast<int64_t>(list->node()->inputs().size());
  }
  const IValue* value = constant_of(list);
  return value && value->is_list() ? static_cast<int64_t>(value->to_list().items.size()) : -1;
}

bool is_none(const Value* value) {
  const IValue* constant = constant_of(value);
  return constant && constant->is_none();
}

bool is_plain_format(const Value* value) {
  const IValue* constant = constant_of(value);
  return constant && constant->is_int() &&
         constant->to_int() == static_cast<int64_t>(MemoryFormat::kContiguous);
}

bool raises(const Block& block) {
  for (const Node* node : block) {
    if (node->is(Kind::kRaiseException)) return true;
  }
  return false;
}

void set_rank(KnownTensor* known, int64_t rank) {
  known->rank = rank;
  known->has_dims = rank > 0;
}

KnownTensor of_constant(const IValue& value) {
  KnownTensor known;
  if (!value.is_tensor() || !value.to_tensor().defined()) return known;
  const Tensor tensor = value.to_tensor();
  known.dtype = tensor.dtype();
  known.contiguous = tensor.is_contiguous();
  set_rank(&known, tensor.dim());
  return known;
}

KnownTensor of_type(const TypePtr& type) {
  KnownTensor known;
  const auto* tensor = type->as<TensorType>();
  if (!tensor || tensor->known().undefined) return known;
  if (tensor->known().dtype >= 0) known.dtype = dtype_from_code(tensor->known().dtype);
  if (tensor->known().has_rank) {
    set_rank(&known, static_cast<int64_t>(tensor->known().sizes.size()));
  }
  return known;
}

// A number that is not complex.
bool is_real(const Value* value) {
  switch (value->type()->kind()) {
    case TypeKind::kInt:
    case TypeKind::kFloat:
    case TypeKind::kBool: return true;
    default: break;
  }
  const IValue* constant = constant_of(value);
  return constant && (constant->is_int() || constant->is_double() || constant->is_bool());
}

bool is_tensor(const Value* value) { return value->type()->kind() == TypeKind::kTensor; }

}  // namespace

KnownTensors::KnownTensors(const OpRegistry& ops, const Graph& graph)
    : dim_(ops.find("aten::dim")),
      not_equal_(ops.find("aten::ne.int")),
      fixed_shapes_(!reshapes_in_place(*graph.block())) {
  for (const Rule& rule : kRules) rules_[ops.find(rule.key)] = &rule;
  for (const char* key : kOtherViews) other_views_.push_back(ops.find(key));
  if (fixed_shapes_) learn_from_checks(*graph.block());
  visit(*graph.block());
}

KnownTensor KnownTensors::of(const Value* value) const {
  if (const IValue* constant = constant_of(value)) return of_constant(*constant);
  const auto found = known_.find(value);
  KnownTensor known = found == known_.end() ? of_type(value->type()) : found->second;
  if (!fixed_shapes_) known = {known.dtype, false, std::nullopt, false};
  return known;
}

bool KnownTensors::is_floating(const Value* value) const {
  const std::optional<DType> dtype = of(value).dtype;
  return dtype && temper::is_floating(*dtype);
}

// "raise unless x has n dims": so it has, for whoever runs in the same run of the block.
void KnownTensors::learn_from_checks(const Block& block) {
  for (const Node* node : block) {
    for (const Block* inner : node->blocks()) learn_from_checks(*inner);
    if (!node->is(Kind::kIf) || !raises(*node->block_at(0))) continue;
    const Node& condition = *node->input(0)->node();
    if (condition.op() != not_equal_ || condition.input(0)->node()->op() != dim_) continue;
    const Value* tensor = condition.input(0)->node()->input(0);
    const IValue* rank = constant_of(condition.input(1));
    if (rank && tensor->node()->block() == &block) set_rank(&known_[tensor], rank->to_int());
  }
}

void KnownTensors::visit(const Block& block) {
  for (const Node* node : block) {
    for (const Block* inner : node->blocks()) visit(*inner);
    if (node->is(Kind::kIf)) visit_if(*node);
    if (!node->op() || node->outputs().size() != 1 || !is_tensor(node->output())) continue;
    KnownTensor known = of_op(*node);
    const KnownTensor declared = of_type(node->output()->type());
    if (declared.dtype) known.dtype = declared.dtype;
    if (declared.rank) set_rank(&known, *declared.rank);
    const auto checked = known_.find(node->output());
    if (checked != known_.end()) set_rank(&known, *checked->second.rank);
    known_[node->output()] = known;
  }
}

// What both branches agree on.
void KnownTensors::visit_if(const Node& node) {
  for (size_t i = 0; i < node.outputs().size(); ++i) {
    if (!is_tensor(node.output(i))) continue;
    KnownTensor known = of(node.block_at(0)->outputs()[i]);
    const KnownTensor other = of(node.block_at(1)->outputs()[i]);
    if (known.dtype != other.dtype) known.dtype.reset();
    if (known.rank != other.rank) known.rank.reset();
    known.has_dims &= other.has_dims;
    known.contiguous &= other.contiguous;
    known_[node.output(i)] = known;
  }
}

KnownTensor KnownTensors::of_op(const Node& node) const {
  const OpDef& op = *node.op();
  if (op.in_place()) return of(node.input(0));
  if (op.writes()) return {};
  if (op.pointwise()) return of_pointwise(node);
  KnownTensor known;
  const auto found = rules_.find(&op);
  if (found != rules_.end()) known = by_rule(*found->second, node);
  if (op.has(kKeepsRank) && !known.rank) {
    const KnownTensor input = of(node.input(0));
    known.rank = input.rank;
    known.has_dims |= input.has_dims;
  }
  if (op.has(kViewOp) && std::ranges::count(other_views_, &op) == 0) {
    known.dtype = of(node.input(0)).dtype;
  }
  add_residual(node, &known);
  return known;
}

KnownTensor KnownTensors::by_rule(const Rule& rule, const Node& node) const {
  const auto at = [&](signed char i) { return of(node.input(static_cast<size_t>(i))); };
  const KnownTensor input = of(node.input(0));
  KnownTensor known;
  known.dtype = rule.dtype_of == kOfAll ? common_dtype(node) : at(rule.dtype_of).dtype;
  if (!known.dtype && rule.or_of >= 0) known.dtype = at(rule.or_of).dtype;
  switch (rule.dense) {
    case Dense::kUnknown: break;
    case Dense::kSame: known.contiguous = input.contiguous; break;
    case Dense::kAlways: known.contiguous = true; break;
    case Dense::kPlainFormat: known.contiguous = is_plain_format(node.inputs().back()); break;
  }
  switch (rule.rank) {
    case kUnknown: break;
    case kSame:
      // Other arguments may give dims to what has none.
      if (rule.dtype_of != kOfAll || input.has_dims) known.rank = input.rank;
      known.has_dims = input.has_dims;
      break;
    case kSome: known.has_dims = true; break;
    case kListed:
      if (const int64_t length = length_of(node.input(1)); length >= 0) set_rank(&known, length);
      break;
    case kOfWeight:
      // A product with a vector has a dim less.
      known.has_dims = at(1).rank == 2;
      known.contiguous &= known.has_dims;
      if (known.has_dims) known.rank = input.rank;
      break;
    default: set_rank(&known, rule.rank);
  }
  return known;
}

std::optional<DType> KnownTensors::common_dtype(const Node& node) const {
  std::optional<DType> dtype = of(node.input(0)).dtype;
  for (const Value* input : node.inputs()) {
    if (is_none(input) || input->type()->kind() == TypeKind::kFloat ||
        input->type()->kind() == TypeKind::kBool) {
      continue;
    }
    if (of(input).dtype != dtype) return std::nullopt;
  }
  return dtype;
}

// The sum with a residual that is not stored in the product has the dtype and shape of both.
void KnownTensors::add_residual(const Node& node, KnownTensor* known) const {
  const auto& arguments = node.op()->schema().arguments;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].name != "residual" || is_none(node.input(i))) continue;
    known->contiguous = false;
    const IValue* stored = constant_of(node.input(i + 1));
    if (stored && stored->to_bool()) continue;
    known->rank.reset();
    if (known->dtype != of(node.input(i)).dtype) known->dtype.reset();
  }
}

KnownTensor KnownTensors::of_pointwise(const Node& node) const {
  KnownTensor known;
  known.dtype = pointwise_dtype(node);
  known.contiguous = true;
  bool ranks_known = true;
  int64_t rank = 0;
  for (const Value* input : node.inputs()) {
    if (!is_tensor(input)) continue;
    const KnownTensor tensor = of(input);
    known.has_dims |= tensor.has_dims;
    known.contiguous &= tensor.contiguous;
    ranks_known &= tensor.rank.has_value();
    rank = std::max(rank, tensor.rank.value_or(0));
  }
  if (ranks_known) set_rank(&known, rank);
  return known;
}

// Of tensors that all have one floating dtype, when neither integers nor fixed numbers beside them
// change it.
std::optional<DType> KnownTensors::pointwise_dtype(const Node& node) const {
  const PointwiseRule& rule = *node.op()->pointwise();
  if (rule.dtypes == DTypeRule::kBool) return DType::kBool;
  std::optional<DType> dtype;
  bool has_dims = false, number_differs = false;
  for (const PointwiseRule::Input& input : rule.inputs) {
    const Value* value = node.input(static_cast<size_t>(input.argument));
    if (!is_tensor(value)) {
      if (input.promotes && !is_real(value)) return std::nullopt;
      continue;
    }
    const KnownTensor tensor = of(value);
    if (rule.dtypes == DTypeRule::kFirst) return tensor.dtype;
    if (!tensor.dtype || is_complex(*tensor.dtype)) return std::nullopt;
    if (is_integral_or_bool(*tensor.dtype)) continue;
    if (tensor.rank == 0 && dtype != tensor.dtype) {
      number_differs = true;
      continue;
    }
    if (dtype && dtype != tensor.dtype) return std::nullopt;
    dtype = tensor.dtype;
    has_dims |= tensor.has_dims;
  }
  if (number_differs && !has_dims) return std::nullopt;
  return dtype;
}

}  // namespace temper
