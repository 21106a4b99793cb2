#pragma once
// Which tensors are worth packing.

#include "core/tensor/tensor.h"

namespace temper::onednn {

// Whether the values of this tensor never change.
bool is_constant(const Tensor& t);

}  // namespace temper::onednn
