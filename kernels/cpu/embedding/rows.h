#pragma once
// Indices of rows, as embeddings and bags take them.

#include "core/tensor/tensor.h"

namespace temper {

// int32 or int64 indices as contiguous int64; `op` names the operator in the message.
Tensor as_indices(const char* op, const Tensor& t);

}  // namespace temper
