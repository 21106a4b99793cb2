#pragma once
// Inner loops that read elements and rows by index, compiled for several instruction sets.

#include <cstddef>
#include <cstdint>

#include "core/base/isa.h"

namespace temper {

struct GatherLoops {
  // Whether all indices are in [0, limit).
  bool (*all_below)(const int64_t* indices, int64_t n, int64_t limit);
  // offsets[i] += index * stride, where negative indices count from the end of `size`; false when
  // one is outside [-size, size).
  bool (*add_offsets)(int64_t* offsets, const int64_t* indices, int64_t n, int64_t size,
                      int64_t stride);
  // to[i] = from[offsets[i] * step + i * move] for elements of 1, 2, 4, 8 and 16 bytes; the loop of
  // 2^k bytes is number k.
  void (*elements[5])(void* to, const void* from, const int64_t* offsets, int64_t step,
                      int64_t move, int64_t n);
  // Rows of `bytes`, `stride` bytes apart, one behind the other; asks for the next rows early.
  void (*rows)(std::byte* to, const std::byte* from, const int64_t* indices, int64_t n,
               int64_t stride, int64_t bytes);
};

const GatherLoops& gather_loops();

// The number of the elements' loop.
inline int element_loop(int64_t item_size) {
  return __builtin_ctzll(static_cast<uint64_t>(item_size));
}

TEMPER_DECLARE_ISA(void fill(GatherLoops& loops))

}  // namespace temper
