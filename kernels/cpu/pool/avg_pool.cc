#include <cmath>
#include <vector>

#include "core/base/error.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/nn/loops.h"
#include "kernels/cpu/pool/kernels.h"
#include "kernels/cpu/pool/window.h"
#include "kernels/cpu/wrapping.h"

namespace temper {
namespace {

struct Average {
  bool count_padding = true;
  int64_t divisor = 0;  // 0: the size of the window
};

struct Box {
  int64_t begin[3], end[3];
  int64_t divisor;
  bool empty() const { return begin[0] >= end[0] || begin[1] >= end[1] || begin[2] >= end[2]; }
};

Box box_at(const Window& w, const Average& average, int64_t z, int64_t y, int64_t x) {
  const int64_t at[3] = {z, y, x};
  Box box;
  uint64_t padded = 1;  // windows may be wider than any image: the count wraps
  int64_t inside = 1;
  for (int d = 0; d < 3; ++d) {
    const int64_t begin = at[d] * w.stride[d] - w.padding[d];
    const int64_t end = std::min(begin + w.kernel[d], w.in[d] + w.padding[d]);
    padded *= static_cast<uint64_t>(end - begin);
    box.begin[d] = std::max<int64_t>(begin, 0);
    box.end[d] = std::min(end, w.in[d]);
    inside *= box.end[d] - box.begin[d];
  }
  const int64_t counted = average.count_padding ? static_cast<int64_t>(padded) : inside;
  box.divisor = average.divisor ? average.divisor : counted;
  return box;
}

Box adaptive_box(const Window& w, int64_t z, int64_t y, int64_t x) {
  const int64_t at[3] = {z, y, x};
  Box box;
  box.divisor = 1;
  for (int d = 0; d < 3; ++d) {
    box.begin[d] = at[d] * w.in[d] / w.out[d];
    box.end[d] = ((at[d] + 1) * w.in[d] + w.out[d] - 1) / w.out[d];
    box.divisor *= box.end[d] - box.begin[d];
  }
  return box;
}

// Sums of a box for each of `inner` channels.
template <class T, class C>
void sum_box(const T* plane, const Window& w, const Box& box, int64_t inner, C* sums) {
  std::fill(sums, sums + inner, C(0));
  for (int64_t a = box.begin[0]; a < box.end[0]; ++a) {
    for (int64_t b = box.begin[1]; b < box.end[1]; ++b) {
      const T* row = plane + (a * w.in[1] + b) * w.in[2] * inner;
      for (int64_t c = box.begin[2]; c < box.end[2]; ++c) {
        for (int64_t i = 0; i < inner; ++i) sums[i] += static_cast<C>(row[c * inner + i]);
      }
    }
  }
}

template <class T, class BoxAt>
void average_rows(const RunContext& context, const PoolLayout& layout, const Window& w,
                  const Tensor& out, int64_t work, const BoxAt& box_of) {
  using C = Compute<T>;
  const int64_t inner = layout.inner;
  for_pool_rows(context, layout, w, work, [&](int64_t outer, int64_t begin, int64_t end) {
    std::vector<Ring<C>> sums(static_cast<size_t>(inner));
    const T* plane = layout.input.template data<T>() + outer * w.in_count() * inner;
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t x = 0; x < w.out[2]; ++x) {
        const Box box = box_of(row / w.out[1], row % w.out[1], x);
        T* to = out.data<T>() + (outer * w.out_count() + row * w.out[2] + x) * inner;
        if (box.empty()) {
          std::fill(to, to + inner, T(C(0)));
          continue;
        }
        sum_box<T, Ring<C>>(plane, w, box, inner, sums.data());
        const C divisor = static_cast<C>(box.divisor);
        for (int64_t i = 0; i < inner; ++i) {
          to[i] = T(wrapping_quotient(static_cast<C>(sums[static_cast<size_t>(i)]), divisor));
        }
      }
    }
  });
}

// Planes of one channel: rows are summed in vectors, then divided.
void average_planes(const RunContext& context, const PoolLayout& layout, const Window& w,
                    const Average& average, const Tensor& out) {
  const NnLoops& loops = nn_loops();
  for_pool_rows(context, layout, w, w.out[2] * w.taps_inside(),
                [&](int64_t outer, int64_t begin, int64_t end) {
                  const float* plane = layout.input.data<float>() + outer * w.in_count();
                  for (int64_t row = begin; row < end; ++row) {
                    float* to = out.data<float>() + outer * w.out_count() + row * w.out[2];
                    std::fill(to, to + w.out[2], 0.0f);
                    const int64_t z = row / w.out[1], y = row % w.out[1];
                    const Box box = box_at(w, average, z, y, 0);
                    for (int64_t a = box.begin[0]; a < box.end[0]; ++a) {
                      for (int64_t b = box.begin[1]; b < box.end[1]; ++b) {
                        loops.sum_row(plane + (a * w.in[1] + b) * w.in[2], w.in[2], to, w.out[2],
                                      w.kernel[2], w.stride[2], w.padding[2]);
                      }
                    }
                    for (int64_t x = 0; x < w.out[2]; ++x) {
                      const Box here = box_at(w, average, z, y, x);
                      to[x] = here.empty() ? 0.0f : to[x] / static_cast<float>(here.divisor);
                    }
                  }
                });
}

Tensor avg_pool(OpCall& call, const char* op, size_t spatial, bool has_divisor) {
  const Tensor self = call.tensor(0);
  const Dims kernel = spread_dims(op, "kernel_size", call.ints(1), spatial);
  const Dims given = call.ints(2);
  const Dims stride = given.empty() ? kernel : spread_dims(op, "stride", given, spatial);
  const Dims padding = spread_dims(op, "padding", call.ints(3), spatial);
  Average average;
  average.count_padding = call.boolean(5);
  if (has_divisor && !call.is_none(6)) {
    average.divisor = call.integer(6);
    if (average.divisor == 0) fail("divisor must be not zero");
  }
  const Window w =
      pool_window(op, self, kernel, stride, padding, Dims(spatial, 1), call.boolean(4));
  const PoolLayout layout(self, spatial, KeepsLayout::kLinesAndImages);
  const Tensor out = layout.make_output(self.dtype(), w.out, spatial);
  const int64_t work = w.out[2] * w.taps_inside() * layout.inner;
  if (self.dtype() == DType::kFloat32 && layout.inner == 1) {
    average_planes(call.context(), layout, w, average, out);
    return out;
  }
  visit(self.dtype(), op, TypeSet<float, double, Half, BFloat16, int64_t>{}, [&]<class T>() {
    average_rows<T>(call.context(), layout, w, out, work,
                    [&](int64_t z, int64_t y, int64_t x) { return box_at(w, average, z, y, x); });
  });
  return out;
}

// Planes of one channel: the rows of a box are summed in vectors, then pieces of that sum.
void adaptive_planes(const RunContext& context, const PoolLayout& layout, const Window& w,
                     const Tensor& out, int64_t work) {
  const NnLoops& loops = nn_loops();
  for_pool_rows(context, layout, w, work, [&](int64_t outer, int64_t begin, int64_t end) {
    std::vector<float> sums(static_cast<size_t>(w.in[2]));
    const float* plane = layout.input.data<float>() + outer * w.in_count();
    for (int64_t row = begin; row < end; ++row) {
      const int64_t z = row / w.out[1], y = row % w.out[1];
      const Box rows = adaptive_box(w, z, y, 0);
      std::fill(sums.begin(), sums.end(), 0.0f);
      for (int64_t a = rows.begin[0]; a < rows.end[0]; ++a) {
        for (int64_t b = rows.begin[1]; b < rows.end[1]; ++b) {
          loops.add_scaled(sums.data(), plane + (a * w.in[1] + b) * w.in[2], w.in[2], 1.0f);
        }
      }
      float* to = out.data<float>() + outer * w.out_count() + row * w.out[2];
      for (int64_t x = 0; x < w.out[2]; ++x) {
        const Box box = adaptive_box(w, z, y, x);
        to[x] = loops.sum(sums.data() + box.begin[2], box.end[2] - box.begin[2]) /
                static_cast<float>(box.divisor);
      }
    }
  });
}

// The mean over every position, as rows of a plane.
void average_everything(const RunContext& context, const PoolLayout& layout, const Window& w,
                        const Tensor& out) {
  const NnLoops& loops = nn_loops();
  const int64_t count = w.in_count(), inner = layout.inner;
  const float scale = 1.0f / static_cast<float>(count);
  context.workers->parallel_for(0, layout.outer, 16384 / std::max<int64_t>(1, count * inner) + 1,
                                [&](int64_t begin, int64_t end) {
                                  for (int64_t outer = begin; outer < end; ++outer) {
                                    const float* plane =
                                        layout.input.data<float>() + outer * count * inner;
                                    float* to = out.data<float>() + outer * inner;
                                    if (inner == 1) {
                                      *to = loops.sum(plane, count) / static_cast<float>(count);
                                      continue;
                                    }
                                    std::fill(to, to + inner, 0.0f);
                                    for (int64_t p = 0; p < count; ++p)
                                      loops.add_scaled(to, plane + p * inner, inner, 1.0f);
                                    for (int64_t i = 0; i < inner; ++i) to[i] *= scale;
                                  }
                                });
}

// Quantized values are averaged as the integers that store them, rounded to nearest even.
template <class T>
void average_stored(const PoolLayout& layout, const Window& w, const Tensor& out) {
  const int64_t inner = layout.inner;
  std::vector<double> sums(static_cast<size_t>(inner));
  for (int64_t outer = 0; outer < layout.outer; ++outer) {
    const T* plane = layout.input.template data<T>() + outer * w.in_count() * inner;
    for (int64_t o = 0; o < w.out_count(); ++o) {
      const Box box =
          adaptive_box(w, o / (w.out[1] * w.out[2]), o / w.out[2] % w.out[1], o % w.out[2]);
      sum_box<T, double>(plane, w, box, inner, sums.data());
      T* to = out.data<T>() + (outer * w.out_count() + o) * inner;
      for (int64_t i = 0; i < inner; ++i) {
        to[i] = static_cast<T>(
            std::nearbyint(sums[static_cast<size_t>(i)] / static_cast<double>(box.divisor)));
      }
    }
  }
}

void adaptive_avg_quantized(const PoolLayout& layout, const Window& w, const Tensor& out) {
  if (out.dtype() == DType::kQUInt8) return average_stored<uint8_t>(layout, w, out);
  if (out.dtype() == DType::kQInt8) return average_stored<int8_t>(layout, w, out);
  dtype_not_supported("adaptive_avg_pool", out.dtype());
}

void check_adaptive(const char* op, const Tensor& self, const Dims& out, size_t spatial) {
  const int64_t rank = self.dim(), least = static_cast<int64_t>(spatial) + 1;
  if (rank != least && rank != least + 1) {
    fail(op, "(): Expected ", least, "D or ", least + 1, "D tensor, but got ",
         to_string(self.sizes()));
  }
  for (int64_t d = rank - static_cast<int64_t>(spatial); d < rank; ++d) {
    if (self.sizes()[d] == 0) {
      fail(op, "(): Expected input to have non-zero size for non-batch dimensions, but input has ",
           "sizes ", to_string(self.sizes()), " with dimension ", d, " being empty");
    }
  }
  for (int64_t size : out) {
    if (size < 0) {
      fail(op, ": elements of output_size must be greater than or equal to 0 but received ", size);
    }
  }
}

Tensor adaptive_avg_pool(OpCall& call, const char* op, size_t spatial) {
  const Tensor self = call.tensor(0);
  const Dims out_sizes = spread_dims(op, "output_size", call.ints(1), spatial);
  check_adaptive(op, self, out_sizes, spatial);
  Window w;
  const size_t first = self.sizes().size() - spatial, lead = 3 - spatial;
  for (size_t i = 0; i < spatial; ++i) {
    w.in[lead + i] = self.sizes()[first + i];
    w.out[lead + i] = out_sizes[i];
  }
  const PoolLayout layout(self, spatial, KeepsLayout::kLinesAndImages);
  const Tensor out = layout.make_output(self.dtype(), w.out, spatial);
  if (is_quantized(self.dtype())) {
    out.impl()->quant = self.impl()->quant;
    adaptive_avg_quantized(layout, w, out);
    return out;
  }
  if (self.dtype() == DType::kFloat32 && w.out_count() == 1) {
    average_everything(call.context(), layout, w, out);
    return out;
  }
  const int64_t work = w.in_count() / std::max<int64_t>(1, w.out[0] * w.out[1]) * layout.inner;
  if (self.dtype() == DType::kFloat32 && layout.inner == 1) {
    adaptive_planes(call.context(), layout, w, out, work);
    return out;
  }
  visit(self.dtype(), op, AllFloatTypes{}, [&]<class T>() {
    average_rows<T>(call.context(), layout, w, out, work,
                    [&](int64_t z, int64_t y, int64_t x) { return adaptive_box(w, z, y, x); });
  });
  return out;
}

}  // namespace

void avg_pool1d(OpCall& call) { call.ret(avg_pool(call, "avg_pool1d", 1, false)); }
void avg_pool2d(OpCall& call) { call.ret(avg_pool(call, "avg_pool2d", 2, true)); }
void avg_pool3d(OpCall& call) { call.ret(avg_pool(call, "avg_pool3d", 3, true)); }
void adaptive_avg_pool1d(OpCall& call) {
  call.ret(adaptive_avg_pool(call, "adaptive_avg_pool1d", 1));
}
void adaptive_avg_pool2d(OpCall& call) {
  call.ret(adaptive_avg_pool(call, "adaptive_avg_pool2d", 2));
}
void adaptive_avg_pool3d(OpCall& call) {
  call.ret(adaptive_avg_pool(call, "adaptive_avg_pool3d", 3));
}

}  // namespace temper
