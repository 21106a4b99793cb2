#pragma once
// Systems whose matrix is factored already.

#include "core/tensor/tensor.h"

namespace temper::linalg {

// b (column-major, changed in place) = A^-1 b for the factored A. The pivots are in range.
void solve_lu(const Tensor& lu, const Tensor& pivots, const Tensor& b, char trans);

}  // namespace temper::linalg
