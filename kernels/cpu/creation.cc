#include "kernels/cpu/creation.h"

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "kernels/cpu/fill.h"
#include "kernels/cpu/pointwise/promote.h"

namespace temper::creation {
namespace {

// layout, device and pin_memory at i, i + 1, i + 2.
void check_options(const OpCall& call, size_t i) {
  if (call.integer_or(i, 0) != 0) unimplemented(call.op().key(), ": tensors of sparse layouts");
  check_device(call, i + 1);
}

// The dtype argument `i`. A quantized tensor needs a scale, which only quantizing gives it.
DType new_dtype(const OpCall& call, size_t i, DType fallback) {
  const DType dtype = call.dtype_or(i, fallback);
  if (is_quantized(dtype) && dtype != fallback) {
    fail("Could not run '", call.op().key(), "' with arguments from the 'QuantizedCPU' backend.");
  }
  return dtype;
}

MemoryFormat format_of(const OpCall& call, size_t i, MemoryFormat fallback) {
  return i < call.size() ? memory_format_or(call, i, fallback) : fallback;
}

Tensor make(const OpCall& call, size_t dtype_arg, DimsView sizes, DType fallback) {
  check_options(call, dtype_arg + 1);
  const MemoryFormat format = format_of(call, dtype_arg + 4, MemoryFormat::kContiguous);
  if (format == MemoryFormat::kPreserve) {
    fail("unsupported memory format Preserve");
  }
  return temper::empty(sizes, new_dtype(call, dtype_arg, fallback), format);
}

Tensor make_like(const OpCall& call, size_t dtype_arg) {
  check_options(call, dtype_arg + 1);
  const Tensor self = call.tensor(0);
  return new_like(self, new_dtype(call, dtype_arg, self.dtype()),
                  format_of(call, dtype_arg + 4, MemoryFormat::kPreserve));
}

Tensor make_strided(const OpCall& call, size_t size_arg, DType fallback) {
  const Dims sizes = call.ints(size_arg), strides = call.ints(size_arg + 1);
  if (sizes.size() != strides.size()) {
    fail("dimensionality of sizes (", sizes.size(), ") must match dimensionality of strides (",
         strides.size(), ")");
  }
  for (int64_t stride : strides) {
    if (stride < 0) {
      fail("Storage size calculation overflowed with sizes=", to_string(sizes),
           " and strides=", to_string(strides));
    }
  }
  check_options(call, size_arg + 3);
  return temper::empty_strided(sizes, strides, new_dtype(call, size_arg + 2, fallback));
}

Tensor filled(const Tensor& tensor, const IValue& value) {
  fill_scalar(tensor, value);
  return tensor;
}

Tensor zeroed(const Tensor& tensor) {
  fill_zero(tensor);
  return tensor;
}

// What full() makes of its fill value when no dtype is asked for.
DType dtype_of_fill(const IValue& value) {
  if (value.is_bool()) return DType::kBool;
  if (value.is_int()) return DType::kInt64;
  return value.is_complex() ? DType::kComplex64 : kDefaultFloat;
}

}  // namespace

Device check_device(const OpCall& call, size_t i) {
  if (call.is_none(i)) return Device{};
  const Device device = call.in(i).to_device();
  if (device.kind != DeviceKind::kCpu) {
    unimplemented(call.op().name(), ": tensors on device ", to_string(device));
  }
  return Device{};
}

void empty(OpCall& call) { call.ret(make(call, 1, call.ints(0), kDefaultFloat)); }
void zeros(OpCall& call) { call.ret(zeroed(make(call, 1, call.ints(0), kDefaultFloat))); }
void ones(OpCall& call) { call.ret(filled(make(call, 1, call.ints(0), kDefaultFloat), 1)); }
void full(OpCall& call) {
  call.ret(filled(make(call, 2, call.ints(0), dtype_of_fill(call.in(1))), call.in(1)));
}
void empty_strided(OpCall& call) { call.ret(make_strided(call, 0, kDefaultFloat)); }

void empty_like(OpCall& call) { call.ret(make_like(call, 1)); }
void zeros_like(OpCall& call) { call.ret(zeroed(make_like(call, 1))); }
void ones_like(OpCall& call) { call.ret(filled(make_like(call, 1), 1)); }
void full_like(OpCall& call) { call.ret(filled(make_like(call, 2), call.in(1))); }

void new_empty(OpCall& call) { call.ret(make(call, 2, call.ints(1), call.tensor(0).dtype())); }
void new_zeros(OpCall& call) {
  call.ret(zeroed(make(call, 2, call.ints(1), call.tensor(0).dtype())));
}
void new_ones(OpCall& call) {
  call.ret(filled(make(call, 2, call.ints(1), call.tensor(0).dtype()), 1));
}
void new_full(OpCall& call) {
  call.ret(filled(make(call, 3, call.ints(1), call.tensor(0).dtype()), call.in(2)));
}
void new_empty_strided(OpCall& call) { call.ret(make_strided(call, 1, call.tensor(0).dtype())); }

void scalar_tensor(OpCall& call) {
  check_options(call, 2);
  call.ret(temper::scalar_tensor(call.in(0), new_dtype(call, 1, kDefaultFloat)));
}

void fill(OpCall& call) {
  const Tensor self = call.tensor(0);
  call.ret(filled(temper::empty_like(self), call.in(1)));
}
void fill_from_tensor(OpCall& call) {
  const Tensor out = temper::empty_like(call.tensor(0));
  fill_tensor(out, call.tensor(1));
  call.ret(out);
}
void fill_in_place(OpCall& call) {
  fill_scalar(call.tensor(0), call.in(1));
  call.ret(call.in(0));
}
void fill_in_place_from_tensor(OpCall& call) {
  fill_tensor(call.tensor(0), call.tensor(1));
  call.ret(call.in(0));
}
void zero(OpCall& call) { call.ret(zeroed(temper::empty_like(call.tensor(0)))); }
void zero_in_place(OpCall& call) {
  fill_zero(call.tensor(0));
  call.ret(call.in(0));
}

}  // namespace temper::creation
