#pragma once
// Floating point to integer, defined for every value.

#include <cstdint>

namespace temper {

// Toward zero; the smallest integer for NaN and what int64 does not hold, as the reference's
// processors convert.
inline int64_t truncate_to_int64(double v) {
  return v >= -0x1p63 && v < 0x1p63 ? static_cast<int64_t>(v) : INT64_MIN;
}

// Toward zero between 0 and `last`; 0 for NaN.
template <class T>
int64_t truncate_below(T v, int64_t last) {
  if (!(v > T(0))) return 0;
  return v < static_cast<T>(last) ? static_cast<int64_t>(v) : last;
}

}  // namespace temper
