// Integers of a range, as values of any dtype.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/base/truncate.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/cpp_names.h"
#include "kernels/cpu/draw.h"
#include "kernels/cpu/wrapping.h"

namespace temper::random {
namespace {

// Binary digits that all numbers up to their power of two are exact with.
template <class T>
constexpr int digits_of() {
  if constexpr (std::is_same_v<T, Bool8>)
    return 1;
  else if constexpr (std::is_same_v<T, Half>)
    return 11;
  else if constexpr (std::is_same_v<T, BFloat16>)
    return 8;
  else
    return std::numeric_limits<T>::digits;
}

template <class T>
T nearest(int64_t value) {
  return T(static_cast<Compute<T>>(value));
}

// How far apart numbers of the dtype lie where `value` is.
template <class T>
int64_t gap_at(int64_t value) {
  const auto magnitude = value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  return int64_t{1} << std::max(0, static_cast<int>(std::bit_width(magnitude)) - digits_of<T>());
}

// The first and the last number of [from, last], as near as the dtype has them.
template <class T>
void move_inside(int64_t* from, int64_t* last) {
  const auto next = wrapping_sum<int64_t>(*from, 1);
  const int64_t first = truncate_to_int64(static_cast<double>(nearest<T>(next)));
  if (first < *from) *from = wrapping_sum<int64_t>(first, gap_at<T>(next));
  const int64_t end = truncate_to_int64(static_cast<double>(nearest<T>(*last)));
  if (end > *last) *last = wrapping_sum<int64_t>(end, -gap_at<T>(*last) - 1);
}

template <class T>
void check_bound(const char* name, int64_t bound) {
  if constexpr (std::is_integral_v<T>) {
    if (bound >= std::numeric_limits<T>::lowest() && bound <= std::numeric_limits<T>::max()) return;
  } else if constexpr (std::is_same_v<T, Bool8>) {
    if (bound == 0 || bound == 1) return;
  } else if (std::isfinite(static_cast<double>(nearest<T>(bound)))) {
    return;
  }
  fail(name, " is out of bounds for ", name_in_cpp(kDTypeOf<T>));
}

template <class Body>
void with_type_drawn(DType dtype, const Body& body) {
  if (is_complex(dtype)) {
    fail("check_random_bounds handles only integral, floating-point and boolean types");
  }
  visit(dtype, "random_update_from_to", RealAndBool{}, body);
}

// Numbers of [base, base + range).
void fill_integers(const Tensor& self, uint64_t range, int64_t base, GeneratorValue& generator) {
  visit(self.dtype(), "random_from_to_kernel_cpu", RealAndBool{}, [&]<class T>() {
    T* data = self.data<T>();
    self.mark_written();
    const bool wide = range >= uint64_t{1} << 32;
    in_memory_order(self, [&](int64_t at) {
      const uint64_t bits = wide ? generator.random64() : generator.random();
      data[at] = T(static_cast<Compute<T>>(
          static_cast<int64_t>(bits % range + static_cast<uint64_t>(base))));
    });
  });
}

}  // namespace

void fill_from_to(const Tensor& self, int64_t from, int64_t to, GeneratorValue& generator) {
  if (from >= to) {
    fail("random_ expects 'from' to be less than 'to', but got from=", from, " >= to=", to);
  }
  int64_t last = to - 1;
  with_type_drawn(self.dtype(), [&]<class T>() {
    if constexpr (!std::is_integral_v<T> && !std::is_same_v<T, Bool8>) {
      move_inside<T>(&from, &last);
      if (from > last) {
        fail(
            "random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, but got "
            "from=",
            from, " >= to=", last + 1);
      }
    }
    check_bound<T>("from", from);
    check_bound<T>("to - 1", last);
  });
  fill_integers(self, static_cast<uint64_t>(last) - static_cast<uint64_t>(from) + 1, from,
                generator);
}

// From `from` to the largest value that the dtype holds, and all below it.
void fill_from(const Tensor& self, int64_t from, GeneratorValue& generator) {
  int64_t last = 0;
  with_type_drawn(self.dtype(), [&]<class T>() {
    if constexpr (std::is_integral_v<T>) {
      last = std::numeric_limits<T>::max();
    } else if constexpr (std::is_same_v<T, Bool8>) {
      last = 1;
    } else {
      last = int64_t{1} << digits_of<T>();
      int64_t same = last;
      move_inside<T>(&from, &same);
      if (from >= last) {
        fail(
            "random_ expects 'from' casted to dtype to be less than or equal to 'to_inc' casted "
            "to dtype, but got from=",
            from, " > to_inc=", last);
      }
    }
    check_bound<T>("from", from);
  });
  fill_integers(self, static_cast<uint64_t>(last) - static_cast<uint64_t>(from) + 1, from,
                generator);
}

// All values that a dtype represents exactly, from 0.
void fill_full_range(const Tensor& self, GeneratorValue& generator) {
  visit(self.dtype(), "random_kernel_cpu", RealAndBool{}, [&]<class T>() {
    T* data = self.data<T>();
    self.mark_written();
    in_memory_order(self, [&](int64_t at) {
      if constexpr (std::is_same_v<T, Bool8>) {
        data[at] = (generator.random() & 1) != 0;
      } else if constexpr (std::is_same_v<T, int64_t>) {
        data[at] = static_cast<T>(generator.random64() % (uint64_t{1} << 63));
      } else if constexpr (std::is_same_v<T, double>) {
        data[at] = static_cast<double>(generator.random64() % ((uint64_t{1} << 53) + 1));
      } else if constexpr (std::is_integral_v<T>) {
        data[at] = static_cast<T>(generator.random() %
                                  (static_cast<uint64_t>(std::numeric_limits<T>::max()) + 1));
      } else {
        data[at] =
            T(static_cast<float>(generator.random() % ((uint64_t{1} << digits_of<T>()) + 1)));
      }
    });
  });
}

}  // namespace temper::random
