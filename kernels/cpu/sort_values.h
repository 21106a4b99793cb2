#pragma once
// Ordering of values inside lists.

#include <vector>

#include "core/op/op_call.h"

namespace temper {

// Sorts scalars, strings, one-element tensors, tuples of those, or objects whose class has __lt__.
// Safe for any comparison a program may define. Throws for other elements.
void sort_values(std::vector<IValue>& items, bool reverse, const TypePtr& element,
                 RunContext& context);

// a == b of list elements; tensors by value, which must be one element.
bool elements_equal(const IValue& a, const IValue& b);

}  // namespace temper
