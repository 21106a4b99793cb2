// Compiled once per instruction set; TEMPER_ISA names the namespace.
#include "kernels/cpu/gather_loops.h"

#include <cstring>

namespace temper::TEMPER_ISA {
namespace {

struct Sixteen {
  uint64_t low, high;
};

bool all_below(const int64_t* indices, int64_t n, int64_t limit) {
  const auto bound = static_cast<uint64_t>(limit);
  int64_t outside = 0;
  for (int64_t i = 0; i < n; ++i) outside |= static_cast<uint64_t>(indices[i]) >= bound ? 1 : 0;
  return outside == 0;
}

bool add_offsets(int64_t* offsets, const int64_t* indices, int64_t n, int64_t size,
                 int64_t stride) {
  // Offsets of what is outside are never used, but computed: they may wrap around.
  const auto step = static_cast<uint64_t>(stride), wrap = static_cast<uint64_t>(size);
  int64_t outside = 0;
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) {
    const int64_t index = indices[i];
    outside |= index < -size || index >= size ? 1 : 0;
    const uint64_t place = static_cast<uint64_t>(index) + (index < 0 ? wrap : 0);
    offsets[i] = static_cast<int64_t>(static_cast<uint64_t>(offsets[i]) + place * step);
  }
  return outside == 0;
}

template <class T>
void elements(void* to, const void* from, const int64_t* offsets, int64_t step, int64_t move,
              int64_t n) {
  T* target = static_cast<T*>(to);
  const T* source = static_cast<const T*>(from);
  if (step == 1 && move == 0) {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) target[i] = source[offsets[i]];
    return;
  }
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) target[i] = source[offsets[i] * step + i * move];
}

constexpr int64_t kAhead = 24;  // rows
constexpr int64_t kLine = 64;   // bytes that the processor fetches together

template <int64_t kPiece>
void copy_pieces(std::byte* to, const std::byte* from, int64_t bytes) {
  for (int64_t at = 0; at < bytes; at += kPiece) std::memcpy(to + at, from + at, kPiece);
}

template <class Copy>
void each_row(std::byte* to, const std::byte* from, const int64_t* indices, int64_t n,
              int64_t stride, int64_t bytes, const Copy& copy) {
  for (int64_t i = 0; i < n; ++i, to += bytes) {
    if (i + kAhead < n) {
      const std::byte* next = from + indices[i + kAhead] * stride;
      for (int64_t at = 0; at < bytes; at += kLine) __builtin_prefetch(next + at, 0, 2);
    }
    copy(to, from + indices[i] * stride);
  }
}

void rows(std::byte* to, const std::byte* from, const int64_t* indices, int64_t n, int64_t stride,
          int64_t bytes) {
  constexpr int64_t kShort = 1024;
  const auto run = [&](const auto& copy) { each_row(to, from, indices, n, stride, bytes, copy); };
  if (bytes < kShort && bytes % 64 == 0) {
    run([&](std::byte* t, const std::byte* f) { copy_pieces<64>(t, f, bytes); });
  } else if (bytes < kShort && bytes % 16 == 0) {
    run([&](std::byte* t, const std::byte* f) { copy_pieces<16>(t, f, bytes); });
  } else {
    run([&](std::byte* t, const std::byte* f) { std::memcpy(t, f, static_cast<size_t>(bytes)); });
  }
}

}  // namespace

void fill(GatherLoops& loops) {
  loops = {all_below,
           add_offsets,
           {elements<uint8_t>, elements<uint16_t>, elements<uint32_t>, elements<uint64_t>,
            elements<Sixteen>},
           rows};
}

}  // namespace temper::TEMPER_ISA
