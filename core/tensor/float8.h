#pragma once
// The 8-bit floats as storage types: sign, exponent, mantissa. Conversions round to nearest even.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace temper {

// kFinite: no infinities, all bits set is nan. kUnsignedZero: no infinities and no negative zero,
// whose bits are the only nan.
enum class Float8Specials : uint8_t { kIeee, kFinite, kUnsignedZero };

template <int kMantissa, int kBias, Float8Specials kSpecials>
struct Float8 {
  uint8_t bits = 0;
  Float8() = default;
  Float8(float f) : bits(encode(f)) {}
  operator float() const { return decode(bits); }

 private:
  static constexpr int kOne = 1 << kMantissa;  // of mantissas: the implicit bit
  static constexpr uint8_t kNan = kSpecials == Float8Specials::kUnsignedZero ? 0x80 : 0x7f;
  // The first magnitude that is not a number; infinity in kIeee.
  static constexpr int kEnd = kSpecials == Float8Specials::kIeee     ? 0x80 - kOne
                              : kSpecials == Float8Specials::kFinite ? 0x7f
                                                                     : 0x80;

  static float decode(uint8_t bits) {
    if (kSpecials == Float8Specials::kUnsignedZero && bits == kNan) return std::nanf("");
    const int magnitude = bits & 0x7f, exponent = magnitude >> kMantissa;
    float value = 0;
    if (magnitude >= kEnd) {
      value = kSpecials == Float8Specials::kIeee && magnitude == kEnd
                  ? std::numeric_limits<float>::infinity()
                  : std::nanf("");
    } else if (exponent == 0) {
      value = std::ldexp(static_cast<float>(magnitude), 1 - kBias - kMantissa);
    } else {
      value = std::ldexp(static_cast<float>(kOne + magnitude % kOne), exponent - kBias - kMantissa);
    }
    return (bits & 0x80) != 0 ? -value : value;
  }

  static uint8_t encode(float f) {
    const uint8_t sign = std::signbit(f) ? 0x80 : 0;
    const uint8_t nan = kSpecials == Float8Specials::kUnsignedZero ? kNan : sign | kNan;
    if (std::isnan(f)) return nan;
    int magnitude = kEnd;
    if (f != 0 && std::isfinite(f)) {
      // In units of the last bit; a carry moves on to the next exponent by itself.
      const int exponent = std::max(std::ilogb(f), 1 - kBias);
      const float units = std::nearbyint(std::ldexp(std::fabs(f), kMantissa - exponent));
      const int64_t code = int64_t{exponent + kBias - 1} * kOne + static_cast<int64_t>(units);
      magnitude = static_cast<int>(std::min<int64_t>(code, kEnd));
    } else if (f == 0) {
      magnitude = 0;
    }
    if (magnitude == kEnd) return kSpecials == Float8Specials::kIeee ? sign | kEnd : nan;
    if (kSpecials == Float8Specials::kUnsignedZero && magnitude == 0) return 0;
    return sign | static_cast<uint8_t>(magnitude);
  }
};

using Float8E5M2 = Float8<2, 15, Float8Specials::kIeee>;
using Float8E4M3FN = Float8<3, 7, Float8Specials::kFinite>;
using Float8E5M2FNUZ = Float8<2, 16, Float8Specials::kUnsignedZero>;
using Float8E4M3FNUZ = Float8<3, 8, Float8Specials::kUnsignedZero>;

}  // namespace temper
