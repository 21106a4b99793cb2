#pragma once
// Which outputs of a row each tap of a window reaches. Compiled once per instruction set;
// TEMPER_ISA names the namespace.

#include <cstdint>

namespace temper::TEMPER_ISA {

struct RowWindow {
  int64_t kernel, stride, padding, dilation;
};

// For every tap of the window that falls into a row of n elements: body(shift, begin, end), where
// output i of [begin, end) reads element i * stride + shift. Taps that only meet padding are
// passed over without a step each, for a window can be wider than any row.
template <class Body>
inline void for_row_taps(int64_t n, int64_t out, const RowWindow& w, const Body& body) {
  if (n <= 0 || out <= 0) return;
  const int64_t reach = w.padding - (out - 1) * w.stride;
  const int64_t first = reach > 0 ? (reach + w.dilation - 1) / w.dilation : 0;
  const int64_t behind = (n - 1 + w.padding) / w.dilation + 1;
  const int64_t last = behind < w.kernel ? behind : w.kernel;
  for (int64_t k = first; k < last; ++k) {
    const int64_t shift = k * w.dilation - w.padding;
    const int64_t begin = shift >= 0 ? 0 : (-shift + w.stride - 1) / w.stride;
    const int64_t fit = (n - 1 - shift) / w.stride + 1;
    body(shift, begin, fit < out ? fit : out);
  }
}

}  // namespace temper::TEMPER_ISA
