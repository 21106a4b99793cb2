#pragma once
// From a run-time dtype to a C++ element type: visit(dtype, "op", All{}, [&]<class T>() {...}).
// Each instantiation compiles the body once per type: choose the smallest set that is correct.

#include "core/base/error.h"
#include "core/tensor/bool8.h"
#include "core/tensor/dtype.h"
#include "core/tensor/half.h"

namespace temper {

template <class... Ts>
struct TypeSet {};

// Of elements, and of what those of bool are computed in; other types do not compile.
template <class T>
struct NoElement;
template <class T>
inline constexpr DType kDTypeOf = NoElement<T>::value;
template <>
inline constexpr DType kDTypeOf<uint8_t> = DType::kUInt8;
template <>
inline constexpr DType kDTypeOf<int8_t> = DType::kInt8;
template <>
inline constexpr DType kDTypeOf<int16_t> = DType::kInt16;
template <>
inline constexpr DType kDTypeOf<int32_t> = DType::kInt32;
template <>
inline constexpr DType kDTypeOf<int64_t> = DType::kInt64;
template <>
inline constexpr DType kDTypeOf<Half> = DType::kFloat16;
template <>
inline constexpr DType kDTypeOf<float> = DType::kFloat32;
template <>
inline constexpr DType kDTypeOf<double> = DType::kFloat64;
template <>
inline constexpr DType kDTypeOf<Complex64> = DType::kComplex64;
template <>
inline constexpr DType kDTypeOf<Complex128> = DType::kComplex128;
template <>
inline constexpr DType kDTypeOf<Bool8> = DType::kBool;
template <>
inline constexpr DType kDTypeOf<bool> = DType::kBool;
template <>
inline constexpr DType kDTypeOf<BFloat16> = DType::kBFloat16;
template <>
inline constexpr DType kDTypeOf<uint16_t> = DType::kUInt16;
template <>
inline constexpr DType kDTypeOf<uint32_t> = DType::kUInt32;
template <>
inline constexpr DType kDTypeOf<uint64_t> = DType::kUInt64;

using FloatTypes = TypeSet<float, double>;
using AllFloatTypes = TypeSet<float, double, Half, BFloat16>;
using IntTypes = TypeSet<uint8_t, int8_t, int16_t, int32_t, int64_t>;
using IndexTypes = TypeSet<int32_t, int64_t>;
using ComplexTypes = TypeSet<Complex64, Complex128>;
using RealTypes =
    TypeSet<float, double, Half, BFloat16, uint8_t, int8_t, int16_t, int32_t, int64_t>;
using RealAndBool =
    TypeSet<float, double, Half, BFloat16, uint8_t, int8_t, int16_t, int32_t, int64_t, Bool8>;
using AllTypes = TypeSet<float, double, Half, BFloat16, uint8_t, int8_t, int16_t, int32_t, int64_t,
                         Bool8, Complex64, Complex128>;

// Reduced precision computes in float, elements of bool as bool, everything else in its own type.
template <class T>
struct ComputeOf {
  using type = T;
};
template <>
struct ComputeOf<Half> {
  using type = float;
};
template <>
struct ComputeOf<BFloat16> {
  using type = float;
};
template <>
struct ComputeOf<Bool8> {
  using type = bool;
};
template <class T>
using Compute = typename ComputeOf<T>::type;

[[noreturn]] void dtype_not_supported(const char* op, DType dtype);

template <class... Ts, class Body>
void visit(DType dtype, const char* op, TypeSet<Ts...>, Body&& body) {
  const bool found =
      ((dtype == kDTypeOf<Ts> ? (body.template operator()<Ts>(), true) : false) || ...);
  if (!found) dtype_not_supported(op, dtype);
}

// Bodies that only move bytes need one instantiation per element size: 1, 2, 4, 8, 16.
struct Bytes16 {
  uint64_t lo, hi;
};
template <class Body>
void visit_size(DType dtype, Body&& body) {
  switch (item_size(dtype)) {
    case 1: return body.template operator()<uint8_t>();
    case 2: return body.template operator()<uint16_t>();
    case 4: return body.template operator()<uint32_t>();
    case 8: return body.template operator()<uint64_t>();
    default: return body.template operator()<Bytes16>();
  }
}

}  // namespace temper
