#include "kernels/cpu/pointwise/convert.h"

#include <cmath>
#include <type_traits>

#include "core/tensor/dispatch.h"

namespace temper {
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
    if constexpr (std::is_same_v<To, bool>)
      return v.real() != 0 || v.imag() != 0;
    else
      return static_cast<To>(static_cast<Compute<To>>(v.real()));
  } else if constexpr (std::is_same_v<To, bool>) {
    return v != From(0);
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    const int64_t whole =
        v >= From(-0x1p63) && v < From(0x1p63) ? static_cast<int64_t>(v) : INT64_MIN;
    return static_cast<To>(whole);
  } else {
    return static_cast<To>(static_cast<Compute<From>>(v));
  }
}

template <class C, class T>
void load(void* buffer, const std::byte* from, int64_t stride, int64_t n) {
  C* to = static_cast<C*>(buffer);
  if (stride == sizeof(T)) {
    const T* elements = reinterpret_cast<const T*>(from);
    for (int64_t i = 0; i < n; ++i) to[i] = convert<C>(elements[i]);
    return;
  }
  for (int64_t i = 0; i < n; ++i)
    to[i] = convert<C>(*reinterpret_cast<const T*>(from + i * stride));
}

template <class C, class T>
void store(std::byte* to, const void* buffer, int64_t stride, int64_t n) {
  const C* from = static_cast<const C*>(buffer);
  if (stride == sizeof(T)) {
    T* elements = reinterpret_cast<T*>(to);
    for (int64_t i = 0; i < n; ++i) elements[i] = convert<T>(from[i]);
    return;
  }
  for (int64_t i = 0; i < n; ++i) *reinterpret_cast<T*>(to + i * stride) = convert<T>(from[i]);
}

template <class Pick>
auto for_compute(ComputeType type, const Pick& pick) {
  switch (type) {
    case ComputeType::kFloat: return pick.template operator()<float>();
    case ComputeType::kDouble: return pick.template operator()<double>();
    case ComputeType::kInt: return pick.template operator()<int64_t>();
    case ComputeType::kComplex64: return pick.template operator()<Complex64>();
    default: return pick.template operator()<Complex128>();
  }
}

}  // namespace

LoadLoop load_loop(ComputeType type, DType from) {
  LoadLoop loop = nullptr;
  visit(from, "pointwise", AllTypes{}, [&]<class T>() {
    loop = for_compute(type, []<class C>() -> LoadLoop { return load<C, T>; });
  });
  return loop;
}

StoreLoop store_loop(ComputeType type, DType to) {
  StoreLoop loop = nullptr;
  visit(to, "pointwise", AllTypes{}, [&]<class T>() {
    loop = for_compute(type, []<class C>() -> StoreLoop { return store<C, T>; });
  });
  return loop;
}

DType native_dtype(ComputeType type) {
  constexpr DType kNative[] = {DType::kFloat32, DType::kFloat64, DType::kInt64, DType::kComplex64,
                               DType::kComplex128};
  return kNative[static_cast<int>(type)];
}

ComputeType compute_type(DType dtype) {
  switch (dtype) {
    case DType::kFloat64: return ComputeType::kDouble;
    case DType::kFloat32:
    case DType::kFloat16:
    case DType::kBFloat16: return ComputeType::kFloat;
    case DType::kComplex32:
    case DType::kComplex64: return ComputeType::kComplex64;
    case DType::kComplex128: return ComputeType::kComplex128;
    default: return ComputeType::kInt;
  }
}

}  // namespace temper
