#include "kernels/cpu/resize.h"

#include <cmath>
#include <vector>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"

namespace temper {
namespace {

// The input positions and weights that make one output position along one dim.
struct Taps {
  std::vector<int64_t> first;      // per output position: offset into index/weight
  std::vector<int64_t> index;
  std::vector<double> weight;
  int64_t size = 0;                // output positions

  void begin() { first.push_back(static_cast<int64_t>(index.size())); }
  void add(int64_t at, double w) {
    index.push_back(at);
    weight.push_back(w);
  }
  void end() {
    size = static_cast<int64_t>(first.size());
    first.push_back(static_cast<int64_t>(index.size()));
  }
};

// One spatial dim of a request.
struct Axis {
  int64_t in = 0, out = 0;
  double scale = 0;  // the factor that the caller gave; 0 when it gave a size
};

double source_step(const Axis& axis, bool align_corners) {
  if (align_corners) {
    return axis.out > 1 ? static_cast<double>(axis.in - 1) / static_cast<double>(axis.out - 1) : 0;
  }
  return axis.scale > 0 ? 1 / axis.scale
                        : static_cast<double>(axis.in) / static_cast<double>(axis.out);
}

Taps nearest_taps(const Axis& axis, bool exact) {
  Taps taps;
  const float step = static_cast<float>(source_step(axis, false));
  for (int64_t o = 0; o < axis.out; ++o) {
    const float at = exact ? (static_cast<float>(o) + 0.5f) * step : static_cast<float>(o) * step;
    taps.begin();
    taps.add(std::min(static_cast<int64_t>(std::floor(at)), axis.in - 1), 1);
  }
  taps.end();
  return taps;
}

double source_position(int64_t o, double step, bool align_corners, bool clip) {
  if (align_corners) return step * static_cast<double>(o);
  const double at = step * (static_cast<double>(o) + 0.5) - 0.5;
  return clip && at < 0 ? 0 : at;
}

Taps linear_taps(const Axis& axis, bool align_corners) {
  Taps taps;
  const double step = source_step(axis, align_corners);
  for (int64_t o = 0; o < axis.out; ++o) {
    const double at = source_position(o, step, align_corners, true);
    const int64_t low = std::min(static_cast<int64_t>(at), axis.in - 1);
    const int64_t high = std::min(low + 1, axis.in - 1);
    const double fraction = std::min(std::max(at - static_cast<double>(low), 0.0), 1.0);
    taps.begin();
    taps.add(low, 1 - fraction);
    taps.add(high, fraction);
  }
  taps.end();
  return taps;
}

// Keys' cubic kernel.
double cubic(double x, double a) {
  x = std::fabs(x);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}

Taps cubic_taps(const Axis& axis, bool align_corners) {
  Taps taps;
  const double step = source_step(axis, align_corners);
  for (int64_t o = 0; o < axis.out; ++o) {
    const double at = source_position(o, step, align_corners, false);
    const int64_t base = static_cast<int64_t>(std::floor(at));
    taps.begin();
    for (int64_t k = -1; k <= 2; ++k) {
      const int64_t index = std::min(std::max<int64_t>(base + k, 0), axis.in - 1);
      taps.add(index, cubic(at - static_cast<double>(base + k), -0.75));
    }
  }
  taps.end();
  return taps;
}

// The kernel widens with the step when shrinking, as Pillow does.
Taps antialias_taps(const Axis& axis, bool align_corners, bool is_cubic) {
  Taps taps;
  const double step = source_step(axis, align_corners);
  const double stretch = std::max(step, 1.0);
  const double support = (is_cubic ? 2.0 : 1.0) * stretch;
  for (int64_t o = 0; o < axis.out; ++o) {
    const double center = step * (static_cast<double>(o) + 0.5);
    const int64_t low = std::max<int64_t>(static_cast<int64_t>(center - support + 0.5), 0);
    const int64_t high = std::min(static_cast<int64_t>(center + support + 0.5), axis.in);
    std::vector<double> weights;
    double total = 0;
    for (int64_t i = low; i < high; ++i) {
      const double x = (static_cast<double>(i) - center + 0.5) / stretch;
      const double w = is_cubic ? cubic(x, -0.5) : std::max(0.0, 1 - std::fabs(x));
      weights.push_back(w);
      total += w;
    }
    taps.begin();
    for (int64_t i = low; i < high; ++i) {
      taps.add(i, weights[static_cast<size_t>(i - low)] / (total == 0 ? 1 : total));
    }
  }
  taps.end();
  return taps;
}

// Applies taps along the middle dim of [outer, in, inner].
template <class T>
void apply(const RunContext& context, const T* in, int64_t outer, int64_t in_size, int64_t inner,
           const Taps& taps, T* out) {
  using C = Compute<T>;
  context.workers->parallel_for(
      0, outer * taps.size, 16384 / std::max<int64_t>(inner, 1) + 1, [&](int64_t begin, int64_t end) {
        std::vector<C> sums(static_cast<size_t>(inner));
        for (int64_t row = begin; row < end; ++row) {
          const int64_t n = row / taps.size, o = row % taps.size;
          std::fill(sums.begin(), sums.end(), C(0));
          for (int64_t k = taps.first[static_cast<size_t>(o)]; k < taps.first[static_cast<size_t>(o) + 1];
               ++k) {
            const C w = static_cast<C>(taps.weight[static_cast<size_t>(k)]);
            const T* from = in + (n * in_size + taps.index[static_cast<size_t>(k)]) * inner;
            for (int64_t i = 0; i < inner; ++i) {
              sums[static_cast<size_t>(i)] += w * static_cast<C>(from[i]);
            }
          }
          for (int64_t i = 0; i < inner; ++i) {
            out[row * inner + i] = static_cast<T>(sums[static_cast<size_t>(i)]);
          }
        }
      });
}

Tensor resize_dim(const RunContext& context, const Tensor& x, int64_t dim, const Taps& taps) {
  Dims sizes(x.sizes().begin(), x.sizes().end());
  sizes[dim] = taps.size;
  const Tensor out = empty(sizes, x.dtype());
  int64_t outer = 1, inner = 1;
  for (int64_t d = 0; d < dim; ++d) outer *= sizes[d];
  for (int64_t d = dim + 1; d < x.dim(); ++d) inner *= sizes[d];
  if (out.numel() == 0) return out;
  visit(x.dtype(), "upsample", AllFloatTypes{}, [&]<class T>() {
    apply<T>(context, x.data<T>(), outer, x.sizes()[dim], inner, taps, out.data<T>());
  });
  return out;
}

struct Request {
  Tensor input;
  std::vector<Axis> axes;
  bool align_corners = false;
};

// `aligned`: the form has an align_corners argument.
Request parse(OpCall& call, bool aligned) {
  Request r;
  r.input = call.tensor(0);
  const int64_t spatial = r.input.dim() - 2;
  if (spatial < 1 || spatial > 3) {
    fail("Input and output must have spatial dims; got an input of shape ",
         to_string(r.input.sizes()));
  }
  if (aligned) r.align_corners = call.boolean(2);
  const size_t scales_at = aligned ? 3 : 2;
  const auto sizes = call.opt_ints(1);
  std::vector<double> scales(static_cast<size_t>(spatial), 0);
  if (call.op().schema().overload == "vec") {
    if (sizes.has_value() == !call.is_none(scales_at)) {
      fail("Must specify exactly one of output_size and scale_factors");
    }
    if (!call.is_none(scales_at)) scales = call.numbers(scales_at);
  } else {
    for (size_t i = 0; i < scales.size() && scales_at + i < call.size(); ++i) {
      scales[i] = call.number_or(scales_at + i, 0);
    }
  }
  if (scales.size() != static_cast<size_t>(spatial) ||
      (sizes && sizes->size() != static_cast<size_t>(spatial))) {
    fail("It is expected output_size equals to ", spatial, ", but got size ",
         sizes ? sizes->size() : scales.size());
  }
  for (int64_t d = 0; d < spatial; ++d) {
    Axis axis;
    axis.in = r.input.sizes()[2 + d];
    axis.scale = scales[static_cast<size_t>(d)];
    axis.out = sizes ? (*sizes)[d]
                     : static_cast<int64_t>(std::floor(static_cast<double>(axis.in) * axis.scale));
    if (axis.in <= 0 || axis.out <= 0) {
      fail("Input and output sizes should be greater than 0, but got input (", axis.in,
           ") output (", axis.out, ")");
    }
    r.axes.push_back(axis);
  }
  return r;
}

template <class Make>
void resize(OpCall& call, bool aligned, const Make& make) {
  const Request r = parse(call, aligned);
  const bool last = r.input.is_channels_last();
  Tensor x = r.input.contiguous();
  // The innermost dim first: it touches the least data when enlarging.
  for (size_t i = r.axes.size(); i-- > 0;) {
    x = resize_dim(call.context(), x, static_cast<int64_t>(2 + i), make(r.axes[i], r.align_corners));
  }
  if (last) {
    const Tensor out = empty(x.sizes(), x.dtype(), x.dim() == 4 ? MemoryFormat::kChannelsLast
                                                                : MemoryFormat::kChannelsLast3d);
    copy_into(out, x);
    x = out;
  }
  call.ret(x);
}

}  // namespace

void resize_nearest(OpCall& call) {
  resize(call, false, [](const Axis& axis, bool) { return nearest_taps(axis, false); });
}
void resize_nearest_exact(OpCall& call) {
  resize(call, false, [](const Axis& axis, bool) { return nearest_taps(axis, true); });
}
void resize_linear(OpCall& call) { resize(call, true, linear_taps); }
void resize_cubic(OpCall& call) { resize(call, true, cubic_taps); }
void resize_linear_antialias(OpCall& call) {
  resize(call, true, [](const Axis& axis, bool align) { return antialias_taps(axis, align, false); });
}
void resize_cubic_antialias(OpCall& call) {
  resize(call, true, [](const Axis& axis, bool align) { return antialias_taps(axis, align, true); });
}

}  // namespace temper
