#pragma once
// Inner loops of neural-network kernels over float32, compiled for several instruction sets; the
// best one that the processor has is chosen at run time.

#include <cstdint>

#include "core/base/isa.h"

namespace temper {

struct NnLoops {
  static constexpr int64_t kPanel = 64;  // outputs of a panel

  // to[i] = max(to[i], taps of one input row of `n` elements); NaN spreads.
  void (*max_row)(const float* row, int64_t n, float* to, int64_t out, int64_t kernel,
                  int64_t stride, int64_t padding, int64_t dilation);
  // to[i] += taps of one input row (missing ones count as zero).
  void (*sum_row)(const float* row, int64_t n, float* to, int64_t out, int64_t kernel,
                  int64_t stride, int64_t padding);
  // sum of n elements
  float (*sum)(const float* x, int64_t n);
  // to = x * scale + shift, n elements
  void (*scale_shift)(const float* x, float* to, int64_t n, float scale, float shift);
  // to[i] = x[i] * scale[i] + shift[i]
  void (*scale_shift_each)(const float* x, float* to, int64_t n, const float* scale,
                           const float* shift);
  // to[i] = max(x[i] * scale[i] + shift[i], 0); NaN stays
  void (*scale_shift_relu)(const float* x, float* to, int64_t n, const float* scale,
                           const float* shift);
  // Mean and 1 / sqrt(variance + eps) of a row.
  void (*moments)(const float* x, int64_t n, float eps, float* mean, float* rstd);
  // to = (x - mean) * rstd * weight + bias; weight and bias may be null.
  void (*normalize)(const float* x, float* to, int64_t n, float mean, float rstd,
                    const float* weight, const float* bias);
  // to += x * factor
  void (*add_scaled)(float* to, const float* x, int64_t n, float factor);
  // to = max(to, x)
  void (*max_with)(float* to, const float* x, int64_t n);
  // sum of a[i] * b[i]
  float (*dot)(const float* a, const float* b, int64_t n);
  // One step of `n` cells from their gates [4][n] (input, forget, cell, output; with biases).
  void (*lstm_cell)(const float* gates, const float* c, float* c_out, float* h_out, int64_t n);
  // Gates [3][n] of the input and of the hidden state (reset, update, new; with biases).
  void (*gru_cell)(const float* input, const float* hidden, const float* h, float* h_out,
                   int64_t n);
  void (*tanh_each)(const float* x, float* to, int64_t n);
  void (*relu_each)(const float* x, float* to, int64_t n);
  void (*silu_each)(const float* x, float* to, int64_t n);  // x * sigmoid(x)
  // to[m][n] = sum over k of a[m * a_row + k] * b[k * b_row + n] (+ bias[n] unless null).
  void (*small_product)(const float* a, int64_t a_row, const float* b, int64_t b_row,
                        const float* bias, float* to, int64_t m, int64_t n, int64_t k);
  // to[i][j] = sum over p of x[i * x_row + p] * panel[p * kPanel + j] (+ bias[i * bias_row + j]),
  // for m rows and the first n <= kPanel outputs.
  void (*panel_product)(const float* x, int64_t x_row, const float* panel, const float* bias,
                        int64_t bias_row, float* to, int64_t to_row, int64_t m, int64_t n,
                        int64_t k);
  // to = exp(x - max x) / sum of these, n elements; with `log` its logarithm.
  void (*softmax)(const float* x, float* to, int64_t n, bool log);
  // to[i] = sum over t < taps of x[index[t * n + i]] * weight[t * n + i]
  void (*gather_taps)(const float* x, const int32_t* index, const float* weight, int64_t taps,
                      float* to, int64_t n);
  // to[i] = sum over t < taps of rows[t][i] * weight[t]
  void (*weigh_rows)(const float* const* rows, const float* weight, int64_t taps, float* to,
                     int64_t n);
};

const NnLoops& nn_loops();

TEMPER_DECLARE_ISA(void fill(NnLoops& loops))

}  // namespace temper
