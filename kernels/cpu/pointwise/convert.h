#pragma once
// Moves elements between tensors of any dtype and buffers of a compute type.

#include <cstddef>
#include <cstdint>

#include "core/tensor/dtype.h"
#include "kernels/cpu/pointwise/loops.h"

namespace temper {

// buffer[i] = from[i * stride bytes], i < n.
using LoadLoop = void (*)(void* buffer, const std::byte* from, int64_t stride, int64_t n);
// to[i * stride bytes] = buffer[i].
using StoreLoop = void (*)(std::byte* to, const void* buffer, int64_t stride, int64_t n);

LoadLoop load_loop(ComputeType type, DType from);
StoreLoop store_loop(ComputeType type, DType to);
// The dtype whose elements are already of the compute type.
DType native_dtype(ComputeType type);
// The type in which elements of `dtype` are computed.
ComputeType compute_type(DType dtype);

}  // namespace temper
