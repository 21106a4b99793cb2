#include "kernels/cpu/item.h"

#include "core/base/error.h"
#include "core/tensor/dispatch.h"

namespace temper {

IValue item_of(const Tensor& tensor) {
  if (tensor.numel() != 1) {
    fail("a Tensor with ", tensor.numel(), " elements cannot be converted to Scalar");
  }
  const DType dtype = tensor.dtype();
  if (is_float8(dtype)) return item_of(to_dtype(tensor, DType::kFloat32));
  if (is_integral(dtype) && dtype >= DType::kUInt16)
    return item_of(to_dtype(tensor, DType::kInt64));
  IValue out;
  visit(dtype, "item", AllTypes{}, [&]<class T>() {
    const T value = *tensor.data<T>();
    if constexpr (std::is_same_v<T, Bool8>) {
      out = static_cast<bool>(value);
    } else if constexpr (std::is_integral_v<T>) {
      out = static_cast<int64_t>(value);
    } else if constexpr (std::is_same_v<T, Complex64> || std::is_same_v<T, Complex128>) {
      out = std::complex<double>(value.real(), value.imag());
    } else {
      out = static_cast<double>(static_cast<Compute<T>>(value));
    }
  });
  return out;
}

Tensor tensor_of_scalar(const IValue& scalar) {
  if (scalar.is_bool()) {
    const Tensor out = empty({}, DType::kBool);
    *out.data<Bool8>() = scalar.to_bool();
    return out;
  }
  if (scalar.is_int()) {
    const Tensor out = empty({}, DType::kInt64);
    *out.data<int64_t>() = scalar.to_int();
    return out;
  }
  if (scalar.is_complex()) {
    const Tensor out = empty({}, DType::kComplex128);
    *out.data<Complex128>() = scalar.to_complex();
    return out;
  }
  const Tensor out = empty({}, DType::kFloat64);
  *out.data<double>() = scalar.to_double();
  return out;
}

bool truth_of(const Tensor& tensor) {
  if (tensor.numel() == 0) fail("Boolean value of Tensor with no values is ambiguous");
  if (tensor.numel() > 1) fail("Boolean value of Tensor with more than one value is ambiguous");
  const IValue value = item_of(tensor);
  if (value.is_complex()) return value.to_complex() != 0.0;
  return value.is_double() ? value.to_double() != 0 : value.raw_int() != 0;
}

}  // namespace temper
