#pragma once
// Values that a program builds may nest as deep as its loops run: walking and freeing them must not
// exhaust the stack.

#include <vector>

#include "core/value/ivalue.h"

namespace temper {

// Counts the levels of a recursive walk over values on this thread; throws when there are too many.
class NestingGuard {
 public:
  NestingGuard();
  ~NestingGuard();
  NestingGuard(const NestingGuard&) = delete;
  NestingGuard& operator=(const NestingGuard&) = delete;
};

// Frees `items`, which belonged to a container that is being destroyed: level by level when they
// hold containers themselves.
void release_items(std::vector<IValue> items);

}  // namespace temper
