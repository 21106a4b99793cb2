// Assertions on tensors and scalars, result types, and what the engine says of itself.
#include "core/base/error.h"
#include "core/op/run_context.h"
#include "kernels/cpu/item.h"
#include "kernels/cpu/pointwise/promote.h"
#include "kernels/ops/families.h"
#include "kernels/ops/overloads.h"

namespace temper {
namespace {

void assert_true(OpCall& call) {
  if (truth_of(call.tensor(0))) return;
  fail(call.size() > 1 ? call.string(1)
                       : "Expected Tensor with single nonzero value, but got zero");
}

void assert_scalar(OpCall& call) {
  if (call.in(0).scalar_as_complex() == 0.0) fail(call.string(1));
}

void assert_metadata(OpCall& call) {
  const Tensor self = call.tensor(0);
  const auto sizes = call.opt_ints(1), strides = call.opt_ints(2);
  if (sizes && DimsView(*sizes) != self.sizes()) {
    fail("Tensor sizes mismatch! Expected: ", to_string(*sizes),
         ", Got: ", to_string(self.sizes()));
  }
  if (strides && DimsView(*strides) != self.strides()) {
    fail("Tensor strides mismatch! Expected: ", to_string(*strides),
         ", Got: ", to_string(self.strides()));
  }
  if (call.dtype_or(3, self.dtype()) != self.dtype()) {
    fail("Tensor dtype mismatch! Expected: ", dtype_name(call.dtype_or(3, self.dtype())),
         ", Got: ", dtype_name(self.dtype()));
  }
  if (!call.in(4).is_none() && call.in(4).to_device() != self.device()) {
    fail("Tensor device mismatch! Expected: ", to_text(call.in(4)),
         ", Got: ", to_text(IValue(self.device())));
  }
}

void constrain_range(OpCall& call) {
  const int64_t value = call.in(0).scalar_as_int();
  if (value < call.integer_or(1, INT64_MIN) || value > call.integer_or(2, INT64_MAX)) {
    fail("Invalid value range for ", value, " between [", to_text(call.in(1)), ", ",
         to_text(call.in(2)), "]");
  }
}

void result_type(OpCall& call) {
  ResultType type;
  type.add(call.in(0));
  type.add(call.in(1));
  call.ret(static_cast<int64_t>(type.get()));
}

void same_storage_numel(OpCall& call) {
  const auto elements = [&](size_t i) {
    const Tensor tensor = call.tensor(i);
    return tensor.storage()->size() / tensor.item_size();
  };
  call.ret(elements(0) == elements(1));
}

void print(OpCall& call) {
  if (call.context().print) call.context().print(call.string(0) + "\n");
}
void keep_grad(OpCall& call) {
  if (!call.tensor(0).impl()->requires_grad) {
    fail("can't retain_grad on Tensor that has requires_grad=False");
  }
}
void capability(OpCall& call) { call.ret("DEFAULT"); }
void always_false(OpCall& call) { call.ret(false); }

}  // namespace

void add_tensor_checks(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::_assert_async", assert_true, kSideEffect},
      {"aten::_assert_async.msg", assert_true, kSideEffect},
      {"aten::_assert_scalar", assert_scalar, kSideEffect},
      {"aten::_assert_tensor_metadata", assert_metadata, kSideEffect},
      {"aten::sym_constrain_range", constrain_range, kSideEffect},
      {"aten::sym_constrain_range_for_size", constrain_range, kSideEffect},
      {"aten::_has_same_storage_numel", same_storage_numel},
      {"aten::_print", print, kSideEffect},
      {"aten::retain_grad", keep_grad, kSideEffect},
      {"aten::_get_cpu_capability", capability, kReadsGlobal},
      {"aten::_nnpack_available", always_false, kReadsGlobal},
  };
  registry.add(kRows);
  add_overloads(registry, "aten::result_type",
                {"Tensor", "Scalar", "Scalar_Tensor", "Scalar_Scalar"}, result_type);
}

}  // namespace temper
