#pragma once
// More elementary functions of float in the style of math.h; those that need more digits inside go
// through double. Errors are one or two units in the last place.

#include "kernels/cpu/simd/math.h"
#include "kernels/cpu/simd/math_double.h"

namespace temper::simd {

static inline float expm1(float x) {
  const float clamped = x < -20.0f ? -20.0f : (x > 89.0f ? 89.0f : x);
  const float n = round_small(clamped * 1.44269504088896341f);
  const float r = (clamped - n * 0.693359375f) - n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r;
  const float scale = power_of_two(static_cast<int32_t>(n - 1.0f));
  const float result = 2.0f * (scale * p + (scale - 0.5f));
  return x != x || x == 0.0f ? x : result;
}

static inline float exp2(float x) {
  const float clamped = x < -151.0f ? -151.0f : (x > 129.0f ? 129.0f : x);
  const float n = round_small(clamped);
  const float r = (clamped - n) * 0.693147180559945f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const int32_t whole = static_cast<int32_t>(n);
  const int32_t half = whole >> 1;
  const float result = p * power_of_two(half) * power_of_two(whole - half);
  return x != x ? x : result;
}

static inline float log2(float x) { return static_cast<float>(log2(static_cast<double>(x))); }
static inline float log10(float x) { return static_cast<float>(log10(static_cast<double>(x))); }

// The logarithm of the rounded sum, and what rounding lost.
static inline float log1p(float x) {
  const float u = 1.0f + x;
  const float of_sum = log(u), lost = (x - (u - 1.0f)) / u;
  const bool exact = u == 0.0f || u == std::numeric_limits<float>::infinity() || x == 0.0f;
  return exact ? (x == 0.0f ? x : of_sum) : of_sum + lost;
}

static inline float sinh(float x) { return static_cast<float>(sinh(static_cast<double>(x))); }
static inline float cosh(float x) { return static_cast<float>(cosh(static_cast<double>(x))); }

static inline float sine_near_zero(float r) {
  const float z = r * r;
  float p = -1.9515295891e-4f;
  p = p * z + 8.3321608736e-3f;
  p = p * z + -1.6666654611e-1f;
  return p * z * r + r;
}

static inline float cosine_near_zero(float r) {
  const float z = r * r;
  float p = 2.443315711809948e-5f;
  p = p * z + -1.388731625493765e-3f;
  p = p * z + 4.166664568298827e-2f;
  return p * z * z - 0.5f * z + 1.0f;
}

// sin(x + quarters * pi / 2) for |x| < kLargestAngle.
static inline float sine(float x, int32_t quarters) {
  const Turned turned = quarter_turns(static_cast<double>(x));
  const float r = static_cast<float>(turned.rest);
  const int32_t k = static_cast<int32_t>(turned.quarters) + quarters;
  const float y = (k & 1) != 0 ? cosine_near_zero(r) : sine_near_zero(r);
  return (k & 2) != 0 ? -y : y;
}

static inline float tangent(float x) {
  const Turned turned = quarter_turns(static_cast<double>(x));
  const float r = static_cast<float>(turned.rest);
  const float s = sine_near_zero(r), c = cosine_near_zero(r);
  const bool odd = (static_cast<int32_t>(turned.quarters) & 1) != 0;
  return odd ? -c / s : s / c;
}

// asin(sqrt(z)) / sqrt(z) - 1 for z <= 1/4.
static inline float asin_tail(float z) {
  float p = 4.2163199048e-2f;
  p = p * z + 2.4181311049e-2f;
  p = p * z + 4.5470025998e-2f;
  p = p * z + 7.4953002686e-2f;
  p = p * z + 1.6666752422e-1f;
  return p * z;
}

inline constexpr float kHalfPi = 1.57079632679489662f;

static inline float asin(float x) {
  const float a = x < 0 ? -x : x;
  const bool large = a > 0.5f;
  const float z = large ? 0.5f * (1.0f - a) : a * a;
  const float s = large ? std::sqrt(z) : a;
  const float y = s + s * asin_tail(z);
  const float result = large ? kHalfPi - 2.0f * y : y;
  return x == 0.0f ? x : (x < 0 ? -result : result);
}

static inline float acos(float x) {
  const float a = x < 0 ? -x : x;
  const bool large = a > 0.5f;
  const float z = large ? 0.5f * (1.0f - a) : a * a;
  const float s = large ? std::sqrt(z) : x;
  const float y = s + s * asin_tail(z);
  const float outer = x < 0 ? 3.14159265358979324f - 2.0f * y : 2.0f * y;
  return large ? outer : kHalfPi - y;
}

// For 0 <= t <= 1.
static inline float atan_unit(float t) {
  const bool large = t > 0.414213562373095f;
  const float x = large ? (t - 1.0f) / (t + 1.0f) : t;
  const float z = x * x;
  float p = 8.05374449538e-2f;
  p = p * z + -1.38776856032e-1f;
  p = p * z + 1.99777106478e-1f;
  p = p * z + -3.33329491539e-1f;
  const float y = p * z * x + x;
  return large ? 0.785398163397448310f + y : y;
}

static inline float atan(float x) {
  const float a = x < 0 ? -x : x;
  const float y = atan_unit(a > 1.0f ? 1.0f / a : a);
  const float result = a > 1.0f ? kHalfPi - y : y;
  return x == 0.0f || x != x ? x : (x < 0 ? -result : result);
}

static inline float atan2(float y, float x) {
  const float a = std::fabs(y), b = std::fabs(x);
  const float low = a < b ? a : b, high = a < b ? b : a;
  const float ratio = low == high ? (low == 0.0f ? 0.0f : 1.0f) : low / high;
  float angle = atan_unit(ratio);
  angle = a > b ? kHalfPi - angle : angle;
  angle = std::signbit(x) ? 3.14159265358979324f - angle : angle;
  angle = std::copysign(angle, y);
  return x != x || y != y ? x + y : angle;
}

static inline float hypot(float a, float b) {
  const double x = a, y = b;
  const double inf = std::numeric_limits<double>::infinity();
  const double result = std::sqrt(x * x + y * y);
  return static_cast<float>(std::fabs(x) == inf || std::fabs(y) == inf ? inf : result);
}

// For finite x > 0 and finite y.
static inline float power(float x, float y) {
  return static_cast<float>(exp2(static_cast<double>(y) * log2(static_cast<double>(x))));
}

// a - b * trunc(a / b) for finite a and b != 0 whose quotient is below 2^28: products of a float
// and such a number are exact in double.
inline constexpr double kLargestQuotient = 268435456.0;

static inline float fmod(float a, float b) {
  const double x = a, y = b;
  const double quotient = std::trunc(x / y);
  double rest = x - quotient * y;
  // The rounded quotient may have reached the next whole number.
  const bool passed = rest != 0.0 && (rest < 0.0) != (x < 0.0);
  rest = passed ? rest + ((rest < 0.0) != (y < 0.0) ? y : -y) : rest;
  return std::copysign(static_cast<float>(rest), a);
}

}  // namespace temper::simd
