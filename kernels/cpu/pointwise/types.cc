#include "kernels/cpu/pointwise/types.h"

namespace temper {

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
