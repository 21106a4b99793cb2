// Compiled once per instruction set; TEMPER_ISA names the namespace.
#include "kernels/cpu/nn/loops.h"

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#include "kernels/cpu/row_taps.h"
#include "kernels/cpu/simd/math.h"

namespace temper::TEMPER_ISA {
namespace {

// Independent sums, enough vectors to hide how long an addition takes.
#if defined(__AVX512F__)
constexpr int kLanes = 64;
#else
constexpr int kLanes = 32;
#endif

inline int64_t lower(int64_t a, int64_t b) { return a < b ? a : b; }

// Asks for the row behind the one that is worked on: the processor looks ahead within a page only.
inline void prefetch(const float* row, int64_t n) {
  constexpr int64_t kLine = 16, kMost = 4096;
  for (int64_t i = 0; i < lower(n, kMost); i += kLine) __builtin_prefetch(row + i);
}

inline float larger(float a, float b) { return b > a || b != b ? b : a; }

template <int kStride, class Combine>
void taps(const float* row, float* to, int64_t begin, int64_t end, int64_t shift, int64_t stride,
          const Combine& combine) {
  const int64_t step = kStride > 0 ? kStride : stride;
#pragma GCC ivdep
  for (int64_t i = begin; i < end; ++i) to[i] = combine(to[i], row[i * step + shift]);
}

template <class Combine>
void row_taps(const float* row, int64_t n, float* to, int64_t out, const RowWindow& window,
              const Combine& combine) {
  const int64_t stride = window.stride;
  for_row_taps(n, out, window, [&](int64_t shift, int64_t begin, int64_t end) {
    if (stride == 1) {
      taps<1>(row, to, begin, end, shift, stride, combine);
    } else if (stride == 2) {
      taps<2>(row, to, begin, end, shift, stride, combine);
    } else {
      taps<0>(row, to, begin, end, shift, stride, combine);
    }
  });
}

void max_row(const float* row, int64_t n, float* to, int64_t out, int64_t kernel, int64_t stride,
             int64_t padding, int64_t dilation) {
  row_taps(row, n, to, out, {kernel, stride, padding, dilation},
           [](float a, float b) { return larger(a, b); });
}

void sum_row(const float* row, int64_t n, float* to, int64_t out, int64_t kernel, int64_t stride,
             int64_t padding) {
  row_taps(row, n, to, out, {kernel, stride, padding, 1}, [](float a, float b) { return a + b; });
}

template <class Term>
inline float sum_of(int64_t n, const Term& term) {
  float lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int k = 0; k < kLanes; ++k) lanes[k] += term(i + k);
  }
  for (int width = kLanes / 2; width > 0; width /= 2) {
    for (int k = 0; k < width; ++k) lanes[k] += lanes[k + width];
  }
  float total = lanes[0];
  for (; i < n; ++i) total += term(i);
  return total;
}

float sum(const float* x, int64_t n) {
  return sum_of(n, [&](int64_t i) { return x[i]; });
}

float dot(const float* a, const float* b, int64_t n) {
  return sum_of(n, [&](int64_t i) { return a[i] * b[i]; });
}

void scale_shift(const float* x, float* to, int64_t n, float scale, float shift) {
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) to[i] = x[i] * scale + shift;
}

void scale_shift_each(const float* x, float* to, int64_t n, const float* scale,
                      const float* shift) {
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) to[i] = x[i] * scale[i] + shift[i];
}

void scale_shift_relu(const float* x, float* to, int64_t n, const float* scale,
                      const float* shift) {
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) {
    const float y = x[i] * scale[i] + shift[i];
    to[i] = y < 0.0f ? 0.0f : y;
  }
}

void moments(const float* x, int64_t n, float eps, float* mean, float* rstd) {
  // Long rows in blocks, so that a float sum keeps its digits.
  constexpr int64_t kBlock = 4096;
  const double count = static_cast<double>(n);
  double total = 0, squares = 0;
  for (int64_t at = 0; at < n; at += kBlock) {
    total += static_cast<double>(sum(x + at, lower(kBlock, n - at)));
  }
  const float middle = static_cast<float>(total / count);
  prefetch(x + n, n);
  for (int64_t at = 0; at < n; at += kBlock) {
    const float* from = x + at;
    squares += static_cast<double>(sum_of(lower(kBlock, n - at), [&](int64_t i) {
      const float d = from[i] - middle;
      return d * d;
    }));
  }
  *mean = middle;
  *rstd = static_cast<float>(1.0 / __builtin_sqrt(squares / count + static_cast<double>(eps)));
}

void normalize(const float* x, float* to, int64_t n, float mean, float rstd, const float* weight,
               const float* bias) {
  if (weight && bias) {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) to[i] = (x[i] - mean) * rstd * weight[i] + bias[i];
  } else if (weight) {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) to[i] = (x[i] - mean) * rstd * weight[i];
  } else if (bias) {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) to[i] = (x[i] - mean) * rstd + bias[i];
  } else {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) to[i] = (x[i] - mean) * rstd;
  }
}

void add_scaled(float* to, const float* x, int64_t n, float factor) {
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) to[i] += x[i] * factor;
}

void max_with(float* to, const float* x, int64_t n) {
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) to[i] = larger(to[i], x[i]);
}

#if defined(__AVX512F__)
// Sixteen at once: the compiler does not use the instructions that scale by powers of two
// and estimate reciprocals, with which it takes two thirds of the time. Masks of all lanes, since
// GCC 12 warns of its own headers in the forms without.
constexpr __mmask16 kAll = 0xffff;
__m512 all(float v) { return _mm512_set1_ps(v); }

// 2^(x * factor), where the product is finite or NaN.
__m512 power_of_two(__m512 x, float factor) {
  const __m512 n = _mm512_maskz_roundscale_ps(kAll, _mm512_mul_ps(x, all(factor)), 8);
  const __m512 r = _mm512_fmsub_ps(x, all(factor), n);
  constexpr float kOfPower[] = {1.3333558e-3f, 9.6181291e-3f, 5.5504109e-2f,
                                2.4022651e-1f, 6.9314718e-1f, 1.0f};
  __m512 p = all(1.5403530e-4f);  // becomes 2^r
  for (const float c : kOfPower) {
    p = _mm512_fmadd_ps(p, r, all(c));
  }
  return _mm512_maskz_scalef_ps(kAll, p, n);
}

__m512 sigmoid(__m512 x) {
  const __m512 small = _mm512_maskz_min_ps(kAll, all(88.0f), x);  // NaN stays
  const __m512 d = _mm512_add_ps(all(1.0f), power_of_two(small, -1.44269504f));
  const __m512 estimate = _mm512_maskz_rcp14_ps(kAll, d);
  const __mmask16 counts = _mm512_cmp_ps_mask(x, all(-87.0f), _CMP_NLT_UQ);
  return _mm512_maskz_mul_ps(counts, estimate, _mm512_fnmadd_ps(d, estimate, all(2.0f)));
}

// As simd::tanh, from the sigmoid of twice the number where that loses no digits.
__m512 tanh(__m512 x) {
  constexpr float kOfSquare[] = {2.06390887954e-2f, -5.37397155531e-2f, 1.33314422036e-1f,
                                 -3.33332819422e-1f};
  const __m512 z = _mm512_mul_ps(x, x);
  __m512 p = all(-5.70498872745e-3f);
  for (const float c : kOfSquare) {
    p = _mm512_fmadd_ps(p, z, all(c));
  }
  const __m512 large = _mm512_fmsub_ps(all(2.0f), sigmoid(_mm512_add_ps(x, x)), all(1.0f));
  const __mmask16 near = _mm512_cmp_ps_mask(z, all(0.625f * 0.625f), _CMP_LT_OQ);
  return _mm512_mask_blend_ps(near, large, _mm512_mul_ps(x, _mm512_fmadd_ps(p, z, all(1.0f))));
}

__mmask16 lanes(int64_t n) { return static_cast<__mmask16>(n < 16 ? (1 << n) - 1 : 0xffff); }

void silu_each(const float* x, float* to, int64_t n) {
  for (int64_t i = 0; i < n; i += 16) {
    const __m512 v = _mm512_maskz_loadu_ps(lanes(n - i), x + i);
    _mm512_mask_storeu_ps(to + i, lanes(n - i), _mm512_mul_ps(v, sigmoid(v)));
  }
}

void lstm_cell(const float* gates, const float* c, float* c_out, float* h_out, int64_t n) {
  for (int64_t i = 0; i < n; i += 16) {
    const __mmask16 some = lanes(n - i);
    const auto gate = [&](int64_t k) { return _mm512_maskz_loadu_ps(some, gates + k * n + i); };
    const __m512 kept = _mm512_mul_ps(sigmoid(gate(1)), _mm512_maskz_loadu_ps(some, c + i));
    const __m512 next = _mm512_fmadd_ps(sigmoid(gate(0)), tanh(gate(2)), kept);
    _mm512_mask_storeu_ps(c_out + i, some, next);
    _mm512_mask_storeu_ps(h_out + i, some, _mm512_mul_ps(sigmoid(gate(3)), tanh(next)));
  }
}

void gru_cell(const float* input, const float* hidden, const float* h, float* h_out, int64_t n) {
  for (int64_t i = 0; i < n; i += 16) {
    const __mmask16 some = lanes(n - i);
    const auto at = [&](const float* from) { return _mm512_maskz_loadu_ps(some, from + i); };
    const auto sum = [&](int64_t k) {
      return _mm512_add_ps(at(input + k * n), at(hidden + k * n));
    };
    const __m512 reset = sigmoid(sum(0)), update = sigmoid(sum(1));
    const __m512 fresh = tanh(_mm512_fmadd_ps(reset, at(hidden + 2 * n), at(input + 2 * n)));
    const __m512 away = _mm512_sub_ps(at(h), fresh);
    _mm512_mask_storeu_ps(h_out + i, some, _mm512_fmadd_ps(away, update, fresh));
  }
}

void tanh_each(const float* x, float* to, int64_t n) {
  for (int64_t i = 0; i < n; i += 16) {
    _mm512_mask_storeu_ps(to + i, lanes(n - i), tanh(_mm512_maskz_loadu_ps(lanes(n - i), x + i)));
  }
}

// The largest of x; NaN is passed over.
float largest(const float* x, int64_t n) {
  __m512 best = all(-__builtin_inff());
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) best = _mm512_maskz_max_ps(kAll, _mm512_loadu_ps(x + i), best);
  best = _mm512_mask_max_ps(best, lanes(n - i), _mm512_maskz_loadu_ps(lanes(n - i), x + i), best);
  float each[16];
  _mm512_storeu_ps(each, best);
  for (int k = 1; k < 16; ++k) each[0] = each[0] < each[k] ? each[k] : each[0];
  return each[0];
}

// to = exp(x - best), and their sum. NaN spreads.
float exponentials(const float* x, float best, float* to, int64_t n) {
  __m512 sums[4] = {};
  for (int64_t i = 0; i < n; i += 64) {
    for (int k = 0; k < 4; ++k) {
      const int64_t at = i + k * 16;
      const __mmask16 some = at < n ? lanes(n - at) : 0;
      const __m512 away = _mm512_sub_ps(_mm512_maskz_loadu_ps(some, x + at), all(best));
      const __m512 near = _mm512_maskz_max_ps(some, all(-104.0f), away);
      const __m512 e = power_of_two(near, 1.44269504f);
      _mm512_mask_storeu_ps(to + at, some, e);
      sums[k] = _mm512_mask_add_ps(sums[k], some, sums[k], e);
    }
  }
  float each[16];
  _mm512_storeu_ps(each,
                   _mm512_add_ps(_mm512_add_ps(sums[0], sums[1]), _mm512_add_ps(sums[2], sums[3])));
  return sum(each, 16);
}
#else
void silu_each(const float* x, float* to, int64_t n) {
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) {
    const float e = simd::exp_nonpositive(x[i] < 0 ? x[i] : -x[i]);
    to[i] = (x[i] < 0 ? x[i] * e : x[i]) / (1.0f + e);
  }
}

void lstm_cell(const float* gates, const float* c, float* c_out, float* h_out, int64_t n) {
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) {
    const float input = simd::sigmoid(gates[i]), forget = simd::sigmoid(gates[n + i]);
    const float cell = simd::tanh(gates[2 * n + i]), output = simd::sigmoid(gates[3 * n + i]);
    const float next = forget * c[i] + input * cell;
    c_out[i] = next;
    h_out[i] = output * simd::tanh(next);
  }
}
void gru_cell(const float* input, const float* hidden, const float* h, float* h_out, int64_t n) {
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) {
    const float reset = simd::sigmoid(input[i] + hidden[i]);
    const float update = simd::sigmoid(input[n + i] + hidden[n + i]);
    const float fresh = simd::tanh(input[2 * n + i] + reset * hidden[2 * n + i]);
    h_out[i] = (h[i] - fresh) * update + fresh;
  }
}

void tanh_each(const float* x, float* to, int64_t n) {
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) to[i] = simd::tanh(x[i]);
}

float largest(const float* x, int64_t n) {
  float best[kLanes];
  for (float& lane : best) lane = -__builtin_inff();
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int k = 0; k < kLanes; ++k) best[k] = best[k] < x[i + k] ? x[i + k] : best[k];
  }
  for (int k = 1; k < kLanes; ++k) best[0] = best[0] < best[k] ? best[k] : best[0];
  for (; i < n; ++i) best[0] = best[0] < x[i] ? x[i] : best[0];
  return best[0];
}

float exponentials(const float* x, float best, float* to, int64_t n) {
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) to[i] = simd::exp_nonpositive(x[i] - best);
  return sum(to, n);
}
#endif

void relu_each(const float* x, float* to, int64_t n) {
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) to[i] = x[i] < 0.0f ? 0.0f : x[i];
}

// kRows rows of a by one strip of columns; the sums stay in registers.
template <int kRows, int kColumns>
inline void tile(const float* a, int64_t a_row, const float* b, int64_t b_row, const float* bias,
                 float* to, int64_t to_row, int64_t k) {
  float sums[kRows][kColumns];
  for (int r = 0; r < kRows; ++r) {
    for (int j = 0; j < kColumns; ++j) sums[r][j] = bias ? bias[j] : 0.0f;
  }
  for (int64_t p = 0; p < k; ++p) {
    for (int r = 0; r < kRows; ++r) {
      const float factor = a[r * a_row + p];
      for (int j = 0; j < kColumns; ++j) sums[r][j] += factor * b[p * b_row + j];
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int j = 0; j < kColumns; ++j) to[r * to_row + j] = sums[r][j];
  }
}

template <int kColumns>
void strip(const float* a, int64_t a_row, const float* b, int64_t b_row, const float* bias,
           float* to, int64_t to_row, int64_t m, int64_t k) {
  int64_t i = 0;
  for (; i + 4 <= m; i += 4) {
    tile<4, kColumns>(a + i * a_row, a_row, b, b_row, bias, to + i * to_row, to_row, k);
  }
  for (; i < m; ++i) {
    tile<1, kColumns>(a + i * a_row, a_row, b, b_row, bias, to + i * to_row, to_row, k);
  }
}

void small_product(const float* a, int64_t a_row, const float* b, int64_t b_row, const float* bias,
                   float* to, int64_t m, int64_t n, int64_t k) {
  int64_t j = 0;
  const auto shifted = [&](int64_t by) { return bias ? bias + by : nullptr; };
  for (; j + 32 <= n; j += 32) strip<32>(a, a_row, b + j, b_row, shifted(j), to + j, n, m, k);
  for (; j + 8 <= n; j += 8) strip<8>(a, a_row, b + j, b_row, shifted(j), to + j, n, m, k);
  for (; j < n; ++j) strip<1>(a, a_row, b + j, b_row, shifted(j), to + j, n, m, k);
}

// kRows rows by one panel; the sums stay in registers.
template <int kRows>
void panel_rows(const float* x, int64_t x_row, const float* panel, const float* bias,
                int64_t bias_row, float* to, int64_t to_row, int64_t n, int64_t k) {
  constexpr int kWide = NnLoops::kPanel;
  float sums[kRows][kWide] = {};
  for (int64_t p = 0; p < k; ++p) {
    for (int r = 0; r < kRows; ++r) {
      const float factor = x[r * x_row + p];
      for (int j = 0; j < kWide; ++j) sums[r][j] += factor * panel[p * kWide + j];
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int64_t j = 0; j < n; ++j) {
      to[r * to_row + j] = sums[r][j] + (bias ? bias[r * bias_row + j] : 0.0f);
    }
  }
}

void panel_product(const float* x, int64_t x_row, const float* panel, const float* bias,
                   int64_t bias_row, float* to, int64_t to_row, int64_t m, int64_t n, int64_t k) {
  int64_t i = 0;
  const auto rest = [&]<int kRows>() {
    for (; i + kRows <= m; i += kRows) {
      panel_rows<kRows>(x + i * x_row, x_row, panel, bias ? bias + i * bias_row : nullptr, bias_row,
                        to + i * to_row, to_row, n, k);
    }
  };
  rest.template operator()<4>();
  rest.template operator()<2>();
  rest.template operator()<1>();
}

void softmax(const float* x, float* to, int64_t n, bool log) {
  const float best = largest(x, n);
  prefetch(x + n, n);
  if (log) {
    const float shift =
        best + simd::log(sum_of(n, [&](int64_t j) { return simd::exp_nonpositive(x[j] - best); }));
#pragma GCC ivdep
    for (int64_t j = 0; j < n; ++j) to[j] = x[j] - shift;
    return;
  }
  const float scale = 1.0f / exponentials(x, best, to, n);
#pragma GCC ivdep
  for (int64_t j = 0; j < n; ++j) to[j] *= scale;
}

void gather_taps(const float* x, const int32_t* index, const float* weight, int64_t taps, float* to,
                 int64_t n) {
  for (int64_t i = 0; i < n; ++i) to[i] = x[index[i]] * weight[i];
  for (int64_t t = 1; t < taps; ++t) {
    const int32_t* at = index + t * n;
    const float* w = weight + t * n;
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) to[i] += x[at[i]] * w[i];
  }
}

void weigh_rows(const float* const* rows, const float* weight, int64_t taps, float* to, int64_t n) {
  if (taps == 2) {
    const float *a = rows[0], *b = rows[1];
    const float u = weight[0], v = weight[1];
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) to[i] = a[i] * u + b[i] * v;
    return;
  }
  scale_shift(rows[0], to, n, weight[0], 0.0f);
  for (int64_t t = 1; t < taps; ++t) add_scaled(to, rows[t], n, weight[t]);
}

}  // namespace

void fill(NnLoops& loops) {
  loops = {max_row,          sum_row,          sum,       scale_shift,
           scale_shift_each, scale_shift_relu, moments,   normalize,
           add_scaled,       max_with,         dot,       lstm_cell,
           gru_cell,         tanh_each,        relu_each, silu_each,
           small_product,    panel_product,    softmax,   gather_taps,
           weigh_rows};
}

}  // namespace temper::TEMPER_ISA
