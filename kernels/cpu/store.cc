#include "kernels/cpu/store.h"

#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "core/op/op_def.h"
#include "core/op/run_context.h"
#include "core/value/function.h"
#include "kernels/cpu/creation.h"
#include "kernels/cpu/layout.h"
#include "kernels/cpu/out_rules.h"
#include "kernels/cpu/overlap.h"
#include "kernels/cpu/pointwise/pointwise.h"

namespace temper {
namespace {

using Values = absl::InlinedVector<IValue, 8>;

Values arguments_of(const OpCall& call, size_t count) {
  Values values;
  for (size_t i = 0; i < count; ++i) values.push_back(call.in(i));
  return values;
}

// Arguments of the functional sibling of an out= form, of which `count` are given. It may take the
// options of a new tensor besides: those of the tensor that is filled.
Values with_options_of(const OpCall& call, size_t count, const Tensor& out) {
  const Schema& plain = call.op().functional()->schema();
  const IValue dtype = static_cast<int64_t>(out.dtype());
  if (plain.arguments.size() == count) {
    Values values = arguments_of(call, count);
    const int at = plain.find_argument("dtype");
    if (at >= 0 && call.is_none(static_cast<size_t>(at)) && computes_in_dtype_of_out(call.op())) {
      values[static_cast<size_t>(at)] = dtype;
    }
    return values;
  }
  const auto& given = call.op().schema().arguments;
  Values values;
  size_t i = 0;
  for (const Argument& argument : plain.arguments) {
    if (i < count && (i == 0 || given[i].name == argument.name)) {
      values.push_back(call.in(i++));
    } else {
      values.push_back(argument.name == "dtype" ? dtype : IValue());
    }
  }
  return values;
}

Values run_functional(const OpCall& call, Values values) {
  const OpDef& op = *call.op().functional();
  const size_t count = values.size(), results = op.schema().returns.size();
  if (op.kernel()) {
    values.resize(count + results);
    absl::InlinedVector<Register, 12> registers(count + results);
    for (size_t i = 0; i < registers.size(); ++i) registers[i] = static_cast<Register>(i);
    OpCall inner(op, call.context(), values.data(), registers.data(), count,
                 registers.data() + count, results);
    op.kernel()(inner);
    values.erase(values.begin(), values.begin() + static_cast<ptrdiff_t>(count));
    return values;
  }
  std::vector<IValue> args(values.begin(), values.end());
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

// "split_copy_Tensor_out" of aten::split_copy.Tensor_out.
std::string function_name(const OpDef& op) {
  std::string name = op.key().substr(op.key().find("::") + 2);
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

// A tensor that is resized takes the layout of the result with its shape, unless it is `plain`.
void resize_as(Tensor target, const Tensor& value, bool plain) {
  if (!plain && is_non_overlapping_and_dense(value.sizes(), value.strides())) {
    return resize_to_layout(target, value.sizes(), value.strides());
  }
  target.resize(value.sizes());
}

Tensor own_copy(const Tensor& view) {
  const Tensor out = empty(view.sizes(), view.dtype());
  copy_into(out, view);
  return out;
}

// Result number `i` in what is given for it. Tensors that are made anew have no memory to clash in.
void store(const OpDef& op, size_t i, const Tensor& target, const Tensor& value, bool makes_new) {
  if (copies_over(op)) return creation::copy_over(target, value);
  check_out_dtype(op, i, value.dtype(), target.dtype());
  if (target.sizes() != value.sizes()) {
    resize_as(target, value, makes_new || resizes_to_contiguous(op));
  }
  if (!makes_new) check_no_overlap(target);
  copy_into(target, value);
}

// The form whose only result is a list of tensors, which it does not return.
void store_lists(OpCall& call, size_t count) {
  const Values results = run_functional(call, arguments_of(call, count));
  const auto& values = results[0].to_list().items;
  const auto& targets = call.in(count).to_list().items;
  if (values.size() != targets.size()) {
    fail(function_name(call.op()), "() expected an out= argument of size ", values.size(),
         ", got size ", targets.size());
  }
  for (size_t i = 0; i < values.size(); ++i) {
    store(call.op(), 0, targets[i].to_tensor(), values[i].to_tensor(), false);
  }
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
  store_into(self.to_tensor(),
             run_functional(call, arguments_of(call, call.size()))[0].to_tensor());
  call.ret(self);
}

void store_out(OpCall& call) {
  const OpDef& op = call.op();
  const OpDef& functional = *op.functional();
  const size_t outs = functional.schema().returns.size();
  const size_t count = call.size() - outs;
  if (call.in(count).is_list()) return store_lists(call, count);
  if (functional.pointwise() && !copies_result(op)) return pointwise_out(call);
  for (size_t i = 0; i < outs; ++i) check_out_overlap(call, count, call.tensor(count + i));
  const Values results = run_functional(call, with_options_of(call, count, call.tensor(count)));
  const bool makes_new = functional.schema().arguments.size() > count;
  for (size_t i = 0; i < outs; ++i) {
    const IValue out = call.in(count + i);
    store(op, i, out.to_tensor(), results[i].to_tensor(), makes_new);
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
  const Values results = run_functional(call, arguments_of(call, call.size()));
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
