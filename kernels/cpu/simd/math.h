#pragma once
// Elementary functions of float that compilers turn into vector code: no branches, no calls. Errors
// are about one unit in the last place (erf: a few, 4e-7 relative). Sources: range reduction and
// minimax polynomials in the style of Cephes (Moshier); erf by a rational approximation.

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace temper::simd {

// Round to nearest integer for |x| < 2^22.
static inline float round_small(float x) {
  constexpr float kMagic = 12582912.0f;  // 1.5 * 2^23
  return (x + kMagic) - kMagic;
}

static inline float power_of_two(int32_t n) {  // n in [-126, 127]
  return std::bit_cast<float>((n + 127) << 23);
}

static inline float exp(float x) {
  const float clamped = x < -104.0f ? -104.0f : (x > 89.0f ? 89.0f : x);
  const float n = round_small(clamped * 1.44269504088896341f);
  const float r = (clamped - n * 0.693359375f) - n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  // In two steps, so that results below the smallest normal number come out right.
  const int32_t whole = static_cast<int32_t>(n);
  const int32_t half = whole >> 1;
  const float result = p * power_of_two(half) * power_of_two(whole - half);
  return x != x ? x : result;
}

// The same for x <= 0, in half the work: results below the smallest normal number are zero. NaN
// stays; what positive numbers give is not defined.
static inline float exp_nonpositive(float x) {
  constexpr float kMagic = 12582912.0f;  // adding it leaves a whole number in the low bits
  const float shifted = x * 1.44269504088896341f + kMagic;
  const float n = shifted - kMagic;
  const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const float scale = std::bit_cast<float>((std::bit_cast<uint32_t>(shifted) << 23) + 0x3f800000u);
  return x < -87.0f ? 0.0f : p * scale;
}

static inline float log(float x) {
  const bool tiny = x < 1.17549435e-38f;
  const float scaled = tiny ? x * 8388608.0f : x;
  const uint32_t bits = std::bit_cast<uint32_t>(scaled);
  // Mantissa in [sqrt(1/2), sqrt(2)).
  const uint32_t shifted = bits - 0x3f3504f3u;
  const int32_t exponent = static_cast<int32_t>(shifted) >> 23;
  const float m = std::bit_cast<float>((shifted & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
  const float e = static_cast<float>(exponent) - (tiny ? 23.0f : 0.0f);
  float p = 7.0376836292e-2f;
  p = p * m + -1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m + -1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m + -1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m + -2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  const float m2 = m * m;
  float y = p * m * m2 + e * -2.12194440e-4f - 0.5f * m2;
  y = (m + y) + e * 0.693359375f;
  const float inf = std::numeric_limits<float>::infinity();
  y = x == 0.0f ? -inf : y;
  y = x == inf ? inf : y;
  return x < 0.0f || x != x ? std::numeric_limits<float>::quiet_NaN() : y;
}

static inline float tanh(float x) {
  const float a = x < 0 ? -x : x;
  const float z = x * x;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z + -5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z + -3.33332819422e-1f;
  const float small = p * z * x + x;
  const float e = exp(2.0f * (a > 10.0f ? 10.0f : a));
  const float large = 1.0f - 2.0f / (e + 1.0f);
  const float signed_large = x < 0 ? -large : large;
  const float result = a < 0.625f ? small : signed_large;
  return x != x || x == 0.0f ? x : result;
}

static inline float sigmoid(float x) { return 1.0f / (1.0f + exp(-x)); }

static inline float erf(float v) {
  const float x = v < -4.0f ? -4.0f : (v > 4.0f ? 4.0f : v);
  const float z = x * x;
  float p = -2.72614225801306e-10f;
  p = p * z + 2.77068142495902e-08f;
  p = p * z + -2.10102402082508e-06f;
  p = p * z + -5.69250639462346e-05f;
  p = p * z + -7.34990630326855e-04f;
  p = p * z + -2.95459980854025e-03f;
  p = p * z + -1.60960333262415e-02f;
  float q = -1.45660718464996e-05f;
  q = q * z + -2.13374055278905e-04f;
  q = q * z + -1.68282697438203e-03f;
  q = q * z + -7.37332916720468e-03f;
  q = q * z + -1.42647390514189e-02f;
  return v != v ? v : x * p / q;
}

}  // namespace temper::simd
