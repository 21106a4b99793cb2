#pragma once
// Python's rules for indices and slices.

#include <algorithm>
#include <cstdint>

#include "core/base/error.h"
#include "core/value/ivalue.h"

namespace temper {

// Negative indices count from the end, once. The result may still be out of range.
inline int64_t wrap_index(int64_t index, int64_t size) { return index < 0 ? index + size : index; }

// The index of an element of a list; throws when there is none.
inline size_t list_index(int64_t index, size_t size) {
  const int64_t wrapped = wrap_index(index, static_cast<int64_t>(size));
  if (wrapped < 0 || wrapped >= static_cast<int64_t>(size)) fail("list index out of range");
  return static_cast<size_t>(wrapped);
}

struct SliceRange {
  int64_t start = 0;
  int64_t step = 1;
  int64_t count = 0;
};

// start[:end[:step]] of a sequence; start and end may be None.
inline SliceRange slice_range(const IValue& start, const IValue& end, int64_t step, int64_t size) {
  if (step == 0) fail("List slice should have non-zero step");
  const int64_t low = step < 0 ? -1 : 0, high = step < 0 ? size - 1 : size;
  auto place = [&](const IValue& at, int64_t fallback) {
    if (at.is_none()) return fallback;
    const int64_t index = at.to_int();
    return std::clamp(index < 0 ? index + size : index, low, high);
  };
  const int64_t first = place(start, step < 0 ? high : low);
  const int64_t last = place(end, step < 0 ? low : high);
  const int64_t span = step < 0 ? first - last : last - first;
  const uint64_t stride = step < 0 ? 0 - static_cast<uint64_t>(step) : static_cast<uint64_t>(step);
  const int64_t count =
      span <= 0 ? 0 : static_cast<int64_t>((static_cast<uint64_t>(span) - 1) / stride + 1);
  return {first, step, count};
}

}  // namespace temper
