#pragma once
// Floating point to integer, defined for every value.

#include <cstdint>
#include <type_traits>

namespace temper {

// Toward zero; the smallest integer for NaN and what int64 does not hold, as the reference's
// processors convert.
inline int64_t truncate_to_int64(double v) {
  return v >= -0x1p63 && v < 0x1p63 ? static_cast<int64_t>(v) : INT64_MIN;
}

// The same for any integer type. Narrow signed ones are reached through 32 bits, as those
// processors do it; bytes through 64.
template <class To>
To truncate_to(double v) {
  if constexpr (std::is_signed_v<To> && sizeof(To) <= sizeof(int32_t)) {
    return static_cast<To>(v >= -0x1p31 && v < 0x1p31 ? static_cast<int32_t>(v) : INT32_MIN);
  } else {
    return static_cast<To>(truncate_to_int64(v));
  }
}

// Toward zero between 0 and `last`; 0 for NaN.
template <class T>
int64_t truncate_below(T v, int64_t last) {
  if (!(v > T(0))) return 0;
  return v < static_cast<T>(last) ? static_cast<int64_t>(v) : last;
}

}  // namespace temper
