#include <cmath>
#include <limits>
#include <vector>

#include "core/base/error.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/nn/loops.h"
#include "kernels/cpu/pool/kernels.h"
#include "kernels/cpu/pool/window.h"
#include "kernels/cpu/spatial_loops.h"

namespace temper {
namespace {

using MaxTypes = RealTypes;

template <class T>
T lowest() {
  if constexpr (std::is_integral_v<T>) {
    return std::numeric_limits<T>::lowest();
  } else {
    return T(-std::numeric_limits<float>::infinity());
  }
}

struct Range {
  int64_t begin, end;  // input positions, `dilation` apart
};
Range window_range(const Window& w, int d, int64_t at) {
  int64_t begin = at * w.stride[d] - w.padding[d];
  const int64_t end = std::min(begin + (w.kernel[d] - 1) * w.dilation[d] + 1, w.in[d]);
  if (begin < 0) begin += (w.dilation[d] - 1 - begin) / w.dilation[d] * w.dilation[d];
  return {begin, end};
}

// One output position: `inner` channels side by side; the first of equal maxima wins, NaN spreads.
template <class T>
void max_at(const T* in, const Window& w, int64_t inner, const int64_t (&at)[3], T* out,
            int64_t* index) {
  using C = Compute<T>;
  const Range z = window_range(w, 0, at[0]), y = window_range(w, 1, at[1]),
              x = window_range(w, 2, at[2]);
  const int64_t start = (z.begin * w.in[1] + y.begin) * w.in[2] + x.begin;
  const NnLoops& loops = nn_loops();
  std::fill(out, out + inner, lowest<T>());
  if (index) std::fill(index, index + inner, start);
  for (int64_t a = z.begin; a < z.end; a += w.dilation[0]) {
    for (int64_t b = y.begin; b < y.end; b += w.dilation[1]) {
      for (int64_t c = x.begin; c < x.end; c += w.dilation[2]) {
        const int64_t position = (a * w.in[1] + b) * w.in[2] + c;
        const T* from = in + position * inner;
        if constexpr (std::is_same_v<T, float>) {
          if (!index) {
            loops.max_with(out, from, inner);
            continue;
          }
        }
        for (int64_t i = 0; i < inner; ++i) {
          const C v = from[i], best = out[i];
          const bool better = v > best || v != v;
          out[i] = better ? from[i] : out[i];
          if (index) index[i] = better ? position : index[i];
        }
      }
    }
  }
}

template <class T>
void max_rows(const RunContext& context, const PoolLayout& layout, const Window& w,
              const Tensor& out, const Tensor& indices) {
  const T* in = layout.input.template data<T>();
  T* to = out.data<T>();
  int64_t* index = indices.defined() ? indices.data<int64_t>() : nullptr;
  for_pool_rows(context, layout, w, w.out[2] * w.taps_inside() * layout.inner,
                [&](int64_t outer, int64_t begin, int64_t end) {
                  const T* plane = in + outer * w.in_count() * layout.inner;
                  const int64_t base = outer * w.out_count();
                  for (int64_t row = begin; row < end; ++row) {
                    for (int64_t x = 0; x < w.out[2]; ++x) {
                      const int64_t place = (base + row * w.out[2] + x) * layout.inner;
                      max_at<T>(plane, w, layout.inner, {row / w.out[1], row % w.out[1], x},
                                to + place, index ? index + place : nullptr);
                    }
                  }
                });
}

// Planes of one channel in vectors along the row.
void max_planes(const RunContext& context, const PoolLayout& layout, const Window& w,
                const Tensor& out) {
  const NnLoops& loops = nn_loops();
  for_pool_rows(context, layout, w, w.out[2] * w.taps_inside(),
                [&](int64_t outer, int64_t begin, int64_t end) {
                  const float* plane = layout.input.data<float>() + outer * w.in_count();
                  for (int64_t row = begin; row < end; ++row) {
                    const Range z = window_range(w, 0, row / w.out[1]),
                                y = window_range(w, 1, row % w.out[1]);
                    float* to = out.data<float>() + outer * w.out_count() + row * w.out[2];
                    std::fill(to, to + w.out[2], lowest<float>());
                    for (int64_t a = z.begin; a < z.end; a += w.dilation[0]) {
                      for (int64_t b = y.begin; b < y.end; b += w.dilation[1]) {
                        loops.max_row(plane + (a * w.in[1] + b) * w.in[2], w.in[2], to, w.out[2],
                                      w.kernel[2], w.stride[2], w.padding[2], w.dilation[2]);
                      }
                    }
                  }
                });
}

// The same with the place of each maximum inside its plane.
void max_planes_with_places(const RunContext& context, const PoolLayout& layout, const Window& w,
                            const Tensor& out, const Tensor& indices) {
  const SpatialLoops& loops = spatial_loops();
  const auto row_number = [&](int64_t a, int64_t b) { return (a * w.in[1] + b) * w.in[2]; };
  for_pool_rows(context, layout, w, w.out[2] * w.taps_inside(),
                [&](int64_t outer, int64_t begin, int64_t end) {
                  std::vector<int32_t> places(static_cast<size_t>(w.out[2]));
                  const float* plane = layout.input.data<float>() + outer * w.in_count();
                  for (int64_t row = begin; row < end; ++row) {
                    const Range z = window_range(w, 0, row / w.out[1]),
                                y = window_range(w, 1, row % w.out[1]);
                    const int64_t first = outer * w.out_count() + row * w.out[2];
                    float* to = out.data<float>() + first;
                    std::fill(to, to + w.out[2], lowest<float>());
                    for (int64_t x = 0; x < w.out[2]; ++x) {
                      places[static_cast<size_t>(x)] = static_cast<int32_t>(
                          row_number(z.begin, y.begin) + window_range(w, 2, x).begin);
                    }
                    for (int64_t a = z.begin; a < z.end; a += w.dilation[0]) {
                      for (int64_t b = y.begin; b < y.end; b += w.dilation[1]) {
                        const int64_t base = row_number(a, b);
                        loops.max_row_places(plane + base, w.in[2], to, places.data(),
                                             static_cast<int32_t>(base), w.out[2], w.kernel[2],
                                             w.stride[2], w.padding[2], w.dilation[2]);
                      }
                    }
                    std::copy(places.begin(), places.end(), indices.data<int64_t>() + first);
                  }
                });
}

struct MaxPool {
  Tensor values, indices;
};

DType stored_dtype(DType dtype) {
  switch (dtype) {
    case DType::kQInt8: return DType::kInt8;
    case DType::kQUInt8: return DType::kUInt8;
    case DType::kQInt32: return DType::kInt32;
    default: return dtype;
  }
}

MaxPool max_pool(OpCall& call, const char* op, size_t spatial, bool with_indices) {
  Tensor self = call.tensor(0);
  const Dims kernel = spread_dims(op, "kernel_size", call.ints(1), spatial);
  const Dims given = call.ints(2);
  const Dims stride = given.empty() ? kernel : spread_dims(op, "stride", given, spatial);
  const Dims padding = spread_dims(op, "padding", call.ints(3), spatial);
  const Dims dilation = spread_dims(op, "dilation", call.ints(4), spatial);
  const Window w = pool_window(op, self, kernel, stride, padding, dilation, call.boolean(5));
  // Quantized values are ordered like the numbers that store them.
  const DType dtype = self.dtype();
  const Ref<QuantParams> quant = self.impl()->quant;
  if (is_quantized(dtype)) {
    self = self.alias();
    self.impl()->dtype = stored_dtype(dtype);
  }
  // Lines without indices are pooled by a kernel of their own in the reference.
  const PoolLayout layout(self, spatial,
                          with_indices ? KeepsLayout::kLinesAndImages : KeepsLayout::kImages);
  MaxPool result{layout.make_output(self.dtype(), w.out, spatial), {}};
  if (with_indices) result.indices = layout.make_output(DType::kInt64, w.out, spatial);
  const bool planes = layout.inner == 1 && self.dtype() == DType::kFloat32;
  if (planes && !with_indices) {
    max_planes(call.context(), layout, w, result.values);
  } else if (planes && w.in_count() < std::numeric_limits<int32_t>::max()) {
    max_planes_with_places(call.context(), layout, w, result.values, result.indices);
  } else {
    visit(self.dtype(), op, MaxTypes{}, [&]<class T>() {
      max_rows<T>(call.context(), layout, w, result.values, result.indices);
    });
  }
  result.values.impl()->dtype = dtype;
  result.values.impl()->quant = quant;
  return result;
}

void both(OpCall& call, const MaxPool& result) {
  call.ret(0, result.values);
  call.ret(1, result.indices);
}

template <class T>
void adaptive_max(const PoolLayout& layout, const Window& w, const MaxPool& result) {
  using C = Compute<T>;
  const int64_t inner = layout.inner;
  for (int64_t outer = 0; outer < layout.outer; ++outer) {
    const T* plane = layout.input.template data<T>() + outer * w.in_count() * inner;
    for (int64_t o = 0; o < w.out_count(); ++o) {
      const int64_t at[3] = {o / (w.out[1] * w.out[2]), o / w.out[2] % w.out[1], o % w.out[2]};
      int64_t begin[3], end[3];
      for (int d = 0; d < 3; ++d) {
        begin[d] = at[d] * w.in[d] / w.out[d];
        end[d] = ((at[d] + 1) * w.in[d] + w.out[d] - 1) / w.out[d];
      }
      for (int64_t lane = 0; lane < inner; ++lane) {
        T best = lowest<T>();
        int64_t where = (begin[0] * w.in[1] + begin[1]) * w.in[2] + begin[2];
        for (int64_t a = begin[0]; a < end[0]; ++a) {
          for (int64_t b = begin[1]; b < end[1]; ++b) {
            for (int64_t c = begin[2]; c < end[2]; ++c) {
              const int64_t position = (a * w.in[1] + b) * w.in[2] + c;
              const C v = plane[position * inner + lane];
              if (v > static_cast<C>(best) || v != v) {
                best = plane[position * inner + lane];
                where = position;
              }
            }
          }
        }
        const int64_t place = (outer * w.out_count() + o) * inner + lane;
        result.values.data<T>()[place] = best;
        result.indices.data<int64_t>()[place] = where;
      }
    }
  }
}

void adaptive_max_pool(OpCall& call, const char* op, size_t spatial) {
  const Tensor self = call.tensor(0);
  const Dims out = spread_dims(op, "output_size", call.ints(1), spatial);
  const int64_t rank = self.dim(), least = static_cast<int64_t>(spatial) + 1;
  if (rank != least && rank != least + 1) {
    fail(op, "(): Expected ", least, "D or ", least + 1,
         "D tensor, but got: ", to_string(self.sizes()));
  }
  for (int64_t d = rank - least; d < rank; ++d) {
    if (self.sizes()[d] == 0) {
      fail(op, "(): Expected input to have non-zero size for non-batch dimensions, but input has ",
           "sizes ", to_string(self.sizes()), " with dimension ", d, " being empty");
    }
  }
  Window w;
  for (size_t i = 0; i < spatial; ++i) {
    w.in[3 - spatial + i] = self.sizes()[static_cast<size_t>(rank) - spatial + i];
    w.out[3 - spatial + i] = out[i];
  }
  const PoolLayout layout(self, spatial, KeepsLayout::kLinesAndImages);
  const MaxPool result{layout.make_output(self.dtype(), w.out, spatial),
                       layout.make_output(DType::kInt64, w.out, spatial)};
  visit(self.dtype(), op, MaxTypes{}, [&]<class T>() { adaptive_max<T>(layout, w, result); });
  both(call, result);
}

void check_1d(const Tensor& self) {
  const int64_t rank = self.dim();
  if (rank != 2 && rank != 3) {
    fail("max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for ",
         "input, but got:", to_string(self.sizes()));
  }
}

}  // namespace

void max_pool1d(OpCall& call) {
  check_1d(call.tensor(0));
  call.ret(max_pool(call, "max_pool1d", 1, false).values);
}
void max_pool2d(OpCall& call) { call.ret(max_pool(call, "max_pool2d", 2, false).values); }
void max_pool3d(OpCall& call) { call.ret(max_pool(call, "max_pool3d", 3, false).values); }
void max_pool1d_with_indices(OpCall& call) {
  check_1d(call.tensor(0));
  both(call, max_pool(call, "max_pool1d", 1, true));
}
void max_pool2d_with_indices(OpCall& call) { both(call, max_pool(call, "max_pool2d", 2, true)); }
void max_pool3d_with_indices(OpCall& call) { both(call, max_pool(call, "max_pool3d", 3, true)); }
void adaptive_max_pool1d(OpCall& call) { adaptive_max_pool(call, "adaptive_max_pool1d", 1); }
void adaptive_max_pool2d(OpCall& call) { adaptive_max_pool(call, "adaptive_max_pool2d", 2); }
void adaptive_max_pool3d(OpCall& call) { adaptive_max_pool(call, "adaptive_max_pool3d", 3); }

}  // namespace temper
