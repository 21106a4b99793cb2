#pragma once
// An element of a bool tensor. Any byte but 0 is true: programs make such bytes by viewing other
// dtypes as bool, archives may hold them, and C++'s own bool must not be read from them. Inlined
// everywhere, so that none is emitted for a newer processor.

namespace temper {

struct Bool8 {
  unsigned char byte = 0;
  Bool8() = default;
  [[gnu::always_inline]] Bool8(bool value) : byte(value ? 1 : 0) {}
  [[gnu::always_inline]] operator bool() const { return byte != 0; }
};

}  // namespace temper
