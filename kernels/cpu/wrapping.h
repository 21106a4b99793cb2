#pragma once
// Arithmetic on elements: integers wrap around, which only unsigned ones may.

#include <cstdint>
#include <type_traits>

namespace temper {

// What sums and products of C are kept in. Narrow integers compute in int, which holds them.
template <class C>
using Ring = std::conditional_t<std::is_same_v<C, int64_t>, uint64_t,
                                std::conditional_t<std::is_same_v<C, int32_t>, uint32_t, C>>;

template <class C>
C wrapping_sum(C a, C b) {
  return static_cast<C>(static_cast<Ring<C>>(a) + static_cast<Ring<C>>(b));
}

template <class C>
C wrapping_product(C a, C b) {
  return static_cast<C>(static_cast<Ring<C>>(a) * static_cast<Ring<C>>(b));
}

// The smallest integer has no opposite; b is not 0 where C is an integer.
template <class C>
C wrapping_quotient(C a, C b) {
  if constexpr (std::is_integral_v<C>) {
    if (b == C(-1)) return static_cast<C>(Ring<C>(0) - static_cast<Ring<C>>(a));
  }
  return static_cast<C>(a / b);
}

}  // namespace temper
