#include "kernels/cpu/fill.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/tensor/dispatch.h"

namespace temper {
namespace {

[[noreturn]] void overflow(const char* name) {
  fail("value cannot be converted to type ", name, " without overflow");
}

template <class T>
constexpr const char* cpp_name() {
  switch (kDTypeOf<T>) {
    case DType::kUInt8: return "uint8_t";
    case DType::kInt8: return "int8_t";
    case DType::kInt16: return "int16_t";
    case DType::kInt32: return "int";
    case DType::kInt64: return "int64_t";
    case DType::kFloat16: return "at::Half";
    case DType::kBFloat16: return "at::BFloat16";
    case DType::kFloat64: return "double";
    case DType::kBool: return "bool";
    case DType::kComplex32: return "c10::complex<c10::Half>";
    case DType::kComplex64: return "c10::complex<float>";
    case DType::kComplex128: return "c10::complex<double>";
    default: return "float";
  }
}

template <class T>
T from_integer(int64_t value) {
  // Unsigned targets take negative numbers modulo their range, like the oracle.
  constexpr int64_t lowest =
      std::is_signed_v<T> ? std::numeric_limits<T>::min() : -int64_t{std::numeric_limits<T>::max()};
  if (value < lowest || value > static_cast<int64_t>(std::numeric_limits<T>::max())) {
    overflow(cpp_name<T>());
  }
  return static_cast<T>(value);
}

template <class T>
T from_real(double value) {
  if constexpr (std::is_integral_v<T>) {
    const double lowest = static_cast<double>(std::numeric_limits<T>::lowest());
    const double highest = static_cast<double>(std::numeric_limits<T>::max());
    if (!(value >= lowest && value <= highest && value < 0x1p63)) overflow(cpp_name<T>());
    return static_cast<T>(value);
  } else {
    const T converted(static_cast<Compute<T>>(value));
    // Infinities stay, but finite numbers must not become infinite.
    if (std::isfinite(value) && !std::isfinite(static_cast<Compute<T>>(converted))) {
      overflow(cpp_name<T>());
    }
    return converted;
  }
}

template <class T>
T convert(const IValue& scalar) {
  constexpr bool complex = requires(T x) { x.real(); };
  if constexpr (std::is_same_v<T, Bool8>) {
    if (scalar.is_complex()) return scalar.to_complex().real() != 0;
    return scalar.is_double() ? scalar.to_double() != 0 : scalar.scalar_as_int() != 0;
  } else if constexpr (complex) {
    const std::complex<double> value = scalar.scalar_as_complex();
    const T converted(value);
    const auto lost = [](double from, auto to) {
      return std::isfinite(from) && !std::isfinite(static_cast<double>(to));
    };
    if (lost(value.real(), converted.real()) || lost(value.imag(), converted.imag())) {
      overflow(cpp_name<T>());
    }
    return converted;
  } else {
    if (scalar.is_complex()) {
      if (scalar.to_complex().imag() != 0) overflow(cpp_name<T>());
      return from_real<T>(scalar.to_complex().real());
    }
    if (scalar.is_double()) return from_real<T>(scalar.to_double());
    if constexpr (std::is_integral_v<T>) {
      return from_integer<T>(scalar.scalar_as_int());
    } else {
      return from_real<T>(static_cast<double>(scalar.scalar_as_int()));
    }
  }
}

}  // namespace

DType dtype_of_scalar(const IValue& scalar) {
  if (scalar.is_bool()) return DType::kBool;
  if (scalar.is_int()) return DType::kInt64;
  return scalar.is_complex() ? DType::kComplex128 : DType::kFloat64;
}

Tensor scalar_tensor(const IValue& scalar, DType dtype) {
  if (dtype >= DType::kBits1x8) {
    return to_dtype(scalar_tensor(scalar, dtype_of_scalar(scalar)), dtype);
  }
  Tensor out = empty({}, dtype);
  visit(dtype, "fill_cpu", AllTypes{}, [&]<class T>() { *out.data<T>() = convert<T>(scalar); });
  return out;
}

void fill_scalar(const Tensor& self, const IValue& scalar) {
  fill_tensor(self, scalar_tensor(scalar, self.dtype()));
}

void fill_tensor(const Tensor& self, const Tensor& value) {
  if (value.dim() > 0) {
    fail("fill_ only supports 0-dimension value tensor but got tensor with ", value.dim(),
         " dimensions.");
  }
  if (self.numel() == 0) return;
  copy_into(self, to_dtype(value, self.dtype()));
}

bool is_contiguous_in(const Tensor& self, MemoryFormat format) {
  if (format == MemoryFormat::kContiguous || format == MemoryFormat::kPreserve) {
    return self.is_contiguous();
  }
  const int64_t rank = format == MemoryFormat::kChannelsLast ? 4 : 5;
  if (self.dim() != rank) return false;
  int64_t step = 1;
  for (int64_t k = 0; k < rank; ++k) {
    const int64_t d = k == 0 ? 1 : k == rank - 1 ? 0 : rank - k;
    if (self.sizes()[d] == 1) continue;
    if (self.strides()[d] != step) return false;
    step *= self.sizes()[d];
  }
  return true;
}

Tensor new_like(const Tensor& self, DType dtype, MemoryFormat format) {
  if (format == MemoryFormat::kPreserve) return empty_like(self, dtype);
  return empty(self.sizes(), dtype, format, self.device());
}

MemoryFormat memory_format_or(const OpCall& call, size_t i, MemoryFormat fallback) {
  if (call.is_none(i)) return fallback;
  const int64_t code = call.integer(i);
  if (code < 0 || code > 3) fail("unknown memory format ", code);
  return static_cast<MemoryFormat>(code);
}

}  // namespace temper
