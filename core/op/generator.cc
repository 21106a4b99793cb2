#include "core/op/run_context.h"

namespace temper {
namespace {

// mt19937, Matsumoto and Nishimura 1998.
constexpr int kN = 624, kM = 397;
constexpr uint32_t kMatrix = 0x9908b0df, kUpper = 0x80000000, kLower = 0x7fffffff;

uint32_t twist(uint32_t u, uint32_t v) {
  return (((u & kUpper) | (v & kLower)) >> 1) ^ ((v & 1) ? kMatrix : 0);
}

}  // namespace

void GeneratorValue::manual_seed(uint64_t seed) {
  seed_ = seed;
  state_[0] = static_cast<uint32_t>(seed);
  for (uint32_t j = 1; j < kN; ++j) {
    state_[j] = 1812433253u * (state_[j - 1] ^ (state_[j - 1] >> 30)) + j;
  }
  left_ = 1;
  next_ = 0;
  next_float_normal.reset();
  next_double_normal.reset();
}

void GeneratorValue::refill() {
  left_ = kN;
  next_ = 0;
  for (int j = 0; j < kN; ++j) {
    state_[j] = state_[(j + kM) % kN] ^ twist(state_[j], state_[(j + 1) % kN]);
  }
}

uint32_t GeneratorValue::random() {
  if (--left_ == 0) refill();
  uint32_t y = state_[next_++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return y ^ (y >> 18);
}

// The first draw is the high half.
uint64_t GeneratorValue::random64() {
  const uint64_t high = random();
  return high << 32 | random();
}

}  // namespace temper
