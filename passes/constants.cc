#include "passes/constants.h"

#include <bit>
#include <cstring>

#include "core/value/containers.h"

namespace temper {
namespace {

constexpr int64_t kMaxCompared = 4096;  // bytes; larger tensors are equal only by identity

bool same_tensor(const Tensor& a, const Tensor& b) {
  if (a.impl() == b.impl()) return true;
  if (!a.defined() || !b.defined() || a.dtype() != b.dtype() || a.sizes() != b.sizes() ||
      a.strides() != b.strides() || a.device() != b.device() ||
      a.impl()->requires_grad != b.impl()->requires_grad || a.impl()->quant || b.impl()->quant) {
    return false;
  }
  if (a.storage() == b.storage() && a.offset() == b.offset()) return true;
  if (a.nbytes() > kMaxCompared || a.device().kind != DeviceKind::kCpu) return false;
  const Tensor x = a.contiguous();
  const Tensor y = b.contiguous();
  return std::memcmp(x.raw(), y.raw(), static_cast<size_t>(x.nbytes())) == 0;
}

bool same_items(const std::vector<IValue>& a, const std::vector<IValue>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!same_constant(a[i], b[i])) return false;
  }
  return true;
}

}  // namespace

const IValue* constant_of(const ir::Value* value) {
  const ir::Node* node = value->node();
  return node->is(ir::Kind::kConstant) ? &node->value() : nullptr;
}

TypePtr constant_type(const IValue& value, const TypePtr& declared) {
  if (!value.is_tensor() || !value.to_tensor().defined()) return declared;
  const Tensor tensor = value.to_tensor();
  TensorType::Known known;
  known.dtype = static_cast<int>(tensor.dtype());
  known.device = to_string(tensor.device());
  known.requires_grad = tensor.impl()->requires_grad;
  known.has_rank = true;
  known.sizes.assign(tensor.sizes().begin(), tensor.sizes().end());
  known.strides.assign(tensor.strides().begin(), tensor.strides().end());
  return TensorType::make(std::move(known));
}

bool same_constant(const IValue& a, const IValue& b) {
  if (a.tag() != b.tag()) return false;
  switch (a.tag()) {
    case Tag::kNone: return true;
    case Tag::kBool: return a.to_bool() == b.to_bool();
    case Tag::kInt: return a.to_int() == b.to_int();
    case Tag::kDouble:
      return std::bit_cast<uint64_t>(a.to_double()) == std::bit_cast<uint64_t>(b.to_double());
    case Tag::kString: return a.to_string() == b.to_string();
    case Tag::kDevice: return a.to_device() == b.to_device();
    case Tag::kComplex: {
      const auto x = a.to_complex();
      const auto y = b.to_complex();
      return std::memcmp(&x, &y, sizeof(x)) == 0;
    }
    case Tag::kTensor: return same_tensor(a.to_tensor(), b.to_tensor());
    case Tag::kList:
      return equal(a.to_list().element_type, b.to_list().element_type) &&
             same_items(a.to_list().items, b.to_list().items);
    case Tag::kTuple: {
      const TypePtr& x = a.to_tuple().type;
      const TypePtr& y = b.to_tuple().type;
      if (static_cast<bool>(x) != static_cast<bool>(y) || (x && !equal(x, y))) return false;
      return same_items(a.to_tuple().items, b.to_tuple().items);
    }
    default: return a.to_reference() && a.to_reference() == b.to_reference();
  }
}

size_t constant_hash(const IValue& value) {
  size_t h = static_cast<size_t>(value.tag()) * 0x9e3779b97f4a7c15ull;
  switch (value.tag()) {
    case Tag::kBool: return h ^ static_cast<size_t>(value.to_bool());
    case Tag::kInt: return h ^ (static_cast<size_t>(value.to_int()) * 31);
    case Tag::kDouble: return h ^ std::bit_cast<uint64_t>(value.to_double());
    case Tag::kString: return h ^ std::hash<std::string>()(value.to_string());
    case Tag::kList: return h ^ value.to_list().items.size();
    case Tag::kTuple: return h ^ value.to_tuple().items.size();
    case Tag::kTensor: return h;
    case Tag::kEnum:
    case Tag::kFunction:
    case Tag::kObject: return h ^ reinterpret_cast<size_t>(value.to_reference());
    default: return h;
  }
}

bool is_data(const IValue& value) {
  switch (value.tag()) {
    case Tag::kList:
      for (const IValue& item : value.to_list().items) {
        if (!is_data(item)) return false;
      }
      return true;
    case Tag::kTuple:
      for (const IValue& item : value.to_tuple().items) {
        if (!is_data(item)) return false;
      }
      return true;
    case Tag::kTensor:
    case Tag::kNone:
    case Tag::kBool:
    case Tag::kInt:
    case Tag::kDouble:
    case Tag::kString:
    case Tag::kComplex:
    case Tag::kDevice:
    case Tag::kEnum: return true;
    default: return false;
  }
}

void mark_constant(const IValue& value) {
  if (value.is_tensor()) {
    if (value.to_tensor().defined()) value.to_tensor().storage()->mark_constant();
  } else if (value.is_list()) {
    for (const IValue& item : value.to_list().items) mark_constant(item);
  } else if (value.is_tuple()) {
    for (const IValue& item : value.to_tuple().items) mark_constant(item);
  }
}

int64_t constant_bytes(const IValue& value) {
  if (value.is_tensor())
    return value.to_tensor().defined() ? value.to_tensor().storage()->size() : 0;
  int64_t bytes = 0;
  if (value.is_list()) {
    for (const IValue& item : value.to_list().items) bytes += constant_bytes(item);
  } else if (value.is_tuple()) {
    for (const IValue& item : value.to_tuple().items) bytes += constant_bytes(item);
  }
  return bytes;
}

}  // namespace temper
