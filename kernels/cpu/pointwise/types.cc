#include "kernels/cpu/pointwise/types.h"

namespace temper {

DType native_dtype(ComputeType type) {
  constexpr DType kNative[] = {DType::kFloat32,   DType::kFloat64,    DType::kInt64,
                               DType::kComplex64, DType::kComplex128, DType::kInt32,
                               DType::kUInt8};
  return kNative[static_cast<int>(type)];
}

bool is_native(DType dtype, ComputeType type) {
  return dtype == native_dtype(type) || (dtype == DType::kBool && type == ComputeType::kByte);
}

ComputeType compute_type(DType dtype) {
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

ComputeType narrow_type(DType dtype) {
  switch (dtype) {
    case DType::kBool:
    case DType::kUInt8: return ComputeType::kByte;
    case DType::kInt8:
    case DType::kInt16:
    case DType::kInt32: return ComputeType::kInt32;
    default: return compute_type(dtype);
  }
}

}  // namespace temper
