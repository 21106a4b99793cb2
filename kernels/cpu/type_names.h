#pragma once
// What C++ calls the elements of a dtype, as some of PyTorch's errors do.

#include "core/tensor/dtype.h"

namespace temper {

const char* cpp_name(DType dtype);

}  // namespace temper
