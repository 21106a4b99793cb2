#pragma once
// Names of dtypes as messages about C++ types have them: "long int" where others say "Long".

#include <string_view>

#include "core/tensor/dtype.h"

namespace temper {

std::string_view name_in_cpp(DType dtype);

}  // namespace temper
