#include "core/op/op_call.h"

#include "core/base/error.h"
#include "core/op/op_def.h"

namespace temper {
namespace {

Tensor tensor_or_undefined(const IValue& value) {
  return value.is_none() ? Tensor() : value.to_tensor();
}

}  // namespace

Tensor OpCall::opt_tensor(size_t i) const { return tensor_or_undefined(in(i)); }

std::vector<Tensor> OpCall::tensors(size_t i) const {
  std::vector<Tensor> out;
  for (const IValue& item : in(i).to_list().items) out.push_back(item.to_tensor());
  return out;
}

std::vector<Tensor> OpCall::opt_tensors(size_t i) const {
  std::vector<Tensor> out;
  for (const IValue& item : in(i).to_list().items) out.push_back(tensor_or_undefined(item));
  return out;
}

std::optional<int64_t> OpCall::opt_integer(size_t i) const {
  if (is_none(i)) return std::nullopt;
  return integer(i);
}

Dims OpCall::ints(size_t i) const {
  const IValue& value = in(i);
  if (value.is_int()) return {value.to_int()};
  Dims out;
  for (const IValue& item : value.to_list().items) out.push_back(item.to_int());
  return out;
}

std::optional<Dims> OpCall::opt_ints(size_t i) const {
  if (is_none(i)) return std::nullopt;
  return ints(i);
}

std::vector<double> OpCall::numbers(size_t i) const {
  const IValue& value = in(i);
  if (value.is_scalar()) return {value.scalar_as_double()};
  std::vector<double> out;
  for (const IValue& item : value.to_list().items) out.push_back(item.scalar_as_double());
  return out;
}

std::vector<bool> OpCall::booleans(size_t i) const {
  std::vector<bool> out;
  for (const IValue& item : in(i).to_list().items) out.push_back(item.to_bool());
  return out;
}

std::optional<DType> OpCall::opt_dtype(size_t i) const {
  if (is_none(i)) return std::nullopt;
  const auto dtype = dtype_from_code(integer(i));
  if (!dtype) fail(op_->key(), ": unknown dtype code ", integer(i));
  return dtype;
}

DType OpCall::dtype_or(size_t i, DType fallback) const { return opt_dtype(i).value_or(fallback); }

}  // namespace temper
