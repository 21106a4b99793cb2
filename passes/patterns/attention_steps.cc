#include "passes/patterns/attention_steps.h"

#include <algorithm>

#include "passes/constants.h"

namespace temper {

using ir::Node;
using ir::Value;

namespace {

const std::vector<AttentionSpelling>& spellings() {
  static const std::vector<AttentionSpelling> all = {
      {"aten::mul.Tensor", "mul", 0, {1}, true},
      {"aten::mul.Scalar", "mul", 0, {1}},
      {"aten::multiply.Tensor", "mul", 0, {1}, true},
      {"aten::multiply.Scalar", "mul", 0, {1}},
      {"aten::div.Tensor", "div", 0, {1}},
      {"aten::div.Scalar", "div", 0, {1}},
      {"aten::true_divide.Tensor", "div", 0, {1}},
      {"aten::true_divide.Scalar", "div", 0, {1}},
      {"aten::add.Tensor", "add", 0, {1, 2}, true},
      {"aten::sub.Tensor", "sub", 0, {1, 2}},
      {"aten::masked_fill.Scalar", "masked_fill", 0, {1, 2}},
      {"aten::masked_fill.Tensor", "masked_fill", 0, {1, 2}},
      {"aten::where.self", "where", 1, {0, 2}},
      {"aten::where.ScalarOther", "where", 1, {0, 2}},
      {"aten::to.dtype", "to", 0, {1}},
      {"aten::view", "view", 0, {1}},
      {"aten::reshape", "reshape", 0, {1}},
  };
  return all;
}

bool is_one(const Value* value) {
  const IValue* constant = constant_of(value);
  return constant && (constant->is_int() || constant->is_double()) &&
         constant->scalar_as_double() == 1;
}

bool has_no_dims(const Value* value, int depth) {
  const TypeKind kind = value->type()->kind();
  if (kind == TypeKind::kFloat || kind == TypeKind::kInt || kind == TypeKind::kNumber) return true;
  if (const IValue* constant = constant_of(value)) {
    return constant->is_tensor() && constant->to_tensor().defined() &&
           constant->to_tensor().dim() == 0;
  }
  const OpDef* op = value->node()->op();
  if (!op || depth == 0) return false;
  if (op->name() == "prim::NumToTensor") return true;
  const auto& inputs = value->node()->inputs();
  return op->pointwise() && std::all_of(inputs.begin(), inputs.end(), [&](const Value* input) {
           return has_no_dims(input, depth - 1);
         });
}

}  // namespace

AttentionOperators::AttentionOperators(const OpRegistry& ops)
    : as_in_place(ops.find("temper::as_in_place")),
      matmul(ops.find("aten::matmul")),
      bmm(ops.find("aten::bmm")),
      baddbmm(ops.find("aten::baddbmm")),
      softmax(ops.find("aten::softmax.int")),
      type_as(ops.find("aten::type_as")),
      expand_as(ops.find("aten::expand_as")),
      transpose(ops.find("aten::transpose.int")),
      permute(ops.find("aten::permute")),
      contiguous(ops.find("aten::contiguous")),
      view(ops.find("aten::view")),
      reshape(ops.find("aten::reshape")),
      flatten(ops.find("aten::flatten.using_ints")) {
  for (const AttentionSpelling& spelling : spellings()) steps_[ops.find(spelling.key)] = &spelling;
}

const AttentionSpelling* AttentionOperators::step(const Node& node) const {
  const auto found = steps_.find(node.op());
  return node.op() && found != steps_.end() ? found->second : nullptr;
}

bool is_number(const Value* value) { return has_no_dims(value, 8); }

bool converts_only(const Node& node) {
  const IValue *copy = constant_of(node.input(3)), *format = constant_of(node.input(4));
  return copy && copy->is_bool() && !copy->to_bool() && format && format->is_none();
}

std::optional<AttentionStep> step_of(const Node& node, const AttentionSpelling& spelling,
                                     size_t side, const BranchPath& path) {
  if (spelling.word == "to" && !converts_only(node)) return std::nullopt;
  AttentionStep step{std::string(spelling.word), {}, path};
  for (const size_t operand : spelling.operands) step.operands.push_back(node.input(operand));
  if (side != spelling.value) {
    if (step.operands.size() > 1 && !is_one(step.operands[1])) return std::nullopt;
    step.operands[0] = node.input(spelling.value);
  }
  return step;
}

}  // namespace temper
