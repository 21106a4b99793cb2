// Conversions between scalars, identity, hashing, devices and the switches a program can read.
#include <cerrno>
#include <cstdlib>

#include "core/base/error.h"
#include "core/base/truncate.h"
#include "core/op/run_context.h"
#include "kernels/cpu/item.h"
#include "kernels/ops/families.h"
#include "kernels/ops/overloads.h"

namespace temper {
namespace {

using Complex = std::complex<double>;

[[noreturn]] void overflow(std::string_view type) {
  fail("value cannot be converted to type ", type, " without overflow");
}

int64_t checked_int(const IValue& v) {
  if (v.is_int() || v.is_bool()) return v.raw_int();
  const double value = v.is_complex() ? v.to_complex().real() : v.to_double();
  const bool imaginary = v.is_complex() && v.to_complex().imag() != 0;
  if (imaginary || !(value >= -0x1p63 && value < 0x1p63)) overflow("int64_t");
  return static_cast<int64_t>(value);
}

double checked_double(const IValue& v) {
  if (!v.is_complex()) return v.scalar_as_double();
  if (v.to_complex().imag() != 0) overflow("double");
  return v.to_complex().real();
}

void int_of_tensor(OpCall& call) { call.ret(checked_int(item_of(call.tensor(0)))); }
void float_of_tensor(OpCall& call) { call.ret(checked_double(item_of(call.tensor(0)))); }
void bool_of_tensor(OpCall& call) { call.ret(truth_of(call.tensor(0))); }
void item(OpCall& call) { call.ret(item_of(call.tensor(0))); }

void int_of_float(OpCall& call) { call.ret(truncate_to_int64(call.in(0).to_double())); }
void int_of_bool(OpCall& call) { call.ret(call.in(0).raw_int()); }
void int_of_number(OpCall& call) {
  const IValue& v = call.in(0);
  if (v.is_int() || v.is_bool()) return call.ret(v.raw_int());
  const bool imaginary = v.is_complex() && v.to_complex().imag() != 0;
  const double value = v.is_complex() ? v.to_complex().real() : v.to_double();
  // The reference goes through a 32-bit int here.
  if (imaginary || !(value > -0x1p31 - 1 && value < 0x1p31)) overflow("int");
  call.ret(static_cast<int64_t>(value));
}
void int_of_string(OpCall& call) {
  const std::string& text = call.string(0);
  char* end = nullptr;
  errno = 0;
  const int64_t value = std::strtoll(text.c_str(), &end, 10);
  if (end == text.c_str() || errno == ERANGE) fail("stoll");
  if (end != text.c_str() + text.size()) {
    fail("invalid literal for int() with base 10: '", text, "'");
  }
  call.ret(value);
}

void float_of_int(OpCall& call) { call.ret(static_cast<double>(call.in(0).raw_int())); }
void float_of_number(OpCall& call) {
  const IValue& v = call.in(0);
  call.ret(v.is_complex() ? v.to_complex().real() : v.scalar_as_double());
}
void float_of_string(OpCall& call) {
  const std::string& text = call.string(0);
  char* end = nullptr;
  errno = 0;
  const double value = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || errno == ERANGE) fail("stod");
  if (end != text.c_str() + text.size()) fail("could not convert string to float: '", text, "'");
  call.ret(value);
}

void bool_of_number(OpCall& call) {
  const IValue& v = call.in(0);
  call.ret(v.is_double() ? v.to_double() != 0 : v.raw_int() != 0);
}

// PyTorch keeps the low 32 bits of an int here.
double real_part(const IValue& v) {
  if (v.is_int()) return static_cast<double>(static_cast<int32_t>(v.to_int()));
  return checked_double(v.is_tensor() ? item_of(v.to_tensor()) : v);
}
void complex_of_parts(OpCall& call) {
  const double re = real_part(call.in(0)), im = real_part(call.in(1));
  call.ret(Complex(re, im));
}
void complex_of_number(OpCall& call) { call.ret(call.in(0).scalar_as_complex()); }

// Tensors that stand where a program needs a number.
Tensor implicit(const OpCall& call) {
  const Tensor tensor = call.tensor(0);
  if (tensor.impl()->requires_grad) {
    fail("Cannot input a tensor that requires grad as a scalar argument");
  }
  if (tensor.dim() != 0) {
    fail("Cannot input a tensor of dimension other than 0 as a scalar argument");
  }
  return tensor;
}
void int_implicit(OpCall& call) {
  const Tensor tensor = implicit(call);
  if (!is_integral(tensor.dtype())) {
    fail("Cannot input a tensor of type ", dtype_name(tensor.dtype()), " as an integral argument");
  }
  call.ret(item_of(tensor));
}
void float_implicit(OpCall& call) { call.ret(checked_double(item_of(implicit(call)))); }
void complex_implicit(OpCall& call) { call.ret(item_of(implicit(call)).scalar_as_complex()); }
void scalar_implicit(OpCall& call) { call.ret(item_of(implicit(call))); }

void is_same(OpCall& call) { call.ret(call.in(0).is_same(call.in(1))); }
void is_not_same(OpCall& call) { call.ret(!call.in(0).is_same(call.in(1))); }
void identity(OpCall& call) { call.ret(IValue(call.in(0))); }
void unwrap(OpCall& call) {
  if (call.is_none(0)) fail("Unwrapping null optional");
  call.ret(IValue(call.in(0)));
}
void choose(OpCall& call) { call.ret(IValue(call.boolean(0) ? call.in(1) : call.in(2))); }
void address(OpCall& call) {
  call.ret(static_cast<int64_t>(reinterpret_cast<intptr_t>(call.in(0).to_reference())));
}

// What hash() answers to programs; the numbers are those of the reference.
uint64_t language_hash(const IValue& v) {
  switch (v.tag()) {
    case Tag::kNone: return 0;
    case Tag::kInt:
    case Tag::kBool: return static_cast<uint64_t>(v.raw_int());
    case Tag::kDouble: return std::hash<double>()(v.to_double());
    case Tag::kString: return std::hash<std::string>()(v.to_string());
    case Tag::kDevice: {
      const Device device = v.to_device();
      return static_cast<uint64_t>(device.kind) << 16 |
             static_cast<uint16_t>(static_cast<int16_t>(device.index));
    }
    case Tag::kTensor: return std::hash<const void*>()(v.raw_tensor());
    case Tag::kTuple: {
      const NestingGuard guard;
      uint64_t seed = 0;
      for (const IValue& element : v.to_tuple().items) {
        seed ^= language_hash(element) + 0x9e3779b9 + (seed << 6) + (seed >> 2);
      }
      return seed;
    }
    default: fail("unhashable type: '", type_of(v)->annotation(), "'");
  }
}
void hash_value(OpCall& call) { call.ret(static_cast<int64_t>(language_hash(call.in(0)))); }

void device(OpCall& call) { call.ret(parse_device(call.string(0))); }
void device_with_index(OpCall& call) {
  call.ret(parse_device(str_cat(call.string(0), ":", call.integer(1))));
}
void device_type(OpCall& call) {
  call.ret(to_string(Device{call.in(0).to_device().kind, int8_t{-1}}));
}
void device_index(OpCall& call) {
  const int8_t index = call.in(0).to_device().index;
  call.ret(index < 0 ? IValue() : IValue(static_cast<int64_t>(index)));
}

void is_grad_enabled(OpCall& call) { call.ret(call.context().grad_enabled); }
void set_grad_enabled(OpCall& call) { call.context().grad_enabled = call.boolean(0); }
// What PyTorch casts to while casting is on; it never is here.
void autocast_dtype(OpCall& call) {
  const DType dtype = call.string(0) == "cpu" ? DType::kBFloat16 : DType::kFloat16;
  call.ret(static_cast<int64_t>(dtype));
}
void always_false(OpCall& call) { call.ret(false); }
void always_true(OpCall& call) { call.ret(true); }

DType dtype_argument(const OpCall& call, size_t i) {
  const auto dtype = dtype_from_code(call.integer(i));
  if (!dtype) fail("unknown dtype code ", call.integer(i));
  return *dtype;
}
void can_cast_types(OpCall& call) {
  call.ret(can_cast(dtype_argument(call, 0), dtype_argument(call, 1)));
}
void promote_types(OpCall& call) {
  call.ret(static_cast<int64_t>(promote(dtype_argument(call, 0), dtype_argument(call, 1))));
}

void add_conversions(OpRegistry& registry) {
  using S = ScalarCode;
  static constexpr OpRow kRows[] = {
      {"aten::Int.Tensor", int_of_tensor},
      {"aten::Int.float", int_of_float, kCheap, S::kFloatToInt},
      {"aten::Int.bool", int_of_bool, kCheap, S::kBoolToInt},
      {"aten::Int.Scalar", int_of_number, kCheap},
      {"aten::Int.str", int_of_string},
      {"aten::Float.Tensor", float_of_tensor},
      {"aten::Float.int", float_of_int, kCheap, S::kIntToFloat},
      {"aten::Float.bool", float_of_int, kCheap, S::kIntToFloat},
      {"aten::Float.Scalar", float_of_number, kCheap},
      {"aten::Float.str", float_of_string},
      {"aten::Bool.Tensor", bool_of_tensor},
      {"aten::Bool.int", bool_of_number, kCheap, S::kIntToBool},
      {"aten::Bool.float", bool_of_number, kCheap, S::kFloatToBool},
      {"aten::Complex.Scalar", complex_of_number, kCheap},
      {"aten::IntImplicit", int_implicit},
      {"aten::FloatImplicit", float_implicit},
      {"aten::ComplexImplicit", complex_implicit},
      {"aten::ScalarImplicit", scalar_implicit},
      {"aten::item", item},
      {"aten::_local_scalar_dense", item},
      {"aten::is_nonzero", bool_of_tensor},
  };
  registry.add(kRows);
  add_overloads(registry, "aten::Complex",
                {"Tensor_Tensor", "int_bool", "bool_int", "float_bool", "bool_float", "float_int",
                 "int_float", "int_int", "bool_bool", "float_float", "Tensor_float", "float_Tensor",
                 "Tensor_int", "int_Tensor", "Tensor_bool", "bool_Tensor"},
                complex_of_parts);
}

}  // namespace

void add_values(OpRegistry& registry) {
  add_conversions(registry);
  static constexpr OpRow kRows[] = {
      {"aten::__is__", is_same, kSeesIdentity},
      {"aten::__isnot__", is_not_same, kSeesIdentity},
      {"aten::_unwrap_optional", unwrap, kCheap},
      {"prim::unchecked_unwrap_optional", identity, kCheap},
      {"prim::unchecked_cast", identity, kCheap | kMayReturnInput},
      {"prim::IfThenElse", choose, kCheap},
      {"prim::id", address, kReadsGlobal | kSeesIdentity},
      {"aten::hash.generic", hash_value, kSeesIdentity},
      {"aten::device", device, kCheap},
      {"aten::device.with_index", device_with_index, kCheap},
      {"prim::type", device_type, kCheap},
      {"prim::index", device_index, kCheap},
      {"aten::is_grad_enabled", is_grad_enabled, kReadsGlobal},
      {"aten::set_grad_enabled", set_grad_enabled, kSideEffect},
      {"aten::is_autocast_enabled", always_false, kReadsGlobal},
      {"aten::get_autocast_dtype", autocast_dtype, kReadsGlobal},
      {"aten::is_autocast_cpu_enabled", always_false, kReadsGlobal},
      {"aten::_get_tracing_state", always_false, kReadsGlobal},
      {"aten::has_torch_function", always_false},
      {"aten::is_scripting", always_true},
      {"aten::is_vulkan_available", always_false},
      {"aten::can_cast", can_cast_types, kCheap},
      {"aten::promote_types", promote_types, kCheap},
  };
  registry.add(kRows);
}

}  // namespace temper
