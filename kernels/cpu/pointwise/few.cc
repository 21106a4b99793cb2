#include "kernels/cpu/pointwise/few.h"

#include <algorithm>

#include "kernels/cpu/pointwise/loops.h"
#include "kernels/cpu/pointwise/promote.h"
#include "kernels/cpu/pointwise/refuse.h"
#include "kernels/cpu/pointwise/types.h"

namespace temper {
namespace {

constexpr int64_t kFew = 8;
constexpr size_t kMaxNodes = 12;

struct alignas(64) Cell {
  std::byte bytes[kFew * 8];
};

template <class T>
void fill(Cell& cell, T value, int64_t n) {
  std::fill_n(reinterpret_cast<T*>(cell.bytes), n, value);
}

// False for numbers that the type cannot hold as they are, and for what is no number.
bool write_number(Cell& cell, ComputeType type, const IValue& number, int64_t n) {
  const bool whole = number.is_int();
  if (!whole && !(number.is_double() && number.to_double() == number.to_double())) return false;
  switch (type) {
    case ComputeType::kFloat:
      fill(cell, static_cast<float>(number.scalar_as_double()), n);
      return true;
    case ComputeType::kDouble: fill(cell, number.scalar_as_double(), n); return true;
    case ComputeType::kInt:
      if (whole) fill(cell, number.scalar_as_int(), n);
      return whole;
    default: return false;
  }
}

// All tensors are inputs of the expression.
const TensorImpl* first_tensor(OpCall& call) {
  for (size_t i = 0; i < call.size(); ++i) {
    if (call.in(i).is_tensor()) return call.in(i).raw_tensor();
  }
  return nullptr;
}

// Without a call for the few numbers that there are.
bool same_sizes(DimsView a, DimsView b) {
  if (a.data() == b.data()) return true;
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

// Nobody but one handle refers to it, and it looks like a new tensor of its shape.
bool is_like_new(const TensorImpl& tensor) {
  const Storage& storage = *tensor.storage;
  if (tensor.use_count() != 1 || storage.use_count() != 1 || storage.borrowed() ||
      storage.constant() || tensor.quant || tensor.lengths ||
      storage.size() != tensor.numel * item_size(tensor.dtype)) {
    return false;
  }
  int64_t stride = 1;
  for (size_t i = tensor.sizes.size(); i-- > 0; stride *= tensor.sizes[i]) {
    if (tensor.strides[i] != stride) return false;
  }
  return true;
}

}  // namespace

Tensor take_argument(OpCall& call, const PointwiseRule& rule, DimsView sizes, DType dtype) {
  for (const PointwiseRule::Input& input : rule.inputs) {
    const auto argument = static_cast<size_t>(input.argument);
    if (!call.dies(argument) || !call.in(argument).is_tensor()) continue;
    TensorImpl* tensor = call.in(argument).raw_tensor();
    if (!tensor || tensor->dtype != dtype || !same_sizes(tensor->sizes, sizes) ||
        !is_like_new(*tensor)) {
      continue;
    }
    tensor->requires_grad = false;
    return call.in(argument).take_tensor();
  }
  return empty(sizes, dtype);
}

Tensor evaluate_few(OpCall& call, const PointwiseRule& rule, bool in_place) {
  const TensorImpl* first = first_tensor(call);
  if (!first || !first->contiguous || first->storage->device().kind != DeviceKind::kCpu) return {};
  if (may_refuse(rule, first->dtype)) return {};
  const int64_t n = first->numel;
  const auto& nodes = rule.expression.nodes;
  if (n == 0 || n > kFew || nodes.size() > kMaxNodes) return {};
  const ResultDTypes dtypes = apply_rule(rule.dtypes, first->dtype, first->dtype);
  const ComputeType type = compute_type(dtypes.compute);
  if (native_dtype(type) != first->dtype || dtypes.output != first->dtype ||
      nodes.back().kind != ScalarNode::Kind::kCall) {
    return {};
  }
  Cell cells[kMaxNodes];
  const void* values[kMaxNodes];
  const auto& loops = best_loops().loops[static_cast<int>(type)];
  Tensor out;
  for (size_t i = 0; i < nodes.size(); ++i) {
    const ScalarNode& node = nodes[i];
    values[i] = cells[i].bytes;
    if (node.kind == ScalarNode::Kind::kConstant) {
      if (!write_number(cells[i], type, IValue(node.constant), n)) return {};
    } else if (node.kind == ScalarNode::Kind::kInput) {
      const auto argument =
          static_cast<size_t>(rule.inputs[static_cast<size_t>(node.input)].argument);
      const IValue& value = call.in(argument);
      if (!value.is_tensor()) {
        if (!write_number(cells[i], type, value, n)) return {};
        continue;
      }
      const TensorImpl* tensor = value.raw_tensor();
      if (!tensor || !tensor->contiguous || tensor->dtype != first->dtype ||
          !same_sizes(tensor->sizes, first->sizes)) {
        return {};
      }
      values[i] = tensor->storage->data() + tensor->offset * item_size(tensor->dtype);
    } else {
      const Loop loop = loops[static_cast<int>(node.fn)];
      if (!loop) return {};
      const bool last = i + 1 == nodes.size();
      if (last) {
        out = in_place ? take_argument(call, rule, first->sizes, dtypes.output)
                       : empty(first->sizes, dtypes.output);
      }
      void* to = last ? static_cast<void*>(out.raw()) : cells[i].bytes;
      const auto arg = [&](int k) { return node.args[k] < 0 ? nullptr : values[node.args[k]]; };
      loop(to, arg(0), arg(1), arg(2), n);
    }
  }
  return out;
}

}  // namespace temper
