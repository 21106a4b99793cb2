// Compiled once per instruction set; TEMPER_ISA names the namespace.
#include <cstring>
#include <type_traits>

#include "core/tensor/convert.h"
#include "core/tensor/dispatch.h"

#if defined(__F16C__)
#include <immintrin.h>
#endif

namespace temper::TEMPER_ISA {
namespace {

template <class T>
inline constexpr bool kComplex = requires(T v) {
  v.real();
};

template <class To, class From>
To convert(From v) {
  if constexpr (kComplex<To> && kComplex<From>) {
    using R = typename To::value_type;
    return To(static_cast<R>(v.real()), static_cast<R>(v.imag()));
  } else if constexpr (kComplex<To>) {
    return To(static_cast<typename To::value_type>(static_cast<Compute<From>>(v)));
  } else if constexpr (kComplex<From>) {
    if constexpr (std::is_same_v<To, Bool8>)
      return v.real() != 0 || v.imag() != 0;
    else
      return convert<To>(v.real());
  } else if constexpr (std::is_same_v<To, Bool8>) {
    return static_cast<Compute<From>>(v) != Compute<From>(0);
  } else if constexpr (std::is_floating_point_v<Compute<From>> && std::is_integral_v<To>) {
    using C = Compute<From>;
    const C c = static_cast<C>(v);
    // As truncate_to() does it.
    if constexpr (std::is_signed_v<To> && sizeof(To) <= sizeof(int32_t)) {
      return static_cast<To>(c >= C(-0x1p31) && c < C(0x1p31) ? static_cast<int32_t>(c)
                                                              : INT32_MIN);
    } else {
      return static_cast<To>(c >= C(-0x1p63) && c < C(0x1p63) ? static_cast<int64_t>(c)
                                                              : INT64_MIN);
    }
  } else {
    return static_cast<To>(static_cast<Compute<To>>(static_cast<Compute<From>>(v)));
  }
}

// Flattened, so that no inline function of a header is emitted for a newer processor.
template <class To, class From>
[[gnu::flatten]] void loop(void* to, int64_t to_step, const void* from, int64_t from_step,
                           int64_t n) {
  if (to_step == sizeof(To) && from_step == sizeof(From)) {
    To* target = static_cast<To*>(to);
    const From* source = static_cast<const From*>(from);
    if constexpr (std::is_same_v<To, From>) {
      if (target != source) std::memcpy(to, from, static_cast<size_t>(n) * sizeof(To));
    } else {
#pragma GCC ivdep
      for (int64_t i = 0; i < n; ++i) target[i] = convert<To>(source[i]);
    }
    return;
  }
  if (to_step == sizeof(To) && from_step == 0) {
    const To value = convert<To>(*static_cast<const From*>(from));
    To* target = static_cast<To*>(to);
    for (int64_t i = 0; i < n; ++i) target[i] = value;
    return;
  }
  if constexpr (std::is_same_v<To, From>) {
    if (to_step == sizeof(To) && from_step == 2 * sizeof(From)) {  // every other element
      To* target = static_cast<To*>(to);
      const From* source = static_cast<const From*>(from);
      for (int64_t i = 0; i < n; ++i) target[i] = source[2 * i];
      return;
    }
  }
  std::byte* target = static_cast<std::byte*>(to);
  const std::byte* source = static_cast<const std::byte*>(from);
  for (int64_t i = 0; i < n; ++i) {
    *reinterpret_cast<To*>(target + i * to_step) =
        convert<To>(*reinterpret_cast<const From*>(source + i * from_step));
  }
}

#if defined(__F16C__)
constexpr int64_t kBlock = 256;

void widen(float* to, const uint16_t* from, int64_t n) {
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    _mm256_storeu_ps(to + i,
                     _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i))));
  }
  for (; i < n; ++i) to[i] = _cvtsh_ss(from[i]);
}

void narrow(uint16_t* to, const float* from, int64_t n) {
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i),
                     _mm256_cvtps_ph(_mm256_loadu_ps(from + i), _MM_FROUND_TO_NEAREST_INT));
  }
  for (; i < n; ++i) to[i] = _cvtss_sh(from[i], _MM_FROUND_TO_NEAREST_INT);
}

// Half on one side: in blocks of floats, which the processor converts eight at a time.
template <class To, class From>
void half_loop(void* to, int64_t to_step, const void* from, int64_t from_step, int64_t n) {
  constexpr bool kFromHalf = std::is_same_v<From, Half>;
  const int64_t half_step = kFromHalf ? from_step : to_step;
  if (half_step != sizeof(Half)) return loop<To, From>(to, to_step, from, from_step, n);
  std::byte* target = static_cast<std::byte*>(to);
  const std::byte* source = static_cast<const std::byte*>(from);
  float block[kBlock];
  for (int64_t at = 0; at < n; at += kBlock) {
    const int64_t count = n - at < kBlock ? n - at : kBlock;
    std::byte* out = target + at * to_step;
    const std::byte* in = source + at * from_step;
    if constexpr (kFromHalf) {
      widen(block, reinterpret_cast<const uint16_t*>(in), count);
      loop<To, float>(out, to_step, block, sizeof(float), count);
    } else {
      loop<float, From>(block, sizeof(float), in, from_step, count);
      narrow(reinterpret_cast<uint16_t*>(out), block, count);
    }
  }
}
#endif

template <class To, class From>
constexpr ConvertLoop pick() {
#if defined(__F16C__)
  if constexpr (std::is_same_v<To, Half> != std::is_same_v<From, Half>) return half_loop<To, From>;
#endif
  return loop<To, From>;
}

template <class To, class... Froms>
void add(ConvertTable& table, TypeSet<Froms...>) {
  ((table.loops[static_cast<int>(kDTypeOf<To>)][static_cast<int>(kDTypeOf<Froms>)] =
        pick<To, Froms>()),
   ...);
}

template <class... Tos, class Froms>
void add_all(ConvertTable& table, TypeSet<Tos...>, Froms froms) {
  (add<Tos>(table, froms), ...);
}

}  // namespace

void fill(ConvertTable& table) {
  // Complex numbers are library templates, which must not be emitted for a newer processor.
#if TEMPER_ISA_COMPLEX
  add_all(table, AllTypes{}, AllTypes{});
#else
  add_all(table, RealAndBool{}, RealAndBool{});
#endif
}

}  // namespace temper::TEMPER_ISA
