#include <algorithm>

#include "core/op/pointwise_group.h"
#include "core/op/run_context.h"
#include "kernels/cpu/pointwise/pointwise.h"

namespace temper {
namespace {

// A part that computes on less than the result's shape is cheaper on its own, unless all is small.
constexpr int64_t kSmall = 4096;

// One floating dtype that all tensors have but conditions, and numbers that do not change it.
bool is_uniform(OpCall& call, const PointwiseRule& rule) {
  const TensorImpl* first = nullptr;
  for (const PointwiseRule::Input& input : rule.inputs) {
    const IValue& value = call.in(static_cast<size_t>(input.argument));
    if (!value.is_tensor()) {
      if (!value.is_double() && !value.is_int()) return false;
      continue;
    }
    const TensorImpl* tensor = value.raw_tensor();
    if (!tensor || tensor->storage->device().kind != DeviceKind::kCpu) return false;
    if (!input.promotes && tensor->dtype == DType::kBool) continue;
    if (!first) first = tensor;
    if (tensor->dtype != first->dtype) return false;
  }
  return first && (first->dtype == DType::kFloat32 || first->dtype == DType::kFloat64);
}

// Whether running the parts one by one would give the strides that one expression gives, at no
// more work: each tensor has the full shape or meets one that has, and those agree in layout.
class Shapes {
 public:
  Shapes(OpCall& call, absl::Span<const GroupPart> parts) : call_(call), parts_(parts) {
    for (size_t i = 0; i < call.size(); ++i) {
      if (call.in(i).is_tensor()) largest_ = std::max(largest_, call.tensor(i).numel());
    }
  }

  bool agree() {
    if (!broadcast()) return false;  // the part that fails says so
    bool partial = false, descend = true;
    absl::InlinedVector<Tensor, 8> full;
    for (size_t i = 0; i < call_.size(); ++i) {
      if (!call_.in(i).is_tensor()) continue;
      Tensor tensor = call_.tensor(i);
      descend &= descends(tensor);
      if (tensor.numel() != largest_) {
        partial = true;
      } else if (full.empty() || tensor.sizes() == full[0].sizes()) {
        full.push_back(std::move(tensor));
      } else {
        return false;
      }
    }
    if (!descend && (partial || !same_strides(full))) return false;
    return !partial || largest_ <= kSmall || all_parts_full();
  }

 private:
  bool broadcast() const {
    Dims shape;  // innermost first
    for (size_t i = 0; i < call_.size(); ++i) {
      if (!call_.in(i).is_tensor()) continue;
      const Tensor tensor = call_.tensor(i);
      const size_t rank = tensor.sizes().size();
      for (size_t d = 0; d < rank; ++d) {
        const int64_t size = tensor.sizes()[rank - 1 - d];
        if (d == shape.size()) shape.push_back(size);
        if (shape[d] == 1) shape[d] = size;
        if (size != 1 && size != shape[d]) return false;
      }
    }
    return true;
  }

  // Outer dims take no smaller steps than inner ones: with others like it, it gives contiguous
  // results.
  static bool descends(const Tensor& t) {
    int64_t step = 0;
    for (size_t d = t.sizes().size(); d-- > 0;) {
      const int64_t stride = t.strides()[d];
      if (t.sizes()[d] == 1 || stride == 0) continue;
      if (stride < step) return false;
      step = stride;
    }
    return true;
  }

  static bool same_strides(absl::Span<const Tensor> full) {
    return std::all_of(full.begin(), full.end(),
                       [&](const Tensor& t) { return t.strides() == full[0].strides(); });
  }

  bool all_parts_full() const {
    std::vector<bool> full;
    const auto is_full = [&](int from) {
      const auto index = static_cast<size_t>(from);
      if (index >= call_.size()) return bool(full[index - call_.size()]);
      return call_.in(index).is_tensor() && call_.tensor(index).numel() == largest_;
    };
    for (const GroupPart& part : parts_) {
      full.push_back(std::any_of(part.arguments.begin(), part.arguments.end(), is_full));
    }
    return std::all_of(full.begin(), full.end(), [](bool each) { return each; });
  }

  OpCall& call_;
  absl::Span<const GroupPart> parts_;
  int64_t largest_ = 0;
};

void run_parts(OpCall& call) {
  const auto parts = call.op().parts();
  std::vector<IValue> values;
  values.reserve(call.size() + parts.size());
  for (size_t i = 0; i < call.size(); ++i) values.push_back(call.in(i));
  for (const GroupPart& part : parts) {
    absl::InlinedVector<Register, 4> from(part.arguments.begin(), part.arguments.end());
    const auto to = static_cast<Register>(values.size());
    values.emplace_back();
    OpCall inner(*part.op, call.context(), values.data(), from.data(), from.size(), &to, 1);
    part.op->kernel()(inner);
  }
  call.ret(0, std::move(values.back()));
}

}  // namespace

void pointwise_group(OpCall& call) {
  const PointwiseRule& rule = *call.op().pointwise();
  if (!is_uniform(call, rule)) return run_parts(call);
  if (Tensor out = evaluate_uniform(call, rule, true); out.defined()) return call.ret(out);
  if (!Shapes(call, call.op().parts()).agree()) return run_parts(call);
  call.ret(evaluate_pointwise(call, rule));
}

}  // namespace temper
