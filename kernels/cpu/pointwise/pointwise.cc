#include "kernels/cpu/pointwise/pointwise.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "kernels/cpu/layout.h"
#include "kernels/cpu/out_rules.h"
#include "kernels/cpu/overlap.h"
#include "kernels/cpu/pointwise/evaluate.h"
#include "kernels/cpu/pointwise/few.h"
#include "kernels/cpu/pointwise/numbers.h"
#include "kernels/cpu/pointwise/promote.h"
#include "kernels/cpu/pointwise/refuse.h"

namespace temper {
namespace {

struct Operands {
  absl::InlinedVector<Tensor, 4> tensors;
  absl::InlinedVector<PointwiseInput, 4> inputs;
  DType promoted;
  DType first;
};

bool counts(const PointwiseRule::Input& input, const PointwiseRule& rule, const IValue& value) {
  return input.promotes || (rule.dtypes == DTypeRule::kFirst && value.is_tensor());
}

Operands gather(OpCall& call, const PointwiseRule& rule) {
  Operands operands;
  ResultType type;
  bool same = true;
  for (const PointwiseRule::Input& rule_input : rule.inputs) {
    const IValue& value = call.in(static_cast<size_t>(rule_input.argument));
    PointwiseInput& input = operands.inputs.emplace_back();
    if (value.is_tensor()) {
      input.operand = static_cast<int>(operands.tensors.size()) + 1;  // the output is operand 0
      operands.tensors.push_back(value.to_tensor());
      same &= operands.tensors.back().dtype() == operands.tensors[0].dtype();
    } else {
      input.number = value;
    }
    if (counts(rule_input, rule, value)) {
      type.add(value);
      same &= value.is_tensor();
    }
  }
  if (operands.tensors.empty()) {
    unimplemented("operator ", call.op().key(), " on numbers alone");
  }
  operands.first = operands.tensors[0].dtype();
  operands.promoted = same ? operands.first : type.get();
  check_refusals(rule, call.op().name(), operands.tensors, operands.inputs, operands.promoted);
  const DType compute = apply_rule(rule.dtypes, operands.promoted, operands.first).compute;
  if (is_integral(compute)) {
    fit_numbers(rule, compute, absl::MakeSpan(operands.inputs), absl::MakeSpan(operands.tensors));
  }
  return operands;
}

Dims broadcast_shape(absl::Span<const Tensor> tensors) {
  Dims shape(tensors[0].sizes().begin(), tensors[0].sizes().end());
  for (size_t i = 1; i < tensors.size(); ++i) {
    if (tensors[i].sizes() != DimsView(shape)) shape = broadcast(shape, tensors[i].sizes());
  }
  return shape;
}

// Memory of `dest` that an operand reads through another view would be overwritten too early.
bool clashes(const Tensor& dest, const Tensor& operand) {
  if (operand.storage() != dest.storage()) return false;
  return operand.raw() != dest.raw() || operand.sizes() != dest.sizes() ||
         operand.strides() != dest.strides();
}

void run(OpCall& call, const PointwiseRule& rule, const Operands& operands, DType compute,
         const Tensor& dest) {
  if (dest.numel() == 0) return;
  const LoopNest nest = make_loop_nest(dest, operands.tensors);
  evaluate(rule.expression, compute, operands.inputs, nest, call.op().name().c_str(),
           *call.context().workers);
}

// Contiguous tensors of one shape and one dtype that no number can change: one long row, which is
// worth seeing before anything is copied or counted. Undefined when the operands are not so.
Tensor evaluate_flat(OpCall& call, const PointwiseRule& rule, bool in_place) {
  const TensorImpl* first = nullptr;
  LoopNest nest;
  nest.operands.emplace_back();
  absl::InlinedVector<PointwiseInput, 4> inputs;
  for (const PointwiseRule::Input& rule_input : rule.inputs) {
    const IValue& value = call.in(static_cast<size_t>(rule_input.argument));
    PointwiseInput& input = inputs.emplace_back();
    if (!value.is_tensor()) {
      if (!first || !is_plain_number(value, rule_input.promotes, first->dtype)) return Tensor();
      input.number = value;
      continue;
    }
    const TensorImpl* tensor = value.raw_tensor();
    if (!tensor || !tensor->contiguous) return Tensor();
    if (!first) {
      first = tensor;
    } else if (tensor->dtype != first->dtype || tensor->sizes != first->sizes) {
      return Tensor();
    }
    const int64_t item = item_size(tensor->dtype);
    input.operand = static_cast<int>(nest.operands.size());
    nest.operands.push_back(
        {tensor->storage->data() + tensor->offset * item, tensor->dtype, {item}});
  }
  if (!first || first->storage->device().kind != DeviceKind::kCpu) return Tensor();
  if (may_refuse(rule, first->dtype)) return Tensor();
  const ResultDTypes dtypes = apply_rule(rule.dtypes, first->dtype, first->dtype);
  const Tensor out = in_place ? take_argument(call, rule, first->sizes, dtypes.output)
                              : empty(first->sizes, dtypes.output);
  if (out.numel() == 0) return out;
  nest.sizes.push_back(out.numel());
  nest.operands[0] = {out.raw(), dtypes.output, {out.item_size()}};
  evaluate(rule.expression, dtypes.compute, inputs, nest, call.op().name().c_str(),
           *call.context().workers);
  return out;
}

void check_cast(DType from, DType to) {
  if (!can_cast(from, to)) {
    fail("result type ", dtype_name(from), " can't be cast to the desired output type ",
         dtype_name(to));
  }
}

}  // namespace

Tensor evaluate_uniform(OpCall& call, const PointwiseRule& rule, bool in_place) {
  if (Tensor few = evaluate_few(call, rule, in_place); few.defined()) return few;
  return evaluate_flat(call, rule, in_place);
}

Tensor evaluate_pointwise(OpCall& call, const PointwiseRule& rule, bool in_place) {
  if (Tensor uniform = evaluate_uniform(call, rule, in_place); uniform.defined()) return uniform;
  const Operands operands = gather(call, rule);
  const ResultDTypes dtypes = apply_rule(rule.dtypes, operands.promoted, operands.first);
  const Dims shape = broadcast_shape(operands.tensors);
  const Tensor out = empty_result(shape, operands.tensors, dtypes.output);
  run(call, rule, operands, dtypes.compute, out);
  return out;
}

void evaluate_pointwise_into(OpCall& call, const PointwiseRule& rule, const Tensor& dest) {
  Operands operands = gather(call, rule);
  const ResultDTypes dtypes = apply_rule(rule.dtypes, operands.promoted, operands.first);
  check_cast(dtypes.output, dest.dtype());
  const Dims shape = broadcast_shape(operands.tensors);
  if (dest.sizes() != DimsView(shape)) {
    fail("output with shape ", to_string(dest.sizes()), " doesn't match the broadcast shape ",
         to_string(DimsView(shape)));
  }
  check_no_overlap(dest);
  for (Tensor& operand : operands.tensors) {
    check_no_partial_overlap(dest, operand);
    if (clashes(dest, operand)) operand = operand.clone();
  }
  dest.mark_written();
  run(call, rule, operands, dtypes.compute, dest);
}

void pointwise(OpCall& call) { call.ret(evaluate_pointwise(call, *call.op().pointwise(), true)); }

void pointwise_in_place(OpCall& call) {
  const IValue self = call.in(0);
  evaluate_pointwise_into(call, *call.op().functional()->pointwise(), self.to_tensor());
  call.ret(self);
}

void pointwise_out(OpCall& call) {
  const IValue out = call.in(call.size() - 1);
  const PointwiseRule& rule = *call.op().functional()->pointwise();
  const Tensor dest = out.to_tensor();
  const Operands operands = gather(call, rule);
  const ResultDTypes dtypes = apply_rule(rule.dtypes, operands.promoted, operands.first);
  check_out_dtype(call.op(), 0, dtypes.output, dest.dtype());
  const Dims shape = broadcast_shape(operands.tensors);
  if (dest.sizes() != DimsView(shape)) {
    const Dims strides = resizes_to_contiguous(call.op()) ? contiguous_strides(shape)
                                                          : result_strides(shape, operands.tensors);
    resize_to_layout(dest, shape, strides);
  }
  evaluate_pointwise_into(call, rule, dest);
  call.ret(out);
}

}  // namespace temper
