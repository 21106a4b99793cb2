#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/gather_loops.h"
#include "kernels/cpu/nn/loops.h"
#include "kernels/cpu/pool/window.h"
#include "kernels/cpu/resample/axis.h"
#include "kernels/cpu/resample/kernels.h"

namespace temper {
namespace {

// What one call asks for.
struct Request {
  Interpolation mode;
  bool align_corners = false;
  Dims out;
  std::vector<std::optional<double>> factors;
};

bool is_nearest(Interpolation mode) {
  return mode == Interpolation::kNearest || mode == Interpolation::kNearestExact;
}

// [outer][in][inner] -> [outer][out][inner]
template <class T>
void resample_dim(const T* from, T* to, int64_t outer, int64_t inner, const Axis<T>& axis) {
  std::vector<const T*> rows(static_cast<size_t>(axis.taps));
  std::vector<T> weights(rows.size());
  for (int64_t o = 0; o < outer; ++o, from += axis.in * inner, to += axis.out * inner) {
    if (inner == 1) {
      if constexpr (std::is_same_v<T, float>) {
        nn_loops().gather_taps(from, axis.index.data(), axis.weight.data(), axis.taps, to,
                               axis.out);
        continue;
      }
    }
    for (int64_t i = 0; i < axis.out; ++i) {
      for (int64_t t = 0; t < axis.taps; ++t) {
        const size_t at = static_cast<size_t>(t * axis.out + i);
        rows[static_cast<size_t>(t)] = from + axis.index[at] * inner;
        weights[static_cast<size_t>(t)] = axis.weight[at];
      }
      T* row = to + i * inner;
      if constexpr (std::is_same_v<T, float>) {
        nn_loops().weigh_rows(rows.data(), weights.data(), axis.taps, row, inner);
      } else {
        for (int64_t j = 0; j < inner; ++j) {
          T sum = 0;
          for (size_t t = 0; t < rows.size(); ++t) sum += rows[t][j] * weights[t];
          row[j] = sum;
        }
      }
    }
  }
}

// The order in which axes are resampled: those that shrink first, the outer ones before, because
// they work on whole rows; then those that grow, the innermost first.
template <class T>
std::vector<size_t> order_of(const std::vector<Axis<T>>& axes) {
  std::vector<size_t> order;
  for (size_t d = 0; d < axes.size(); ++d) {
    if (!axes[d].identity && axes[d].out < axes[d].in) order.push_back(d);
  }
  for (size_t d = axes.size(); d-- > 0;) {
    if (!axes[d].identity && axes[d].out >= axes[d].in) order.push_back(d);
  }
  return order;
}

// Resamples planes [d0][d1][d2][inner] along every axis.
template <class T>
void resample_planes(const RunContext& context, const Tensor& input, const Tensor& output,
                     int64_t outer, int64_t inner, const std::vector<Axis<T>>& axes) {
  int64_t in_plane = inner, out_plane = inner;
  for (const Axis<T>& axis : axes) {
    in_plane *= axis.in;
    out_plane *= axis.out;
  }
  const std::vector<size_t> order = order_of(axes);
  const int64_t grain = 1 + 16384 / std::max<int64_t>(1, out_plane);
  context.workers->parallel_for(0, outer, grain, [&](int64_t begin, int64_t end) {
    std::vector<T> buffers[2];
    for (int64_t plane = begin; plane < end; ++plane) {
      const T* from = input.data<T>() + plane * in_plane;
      T* last = output.data<T>() + plane * out_plane;
      if (order.empty()) std::memcpy(last, from, static_cast<size_t>(in_plane) * sizeof(T));
      int64_t size = in_plane;
      for (size_t step = 0; step < order.size(); ++step) {
        const size_t d = order[step];
        int64_t right = inner;  // elements behind one position of this axis, as it is now
        for (size_t k = d + 1; k < axes.size(); ++k) {
          const bool done = std::find(order.begin(), order.begin() + static_cast<ptrdiff_t>(step),
                                      k) != order.begin() + static_cast<ptrdiff_t>(step);
          right *= done ? axes[k].out : axes[k].in;
        }
        const int64_t rows = size / axes[d].in / right;
        size = rows * axes[d].out * right;
        T* to = last;
        if (step + 1 < order.size()) {
          buffers[step % 2].resize(static_cast<size_t>(size));
          to = buffers[step % 2].data();
        }
        resample_dim(from, to, rows, right, axes[d]);
        from = to;
      }
    }
  });
}

template <class T>
void move_nearest(const RunContext& context, const Tensor& input, const Tensor& output,
                  int64_t outer, int64_t inner, const std::vector<Axis<float>>& axes) {
  int64_t in[3] = {1, 1, 1}, out[3] = {1, 1, 1};
  const int32_t zero = 0;
  const int32_t* index[3] = {&zero, &zero, &zero};
  for (size_t i = 0; i < axes.size(); ++i) {
    const size_t d = 3 - axes.size() + i;
    in[d] = axes[i].in;
    out[d] = axes[i].out;
    index[d] = axes[i].index.data();
  }
  const int64_t plane = in[0] * in[1] * in[2] * inner, rows = outer * out[0] * out[1];
  const std::vector<int64_t> columns(index[2], index[2] + out[2]);
  const auto elements = gather_loops().elements[element_loop(sizeof(T))];
  const T* from = reinterpret_cast<const T*>(input.raw());
  T* to = reinterpret_cast<T*>(output.raw());
  context.workers->parallel_for(
      0, rows, 1 + 16384 / std::max<int64_t>(1, out[2] * inner), [&](int64_t begin, int64_t end) {
        const T* last = nullptr;
        for (int64_t row = begin; row < end; ++row) {
          const int64_t z = index[0][row / out[1] % out[0]], y = index[1][row % out[1]];
          const T* source =
              from + row / (out[0] * out[1]) * plane + (z * in[1] + y) * in[2] * inner;
          T* target = to + row * out[2] * inner;
          if (row > begin && source == last) {  // rows that grow repeat
            std::memcpy(target, target - out[2] * inner,
                        static_cast<size_t>(out[2] * inner) * sizeof(T));
          } else if (inner == 1) {
            elements(target, source, columns.data(), 1, 0, out[2]);
          } else {
            for (int64_t x = 0; x < out[2]; ++x) {
              std::memcpy(target + x * inner, source + index[2][x] * inner,
                          static_cast<size_t>(inner) * sizeof(T));
            }
          }
          last = source;
        }
      });
}

template <class T>
std::vector<Axis<T>> make_axes(const Tensor& input, const Request& request) {
  std::vector<Axis<T>> axes;
  for (size_t i = 0; i < request.out.size(); ++i) {
    axes.push_back(make_axis<T>(request.mode, input.sizes()[2 + i], request.out[i],
                                request.align_corners, request.factors[i]));
  }
  return axes;
}

// Integers (and quantized values, which are affine in them) are computed in float and rounded.
Tensor through_float(OpCall& call, const Tensor& input, const Request& request);

Tensor resample(OpCall& call, const Tensor& given, const Request& request) {
  const DType dtype = given.dtype();
  const bool native = dtype == DType::kFloat32 || dtype == DType::kFloat64;
  if (!native && !is_nearest(request.mode)) return through_float(call, given, request);
  const size_t spatial = request.out.size();
  // Cubic results are contiguous whatever the input is, like the reference's.
  const PoolLayout layout(request.mode == Interpolation::kCubic ? given.contiguous() : given,
                          spatial, KeepsLayout::kImagesAndVolumes);
  int64_t out[3] = {1, 1, 1};
  for (size_t i = 0; i < spatial; ++i) out[3 - spatial + i] = request.out[i];
  const Tensor output = layout.make_output(dtype, out, spatial);
  if (is_nearest(request.mode)) {
    output.impl()->quant = given.impl()->quant;
    const std::vector<Axis<float>> axes = make_axes<float>(given, request);
    visit_size(dtype, [&]<class T>() {
      move_nearest<T>(call.context(), layout.input, output, layout.outer, layout.inner, axes);
    });
    return output;
  }
  visit(dtype, "upsample", FloatTypes{}, [&]<class T>() {
    resample_planes<T>(call.context(), layout.input, output, layout.outer, layout.inner,
                       make_axes<T>(given, request));
  });
  return output;
}

Tensor through_float(OpCall& call, const Tensor& input, const Request& request) {
  const DType dtype = input.dtype();
  if (dtype == DType::kFloat16 || dtype == DType::kBFloat16) {
    return to_dtype(resample(call, to_dtype(input, DType::kFloat32), request), dtype);
  }
  const DType stored = dtype == DType::kQUInt8 ? DType::kUInt8 : dtype;
  if (stored != DType::kUInt8) {
    fail("\"upsample\" not implemented for '", dtype_name(dtype), "'");
  }
  const Tensor plain = input.alias();
  plain.impl()->dtype = stored;
  const Tensor wide = resample(call, to_dtype(plain, DType::kFloat32), request);
  Tensor out = empty_like(wide, stored);
  for (int64_t i = 0; i < wide.numel(); ++i) {
    out.data<uint8_t>()[i] =
        static_cast<uint8_t>(std::clamp(std::nearbyint(wide.data<float>()[i]), 0.0f, 255.0f));
  }
  out.impl()->dtype = dtype;
  out.impl()->quant = input.impl()->quant;
  return out;
}

void check_sizes(const Tensor& input, const Request& request) {
  const size_t spatial = request.out.size();
  const int64_t rank = static_cast<int64_t>(spatial) + 2;
  if (input.dim() != rank) {
    fail("It is expected input_size equals to ", rank, ", but got size ", input.dim());
  }
  bool positive = true;
  for (size_t i = 0; i < spatial; ++i) {
    positive &= input.sizes()[2 + i] > 0 && request.out[i] > 0;
  }
  if (!positive) {
    fail("Input and output sizes should be greater than 0, but got input ",
         to_string(input.sizes().subspan(2)), " output ", to_string(request.out));
  }
  if (input.sizes()[1] == 0) {
    fail("Non-empty ", rank, "D data tensor expected but got a tensor with sizes ",
         to_string(input.sizes()));
  }
}

// (input, output_size, [align_corners], scales...)
void run_sized(OpCall& call, Interpolation mode, size_t spatial) {
  const Tensor input = call.tensor(0);
  Request request{mode, false, call.ints(1), {}};
  const size_t first = is_nearest(mode) ? 2 : 3;
  if (!is_nearest(mode)) request.align_corners = call.boolean(2);
  if (request.out.size() != spatial) {
    fail("It is expected output_size equals to ", spatial, ", but got size ", request.out.size());
  }
  for (size_t i = 0; i < spatial; ++i) {
    const bool given = first + i < call.size() && !call.is_none(first + i);
    request.factors.push_back(given ? std::optional<double>(call.number(first + i)) : std::nullopt);
  }
  check_sizes(input, request);
  call.ret(resample(call, input, request));
}

// (input, output_size?, [align_corners], scale_factors?)
void run_vec(OpCall& call, Interpolation mode, size_t spatial) {
  const Tensor input = call.tensor(0);
  Request request{mode, false, {}, {}};
  const size_t factors_at = is_nearest(mode) ? 2 : 3;
  if (!is_nearest(mode)) request.align_corners = call.boolean(2);
  const bool sized = !call.is_none(1), scaled = !call.is_none(factors_at);
  if (sized == scaled) fail("Must specify exactly one of output_size and scale_factors");
  if (sized) {
    request.out = call.ints(1);
    request.factors.assign(request.out.size(), std::nullopt);
  } else {
    for (double factor : call.numbers(factors_at)) {
      const size_t i = request.out.size();
      const int64_t in = 2 + i < input.sizes().size() ? input.sizes()[2 + i] : 0;
      const double size = static_cast<double>(in) * factor;
      if (!(std::abs(size) < 0x1p62)) fail("an output size of ", size, " cannot be represented");
      request.out.push_back(static_cast<int64_t>(size));
      request.factors.push_back(factor);
    }
  }
  if (request.out.size() != spatial) {
    fail("It is expected output_size equals to ", spatial, ", but got size ", request.out.size());
  }
  check_sizes(input, request);
  call.ret(resample(call, input, request));
}

}  // namespace

template <Interpolation kMode, size_t kSpatial>
void upsample(OpCall& call) {
  run_sized(call, kMode, kSpatial);
}
template <Interpolation kMode, size_t kSpatial>
void upsample_vec(OpCall& call) {
  run_vec(call, kMode, kSpatial);
}

#define TEMPER_UPSAMPLE(mode, spatial)                           \
  template void upsample<Interpolation::mode, spatial>(OpCall&); \
  template void upsample_vec<Interpolation::mode, spatial>(OpCall&);
TEMPER_UPSAMPLE(kNearest, 1)
TEMPER_UPSAMPLE(kNearest, 2)
TEMPER_UPSAMPLE(kNearest, 3)
TEMPER_UPSAMPLE(kNearestExact, 1)
TEMPER_UPSAMPLE(kNearestExact, 2)
TEMPER_UPSAMPLE(kNearestExact, 3)
TEMPER_UPSAMPLE(kLinear, 1)
TEMPER_UPSAMPLE(kLinear, 2)
TEMPER_UPSAMPLE(kLinear, 3)
TEMPER_UPSAMPLE(kCubic, 2)
TEMPER_UPSAMPLE(kLinearArea, 2)
TEMPER_UPSAMPLE(kCubicArea, 2)
#undef TEMPER_UPSAMPLE

}  // namespace temper
