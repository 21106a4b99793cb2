#include "kernels/cpu/store.h"

#include "absl/container/inlined_vector.h"
#include "core/op/op_def.h"
#include "core/op/run_context.h"
#include "core/value/function.h"
#include "kernels/cpu/overlap.h"
#include "kernels/cpu/pointwise/pointwise.h"

namespace temper {
namespace {

using Values = absl::InlinedVector<IValue, 8>;

// Results of the functional sibling for the first `count` arguments.
Values run_functional(OpCall& call, size_t count) {
  const OpDef& op = *call.op().functional();
  const size_t results = op.schema().returns.size();
  Values values(count + results);
  for (size_t i = 0; i < count; ++i) values[i] = call.in(i);
  if (op.kernel()) {
    absl::InlinedVector<Register, 12> registers(count + results);
    for (size_t i = 0; i < registers.size(); ++i) registers[i] = static_cast<Register>(i);
    OpCall inner(op, call.context(), values.data(), registers.data(), count,
                 registers.data() + count, results);
    op.kernel()(inner);
    values.erase(values.begin(), values.begin() + static_cast<ptrdiff_t>(count));
    return values;
  }
  std::vector<IValue> args(values.begin(), values.begin() + static_cast<ptrdiff_t>(count));
  IValue result = call.context().caller->call(*op.composite(), std::move(args), call.context());
  Values out;
  if (results == 1) {
    out.push_back(std::move(result));
  } else {
    for (const IValue& item : result.to_tuple().items) out.push_back(item);
  }
  return out;
}

void check_cast(const Tensor& from, const Tensor& to) {
  if (!can_cast(from.dtype(), to.dtype())) {
    fail("result type ", dtype_name(from.dtype()), " can't be cast to the desired output type ",
         dtype_name(to.dtype()));
  }
}

Tensor own_copy(const Tensor& view) {
  const Tensor out = empty(view.sizes(), view.dtype());
  copy_into(out, view);
  return out;
}

}  // namespace

void store_into(const Tensor& target, const Tensor& value) {
  check_cast(value, target);
  check_no_overlap(target);
  if (target.sizes() != value.sizes()) {
    fail("output with shape ", to_string(target.sizes()), " doesn't match the broadcast shape ",
         to_string(value.sizes()));
  }
  copy_into(target, value);
}

void store_in_place(OpCall& call) {
  if (call.op().functional()->pointwise()) return pointwise_in_place(call);
  const IValue self = call.in(0);
  store_into(self.to_tensor(), run_functional(call, call.size())[0].to_tensor());
  call.ret(self);
}

void store_out(OpCall& call) {
  if (call.op().functional()->pointwise()) return pointwise_out(call);
  const size_t outs = call.op().functional()->schema().returns.size();
  const size_t count = call.size() - outs;
  const Values results = run_functional(call, count);
  for (size_t i = 0; i < outs; ++i) {
    const IValue out = call.in(count + i);
    Tensor target = out.to_tensor();
    const Tensor value = results[i].to_tensor();
    check_cast(value, target);
    target.resize(value.sizes());
    copy_into(target, value);
    call.ret(i, out);
  }
}

void as_in_place(OpCall& call) {
  const Tensor self = call.tensor(0), value = call.tensor(1);
  if (self.sizes() != value.sizes()) {
    fail("output with shape ", to_string(self.sizes()), " doesn't match the broadcast shape ",
         to_string(value.sizes()));
  }
  check_cast(value, self);
  call.ret(to_dtype(value, self.dtype()));
}

void restore_layout(OpCall& call) {
  const Tensor self = call.tensor(0), like = call.tensor(1);
  const bool channels_last = like.is_channels_last() && !like.is_contiguous();
  call.ret(channels_last ? self : self.contiguous());
}

void store_copy(OpCall& call) {
  const Values results = run_functional(call, call.size());
  for (size_t i = 0; i < results.size(); ++i) {
    if (results[i].is_tensor()) {
      call.ret(i, own_copy(results[i].to_tensor()));
      continue;
    }
    std::vector<Tensor> copies;
    for (const IValue& item : results[i].to_list().items)
      copies.push_back(own_copy(item.to_tensor()));
    call.ret(i, make_tensor_list(copies));
  }
}

}  // namespace temper
