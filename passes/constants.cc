#include "passes/constants.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <unordered_set>

#include "core/value/containers.h"

namespace temper {
namespace {

constexpr int64_t kMaxCompared = 4096;       // bytes; larger tensors are equal only by identity
constexpr int64_t kMaxUnfolded = 1'000'000;  // values that a constant may consist of
constexpr int kMaxDepth = 200;

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

bool is_container(const IValue& value) {
  return value.is_list() || value.is_tuple() || value.is_dict();
}

bool same(const IValue& a, const IValue& b, int64_t* budget);

bool same_items(const std::vector<IValue>& a, const std::vector<IValue>& b, int64_t* budget) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [budget](const IValue& x, const IValue& y) { return same(x, y, budget); });
}

bool is_data(const IValue& value, int depth, int64_t* budget) {
  if (--*budget < 0 || depth > kMaxDepth) return false;
  const auto each = [&](const IValue& item) { return is_data(item, depth + 1, budget); };
  switch (value.tag()) {
    case Tag::kList: return std::ranges::all_of(value.to_list().items, each);
    case Tag::kTuple: return std::ranges::all_of(value.to_tuple().items, each);
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

bool same(const IValue& a, const IValue& b, int64_t* budget) {
  if (a.tag() != b.tag() || --*budget < 0) return false;
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
             same_items(a.to_list().items, b.to_list().items, budget);
    case Tag::kTuple: {
      const TypePtr& x = a.to_tuple().type;
      const TypePtr& y = b.to_tuple().type;
      if (static_cast<bool>(x) != static_cast<bool>(y) || (x && !equal(x, y))) return false;
      return same_items(a.to_tuple().items, b.to_tuple().items, budget);
    }
    default: return a.to_reference() && a.to_reference() == b.to_reference();
  }
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
  int64_t budget = kMaxUnfolded;
  return same(a, b, &budget);
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

void each_part(const IValue& value, absl::FunctionRef<void(const IValue&)> visit) {
  std::vector<const IValue*> waiting = {&value};
  std::unordered_set<const RefCounted*> seen;
  const auto add = [&waiting](const IValue& part) { waiting.push_back(&part); };
  while (!waiting.empty()) {
    const IValue& part = *waiting.back();
    waiting.pop_back();
    visit(part);
    if (!is_container(part) || !seen.insert(part.to_reference()).second) continue;
    if (part.is_list()) {
      std::ranges::for_each(part.to_list().items, add);
    } else if (part.is_tuple()) {
      std::ranges::for_each(part.to_tuple().items, add);
    } else {
      part.to_dict().each([&add](const IValue& key, const IValue& item) {
        add(key);
        add(item);
      });
    }
  }
}

bool is_data(const IValue& value) {
  int64_t budget = kMaxUnfolded;
  return is_data(value, 0, &budget);
}

void mark_constant(const IValue& value) {
  each_part(value, [](const IValue& part) {
    if (part.is_tensor() && part.to_tensor().defined()) {
      part.to_tensor().storage()->mark_constant();
    }
  });
}

int64_t constant_bytes(const IValue& value) {
  int64_t bytes = 0;
  each_part(value, [&bytes](const IValue& part) {
    if (part.is_tensor() && part.to_tensor().defined()) {
      bytes += part.to_tensor().storage()->size();
    }
  });
  return bytes;
}

}  // namespace temper
