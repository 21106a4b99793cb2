#pragma once
// Denormal numbers, which most processors are slow with: whether this thread keeps them or takes
// and makes zeros in their place. New threads inherit the mode of the thread that starts them.

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace temper {

#if defined(__x86_64__)
inline constexpr uint64_t kFlushBits = 0x8040;  // of MXCSR: results and arguments
inline uint64_t float_control() { return _mm_getcsr(); }
inline void set_float_control(uint64_t bits) { _mm_setcsr(static_cast<unsigned>(bits)); }
#elif defined(__aarch64__)
inline constexpr uint64_t kFlushBits = uint64_t{1} << 24;  // of FPCR
inline uint64_t float_control() {
  uint64_t bits;
  asm volatile("mrs %0, fpcr" : "=r"(bits));
  return bits;
}
inline void set_float_control(uint64_t bits) { asm volatile("msr fpcr, %0" ::"r"(bits)); }
#else
inline constexpr uint64_t kFlushBits = 0;  // denormals are kept
inline uint64_t float_control() { return 0; }
inline void set_float_control(uint64_t) {}
#endif

inline bool flushes_denormals() { return (float_control() & kFlushBits) != 0; }

// Sets this thread's mode while alive. Scopes nest.
class DenormalScope {
 public:
  explicit DenormalScope(bool flush) : before_(float_control()) {
    const uint64_t wanted = flush ? before_ | kFlushBits : before_ & ~kFlushBits;
    if (wanted != before_) set_float_control(wanted);
  }
  // Keeps what else the work may have changed, as exception flags.
  ~DenormalScope() {
    const uint64_t now = float_control(), wanted = (now & ~kFlushBits) | (before_ & kFlushBits);
    if (wanted != now) set_float_control(wanted);
  }
  DenormalScope(const DenormalScope&) = delete;
  DenormalScope& operator=(const DenormalScope&) = delete;

 private:
  const uint64_t before_;
};

}  // namespace temper
