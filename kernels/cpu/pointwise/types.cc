#include "kernels/cpu/pointwise/types.h"

namespace temper {

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
