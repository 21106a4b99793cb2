#pragma once
// Compute types of dtypes.

#include "core/tensor/dtype.h"
#include "kernels/cpu/pointwise/loops.h"

namespace temper {

// Whether elements of `dtype` are in memory what `type` computes with.
bool is_native(DType dtype, ComputeType type);
// The dtype whose elements are already of the compute type.
DType native_dtype(ComputeType type);
// The type in which elements of `dtype` are computed.
ComputeType compute_type(DType dtype);
// Its narrow form, the same one when there is none.
ComputeType narrow_type(DType dtype);

}  // namespace temper
