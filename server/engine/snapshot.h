#pragma once
// Results that nobody writes any more.

#include "core/value/ivalue.h"

namespace temper {

// The value with copies of containers, and of tensors that somebody else sees, too. Objects stay as
// they are.
IValue snapshot(const IValue& value);

}  // namespace temper
