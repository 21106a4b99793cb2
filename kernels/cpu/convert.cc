// Copies and conversions of tensors.
#include "core/base/error.h"
#include "core/op/op_def.h"
#include "kernels/cpu/creation.h"
#include "kernels/cpu/fill.h"
#include "kernels/cpu/layout.h"
#include "kernels/cpu/overlap.h"

namespace temper::creation {
namespace {

Tensor copied(const Tensor& self, DType dtype, MemoryFormat format) {
  const Tensor out = new_like(self, dtype, format);
  if (dtype == self.dtype()) out.impl()->quant = self.impl()->quant;
  copy_into(out, self);
  return out;
}

// `copy` at i and, unless the form has none, memory_format at i + 1.
void convert(OpCall& call, DType dtype, size_t copy_arg, bool has_format = true) {
  const Tensor self = call.tensor(0);
  const MemoryFormat format = has_format
                                  ? memory_format_or(call, copy_arg + 1, MemoryFormat::kPreserve)
                                  : MemoryFormat::kPreserve;
  const bool same_format = format == MemoryFormat::kPreserve || suggested_format(self) == format;
  if (dtype == self.dtype() && same_format && !call.boolean(copy_arg)) return call.ret(call.in(0));
  if (is_quantized(dtype) != is_quantized(self.dtype())) {
    fail("to: ", dtype_name(self.dtype()), " tensors become ", dtype_name(dtype),
         " by quantizing or dequantizing");
  }
  call.ret(copied(self, dtype, format));
}

}  // namespace

void to_device(OpCall& call) {
  check_device(call, 1);
  convert(call, *call.opt_dtype(2), 4);
}
void to_dtype(OpCall& call) { convert(call, *call.opt_dtype(1), 3); }

void to_layout(OpCall& call) {
  if (call.integer_or(2, 0) != 0) unimplemented("to: sparse layouts");
  check_device(call, 3);
  convert(call, call.dtype_or(1, call.tensor(0).dtype()), 6);
}

void to_other(OpCall& call) { convert(call, call.tensor(1).dtype(), 3); }

void to_prim_device(OpCall& call) {
  check_device(call, 1);
  convert(call, call.dtype_or(2, call.tensor(0).dtype()), 4, false);
}
void to_prim_dtype(OpCall& call) {
  convert(call, call.dtype_or(1, call.tensor(0).dtype()), 3, false);
}
void to_prim_other(OpCall& call) { convert(call, call.tensor(0).dtype(), 2, false); }

void to_copy(OpCall& call) {
  if (call.integer_or(2, 0) != 0) unimplemented("_to_copy: sparse layouts");
  check_device(call, 3);
  const Tensor self = call.tensor(0);
  call.ret(copied(self, call.dtype_or(1, self.dtype()),
                  memory_format_or(call, 6, MemoryFormat::kPreserve)));
}

void type_as(OpCall& call) {
  const Tensor self = call.tensor(0);
  const DType dtype = call.tensor(1).dtype();
  call.ret(dtype == self.dtype() ? self : copied(self, dtype, MemoryFormat::kPreserve));
}

void cpu(OpCall& call) { call.ret(call.in(0)); }

void clone(OpCall& call) {
  const Tensor self = call.tensor(0);
  call.ret(copied(self, self.dtype(), memory_format_or(call, 1, MemoryFormat::kPreserve)));
}

void copy(OpCall& call) {
  const Tensor self = call.tensor(0);
  const Tensor out = temper::empty(self.sizes(), self.dtype());
  copy_into(out, call.tensor(1));
  call.ret(out);
}

void copy_over(const Tensor& self, const Tensor& from) {
  check_no_overlap(self);
  if (from.sizes() != self.sizes()) {
    const Dims shape = broadcast(self.sizes(), from.sizes());
    if (self.sizes() != DimsView(shape)) {
      fail("output with shape ", to_string(self.sizes()), " doesn't match the broadcast shape ",
           to_string(DimsView(shape)));
    }
  }
  check_no_partial_overlap(self, from);
  copy_into(self, from);
}

void copy_in_place(OpCall& call) {
  copy_over(call.tensor(0), call.tensor(1));
  call.ret(call.in(0));
}

void copy_number(OpCall& call) {
  fill_scalar(call.tensor(0), call.in(1));
  call.ret(call.in(0));
}

}  // namespace temper::creation
