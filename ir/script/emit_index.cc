// Subscripts of tensors: selects, slices and new dimensions from left to right, then one gather for
// all index tensors.

#include "core/value/containers.h"
#include "ir/script/emitter.h"
#include "ir/script/term_kinds.h"

namespace temper::ir {
namespace {

constexpr int64_t kLongCode = 4;

bool is_scalar(const Value* value) {
  const TypeKind kind = value->type()->kind();
  return kind == TypeKind::kInt || kind == TypeKind::kFloat || kind == TypeKind::kBool ||
         kind == TypeKind::kComplex || kind == TypeKind::kNumber;
}

}  // namespace

// One subscript that is no slice; lists become tensors.
Value* Emitter::emit_index_value(const Expr& expr) {
  Value* value = emit_value(expr);
  if (value->type()->kind() != TypeKind::kList && value->type()->kind() != TypeKind::kTuple) {
    return value;
  }
  if (value->type()->kind() == TypeKind::kTuple) {
    value = require(value, list_of(Type::integer()), "a subscript");
  }
  Actuals actuals;
  actuals.positional.push_back({value, ""});
  if (value->type()->expect<WrapperType>().element()->kind() != TypeKind::kBool) {
    actuals.named.push_back({builder_.constant(kLongCode), "dtype"});
  }
  return call_operator(op::kTensor, actuals)->value(*this);
}

int Emitter::apply_tensor_subscript(TensorIndex* state, const Expr& subscript, int64_t dim,
                                    bool reversed) {
  const Builder::At at(builder_, subscript.range);
  if (subscript.kind == ExprKind::kSlice) {
    state->base = emit_slice(state->base, builder_.constant(dim), subscript);
    return 1;
  }
  Value* value = emit_index_value(subscript);
  switch (value->type()->kind()) {
    case TypeKind::kNone:
      state->base = operate(op::kUnsqueeze, {state->base, builder_.constant(dim)});
      return 1;
    case TypeKind::kInt:
      state->base = operate(op::kSelect, {state->base, builder_.constant(dim), value});
      return 0;
    case TypeKind::kTensor: break;
    default:
      if (value->type()->kind() == TypeKind::kOptional &&
          without_none(value->type())->kind() == TypeKind::kTensor) {
        break;
      }
      fail("a tensor cannot be indexed with a ", value->type()->annotation());
  }
  if (reversed) fail("an index tensor after '...' is not supported");
  state->indices.resize(std::max(state->indices.size(), static_cast<size_t>(dim) + 1));
  state->indices[static_cast<size_t>(dim)] = value;
  return 1;
}

Emitter::TensorIndex Emitter::emit_tensor_index(Value* tensor, const Expr& expr) {
  TensorIndex state{tensor, {}};
  // x[(1, 2)] is x[1, 2].
  const Expr* source = &expr;
  size_t first = 1;
  if (expr.children.size() == 2 && expr.children[1]->kind == ExprKind::kTuple) {
    source = expr.children[1].get();
    first = 0;
  }
  const auto& subscripts = source->children;
  size_t i = first;
  for (int64_t dim = 0; i < subscripts.size(); ++i) {
    if (subscripts[i]->kind == ExprKind::kDots) break;
    dim += apply_tensor_subscript(&state, *subscripts[i], dim, false);
  }
  int64_t dim = -1;  // of what follows the dots, from the right
  for (size_t j = subscripts.size(); j > i + 1; --j) {
    if (subscripts[j - 1]->kind == ExprKind::kDots) fail("a subscript can hold one '...'");
    dim -= apply_tensor_subscript(&state, *subscripts[j - 1], dim, true);
  }
  return state;
}

Value* Emitter::index_list(const TensorIndex& index) {
  const TypePtr element = optional_of(Type::tensor());
  std::vector<Value*> items;
  for (Value* item : index.indices) items.push_back(item ? item : builder_.none(element));
  return builder_.list(element, items);
}

Value* Emitter::read_tensor(const TensorIndex& index) {
  if (index.indices.empty()) return index.base;
  return operate(op::kIndex, {index.base, index_list(index)});
}

void Emitter::write_tensor(const TensorIndex& index, Value* value) {
  if (is_scalar(value)) {
    Actuals actuals;
    actuals.positional.push_back({value, ""});
    actuals.named.push_back({operate(op::kTensorDType, {index.base}), "dtype"});
    actuals.named.push_back({operate(op::kTensorDevice, {index.base}), "device"});
    value = call_operator(op::kTensor, actuals)->value(*this);
  }
  if (index.indices.empty()) {
    operate(op::kCopy, {index.base, value});
  } else {
    operate(op::kIndexPut, {index.base, index_list(index), value});
  }
}

}  // namespace temper::ir
