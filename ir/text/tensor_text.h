#pragma once
// Tensors in IR texts; private to the IR text.

#include "core/tensor/tensor.h"
#include "core/value/type.h"
#include "ir/text/cursor.h"

namespace temper::ir {

// Reads "{1.5}" of the declared type, or "<Tensor dtype=... data=...>".
Tensor parse_tensor(Cursor* cursor, const TypePtr& type);

}  // namespace temper::ir
