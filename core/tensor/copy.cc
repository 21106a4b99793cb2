#include <algorithm>
#include <cstring>
#include <utility>

#include "core/base/truncate.h"
#include "core/tensor/convert.h"
#include "core/tensor/dispatch.h"
#include "core/tensor/float8.h"
#include "core/tensor/tensor.h"

namespace temper {

template <>
inline constexpr DType kDTypeOf<Float8E5M2> = DType::kFloat8E5M2;
template <>
inline constexpr DType kDTypeOf<Float8E4M3FN> = DType::kFloat8E4M3FN;
template <>
inline constexpr DType kDTypeOf<Float8E5M2FNUZ> = DType::kFloat8E5M2FNUZ;
template <>
inline constexpr DType kDTypeOf<Float8E4M3FNUZ> = DType::kFloat8E4M3FNUZ;
template <int kMantissa, int kBias, Float8Specials kSpecials>
struct ComputeOf<Float8<kMantissa, kBias, kSpecials>> {
  using type = float;
};

namespace {

using WideUnsigned = TypeSet<uint16_t, uint32_t, uint64_t>;
using Float8Types = TypeSet<Float8E5M2, Float8E4M3FN, Float8E5M2FNUZ, Float8E4M3FNUZ>;

bool is_wide_unsigned(DType dtype) { return is_integral(dtype) && dtype >= DType::kUInt16; }

template <class To, class From>
To cast_to(From v) {
  using CF = Compute<From>;
  using CT = Compute<To>;
  constexpr bool from_complex = requires(CF x) { x.real(); };
  constexpr bool to_complex = requires(CT x) { x.real(); };
  if constexpr (from_complex && to_complex) {
    return To(static_cast<typename CT::value_type>(v.real()),
              static_cast<typename CT::value_type>(v.imag()));
  } else if constexpr (from_complex) {
    if constexpr (std::is_same_v<To, Bool8>)
      return v.real() != 0 || v.imag() != 0;
    else
      return cast_to<To>(v.real());
  } else if constexpr (to_complex) {
    return To(static_cast<typename CT::value_type>(static_cast<CF>(v)));
  } else if constexpr (std::is_same_v<To, Bool8>) {
    return static_cast<CF>(v) != CF(0);
  } else if constexpr (std::is_floating_point_v<CF> && std::is_integral_v<To>) {
    const double wide = static_cast<double>(v);
    if (std::is_same_v<To, uint64_t> && wide >= 0x1p63 && wide < 0x1p64) {
      return static_cast<To>(wide);
    }
    return truncate_to<To>(wide);
  } else {
    return static_cast<To>(static_cast<CT>(static_cast<CF>(v)));
  }
}

struct Loop {
  Dims sizes, dst, src;  // strides of both over common sizes, outermost first
};

// Orders dims by the destination's strides and merges those that act as one.
Loop plan_loop(const Tensor& dst, const Tensor& src) {
  const size_t rank = dst.sizes().size();
  absl::InlinedVector<size_t, 8> order;
  for (size_t i = 0; i < rank; ++i) {
    if (dst.sizes()[i] != 1) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return dst.strides()[a] > dst.strides()[b]; });
  Loop loop;
  for (size_t i : order) {
    const int64_t size = dst.sizes()[i], d = dst.strides()[i], s = src.strides()[i];
    if (!loop.sizes.empty() && loop.dst.back() == d * size && loop.src.back() == s * size) {
      loop.sizes.back() *= size;
      loop.dst.back() = d;
      loop.src.back() = s;
    } else {
      loop.sizes.push_back(size);
      loop.dst.push_back(d);
      loop.src.push_back(s);
    }
  }
  if (loop.sizes.empty()) {
    loop.sizes.push_back(1);
    loop.dst.push_back(1);
    loop.src.push_back(1);
  }
  return loop;
}

template <class T>
struct VectorOf {
  static constexpr int kLanes = 16 / sizeof(T);
  typedef T Type __attribute__((vector_size(16)));
};

// Elements of a and b in turns, from their lower or upper halves.
template <int kHalf, class V, size_t... K>
V zip(V a, V b, std::index_sequence<K...>) {
  constexpr int kLanes = sizeof...(K);
  return __builtin_shufflevector(a, b, (K / 2 + K % 2 * kLanes + kHalf * kLanes / 2)...);
}

// Transposes vectors: kLanes elements of as many columns become rows.
template <class T>
void transpose_block(T* dst, int64_t dst_row, const T* src, int64_t src_col) {
  constexpr int kLanes = VectorOf<T>::kLanes;
  using Vector = typename VectorOf<T>::Type;
  constexpr std::make_index_sequence<kLanes> kAll;
  Vector lines[kLanes];
#pragma GCC unroll 16
  for (int c = 0; c < kLanes; ++c) std::memcpy(&lines[c], src + c * src_col, 16);
#pragma GCC unroll 4
  for (int width = 1; width < kLanes; width *= 2) {
    Vector zipped[kLanes];
#pragma GCC unroll 8
    for (int k = 0; k < kLanes / 2; ++k) {
      zipped[2 * k] = zip<0>(lines[k], lines[k + kLanes / 2], kAll);
      zipped[2 * k + 1] = zip<1>(lines[k], lines[k + kLanes / 2], kAll);
    }
#pragma GCC unroll 16
    for (int k = 0; k < kLanes; ++k) lines[k] = zipped[k];
  }
#pragma GCC unroll 16
  for (int r = 0; r < kLanes; ++r) std::memcpy(dst + r * dst_row, &lines[r], 16);
}

// A plane of a few lines, as the channels of images are, whose elements lie one step apart in one
// of the two tensors: an element of every line at a time.
template <int kLines, class T>
void copy_lines(T* dst, int64_t dst_step, int64_t dst_line, const T* src, int64_t src_step,
                int64_t src_line, int64_t n) {
  for (int64_t i = 0; i < n; ++i, dst += dst_step, src += src_step) {
    T values[kLines];
#pragma GCC unroll 4
    for (int k = 0; k < kLines; ++k) values[k] = src[k * src_line];
#pragma GCC unroll 4
    for (int k = 0; k < kLines; ++k) dst[k * dst_line] = values[k];
  }
}

template <class T>
bool copy_few_lines(T* dst, const T* src, int64_t rows, int64_t cols, int64_t dst_row,
                    int64_t src_col) {
  const bool across = cols < rows;
  const auto copy = [&]<int kLines>(std::integral_constant<int, kLines>) {
    if (across) return copy_lines<kLines>(dst, dst_row, 1, src, 1, src_col, rows);
    copy_lines<kLines>(dst, 1, dst_row, src, src_col, 1, cols);
  };
  switch (std::min(rows, cols)) {
    case 2: return copy(std::integral_constant<int, 2>()), true;
    case 3: return copy(std::integral_constant<int, 3>()), true;
    case 4: return copy(std::integral_constant<int, 4>()), true;
    default: return false;
  }
}

// Transposes in tiles so that both sides use whole cache lines.
template <class T>
void copy_plane(T* dst, const T* src, int64_t rows, int64_t cols, int64_t dst_row,
                int64_t src_col) {
  if (copy_few_lines(dst, src, rows, cols, dst_row, src_col)) return;
  constexpr int64_t kTile = std::max<int64_t>(16, 64 / sizeof(T));
  const auto each = [&](int64_t r0, int64_t r1, int64_t c0, int64_t c1) {
    for (int64_t r = r0; r < r1; ++r) {
      for (int64_t c = c0; c < c1; ++c) dst[r * dst_row + c] = src[r + c * src_col];
    }
  };
  for (int64_t r0 = 0; r0 < rows; r0 += kTile) {
    const int64_t r1 = std::min(rows, r0 + kTile);
    for (int64_t c0 = 0; c0 < cols; c0 += kTile) {
      const int64_t c1 = std::min(cols, c0 + kTile);
      if constexpr (sizeof(T) < 16) {
        if (r1 - r0 == kTile && c1 - c0 == kTile) {
          constexpr int64_t kLanes = 16 / sizeof(T);
          for (int64_t r = r0; r < r1; r += kLanes) {
            for (int64_t c = c0; c < c1; c += kLanes) {
              transpose_block(dst + r * dst_row + c, dst_row, src + r + c * src_col, src_col);
            }
          }
          continue;
        }
      }
      each(r0, r1, c0, c1);
    }
  }
}

// n times the same element.
template <class T>
void fill_line(T* to, const T* value, int64_t n) {
  constexpr DType kSame = sizeof(T) == 1   ? DType::kUInt8
                          : sizeof(T) == 2 ? DType::kInt16
                          : sizeof(T) == 4 ? DType::kInt32
                          : sizeof(T) == 8 ? DType::kInt64
                                           : DType::kComplex128;
  convert_loop(kSame, kSame, "fill")(to, sizeof(T), value, 0, n);
}

// Calls row(dst offset, src offset) for every combination of the outer dims.
template <class Row>
void for_outer(const Loop& loop, size_t outer, const Row& row) {
  Dims index(outer, 0);
  int64_t d = 0, s = 0;
  while (true) {
    row(d, s);
    size_t k = outer;
    while (k-- > 0) {
      d += loop.dst[k];
      s += loop.src[k];
      if (++index[k] < loop.sizes[k]) break;
      d -= loop.dst[k] * loop.sizes[k];
      s -= loop.src[k] * loop.sizes[k];
      index[k] = 0;
    }
    if (k == static_cast<size_t>(-1)) return;
  }
}

template <class T>
void copy_same(const Tensor& dst, const Tensor& src, const Loop& loop) {
  T* to = reinterpret_cast<T*>(dst.raw());
  const T* from = reinterpret_cast<const T*>(src.raw());
  const size_t rank = loop.sizes.size();
  const int64_t n = loop.sizes.back(), dn = loop.dst.back(), sn = loop.src.back();
  if (dn == 1 && sn == 1) {
    for_outer(loop, rank - 1, [&](int64_t d, int64_t s) {
      std::memcpy(to + d, from + s, static_cast<size_t>(n) * sizeof(T));
    });
  } else if (dn == 1 && sn == 0) {
    for_outer(loop, rank - 1, [&](int64_t d, int64_t s) { fill_line(to + d, from + s, n); });
  } else if (rank >= 2 && dn == 1 && loop.src[rank - 2] == 1) {
    for_outer(loop, rank - 2, [&](int64_t d, int64_t s) {
      copy_plane(to + d, from + s, loop.sizes[rank - 2], n, loop.dst[rank - 2], sn);
    });
  } else {
    for_outer(loop, rank - 1, [&](int64_t d, int64_t s) {
      for (int64_t i = 0; i < n; ++i) to[d + i * dn] = from[s + i * sn];
    });
  }
}

void copy_cast(const Tensor& dst, const Tensor& src, const Loop& loop) {
  const ConvertLoop convert = convert_loop(dst.dtype(), src.dtype(), "copy_");
  const int64_t to_item = dst.item_size(), from_item = src.item_size(), n = loop.sizes.back();
  for_outer(loop, loop.sizes.size() - 1, [&](int64_t d, int64_t s) {
    convert(dst.raw() + d * to_item, loop.dst.back() * to_item, src.raw() + s * from_item,
            loop.src.back() * from_item, n);
  });
}

template <class To, class From>
void copy_cast(const Tensor& dst, const Tensor& src, const Loop& loop) {
  To* to = dst.data<To>();
  const From* from = src.data<From>();
  const int64_t n = loop.sizes.back(), dn = loop.dst.back(), sn = loop.src.back();
  for_outer(loop, loop.sizes.size() - 1, [&](int64_t d, int64_t s) {
    for (int64_t i = 0; i < n; ++i) to[d + i * dn] = cast_to<To>(from[s + i * sn]);
  });
}

// Float8 goes by way of float, as every other type does that computes in it.
void copy_float8(const Tensor& dst, const Tensor& src, const Loop& loop) {
  if (is_float8(src.dtype()) && dst.dtype() == DType::kFloat32) {
    visit(src.dtype(), "copy_", Float8Types{},
          [&]<class From>() { copy_cast<float, From>(dst, src, loop); });
  } else if (is_float8(dst.dtype()) && src.dtype() == DType::kFloat32) {
    visit(dst.dtype(), "copy_", Float8Types{},
          [&]<class To>() { copy_cast<To, float>(dst, src, loop); });
  } else {
    copy_into(dst, to_dtype(src, DType::kFloat32));
  }
}

void copy_wide_unsigned(const Tensor& dst, const Tensor& src, const Loop& loop) {
  if (!is_wide_unsigned(src.dtype())) {
    visit(dst.dtype(), "copy_", WideUnsigned{}, [&]<class To>() {
      visit(src.dtype(), "copy_", AllTypes{},
            [&]<class From>() { copy_cast<To, From>(dst, src, loop); });
    });
  } else if (!is_wide_unsigned(dst.dtype())) {
    visit(src.dtype(), "copy_", WideUnsigned{}, [&]<class From>() {
      visit(dst.dtype(), "copy_", AllTypes{},
            [&]<class To>() { copy_cast<To, From>(dst, src, loop); });
    });
  } else {
    // Reading as int64 and writing keep the low bits of all of them.
    copy_into(dst, to_dtype(src, DType::kInt64));
  }
}

bool may_overlap(const Tensor& a, const Tensor& b) {
  if (a.storage() != b.storage()) return false;
  const std::byte* a0 = a.raw();
  const std::byte* b0 = b.raw();
  const int64_t an = storage_extent(a.sizes(), a.strides()) * a.item_size();
  const int64_t bn = storage_extent(b.sizes(), b.strides()) * b.item_size();
  return a0 < b0 + bn && b0 < a0 + an;
}

}  // namespace

void copy_into(const Tensor& dst, const Tensor& source) {
  Tensor src = source.sizes() == dst.sizes() ? source : source.expand(dst.sizes());
  if (dst.numel() == 0) return;
  dst.mark_written();
  if (may_overlap(dst, src)) {
    if (dst.raw() == src.raw() && dst.strides() == src.strides() && dst.dtype() == src.dtype()) {
      return;
    }
    Tensor copy = empty(src.sizes(), src.dtype());
    copy_into(copy, src);
    src = copy;
  }
  const Loop loop = plan_loop(dst, src);
  if (dst.dtype() == src.dtype()) {
    visit_size(dst.dtype(), [&]<class T>() { copy_same<T>(dst, src, loop); });
    return;
  }
  if (is_float8(dst.dtype()) || is_float8(src.dtype())) return copy_float8(dst, src, loop);
  if (is_wide_unsigned(dst.dtype()) || is_wide_unsigned(src.dtype())) {
    return copy_wide_unsigned(dst, src, loop);
  }
  copy_cast(dst, src, loop);
}

Tensor to_dtype(const Tensor& self, DType dtype) {
  if (self.dtype() == dtype) return self;
  Tensor out = empty_like(self, dtype);
  copy_into(out, self);
  return out;
}

void fill_zero(const Tensor& self) {
  if (self.numel() == 0) return;
  if (is_non_overlapping_and_dense(self.sizes(), self.strides())) {
    self.mark_written();
    std::memset(self.raw(), 0, static_cast<size_t>(self.nbytes()));
    return;
  }
  Tensor zero = empty({}, self.dtype());
  std::memset(zero.raw(), 0, static_cast<size_t>(zero.item_size()));
  copy_into(self, zero);
}

Tensor full(DimsView sizes, double value, DType dtype) {
  Tensor scalar = empty({}, DType::kFloat64);
  *scalar.data<double>() = value;
  Tensor out = empty(sizes, dtype);
  copy_into(out, scalar);
  return out;
}

}  // namespace temper
