#pragma once
// Compute types of dtypes.

#include "core/tensor/dtype.h"
#include "kernels/cpu/pointwise/loops.h"

namespace temper {

// The dtype whose elements are already of the compute type.
inline DType native_dtype(ComputeType type) {
  constexpr DType kNative[] = {DType::kFloat32,   DType::kFloat64,    DType::kInt64,
                               DType::kComplex64, DType::kComplex128, DType::kInt32,
                               DType::kUInt8};
  return kNative[static_cast<int>(type)];
}
// Whether elements of `dtype` are in memory what `type` computes with.
inline bool is_native(DType dtype, ComputeType type) {
  return dtype == native_dtype(type) || (dtype == DType::kBool && type == ComputeType::kByte);
}
// The type in which elements of `dtype` are computed.
inline ComputeType compute_type(DType dtype) {
  switch (dtype) {
    case DType::kFloat64: return ComputeType::kDouble;
    case DType::kFloat32:
    case DType::kFloat16:
    case DType::kBFloat16: return ComputeType::kFloat;
    case DType::kComplex32:
    case DType::kComplex64: return ComputeType::kComplex64;
    case DType::kComplex128: return ComputeType::kComplex128;
    default: return ComputeType::kInt;
  }
}
// Its narrow form, the same one when there is none.
ComputeType narrow_type(DType dtype);

}  // namespace temper
