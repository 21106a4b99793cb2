#pragma once
// Results that nobody writes any more.

#include "core/value/ivalue.h"

namespace temper {

// Whether its one reference and its storage's are all there are: nobody else can write it.
bool is_alone(const TensorImpl& tensor);

// The value with copies of containers, and of tensors that somebody else sees, too. Objects stay as
// they are.
IValue snapshot(const IValue& value);

}  // namespace temper
