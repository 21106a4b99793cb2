#include <cmath>
#include <limits>
#include <vector>

#include "core/base/error.h"
#include "core/base/truncate.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/matmul.h"
#include "kernels/cpu/resample/axis.h"
#include "kernels/cpu/resample/kernels.h"
#include "kernels/cpu/spatial_loops.h"

namespace temper {
namespace {

template <class T>
T unnormalize(T at, int64_t size, bool align_corners) {
  const T n = static_cast<T>(size);
  return align_corners ? (at + 1) / 2 * (n - 1) : ((at + 1) * n - 1) / 2;
}

// Mirrors `at` between low / 2 and high / 2.
template <class T>
T reflect(T at, int64_t twice_low, int64_t twice_high) {
  if (twice_low == twice_high) return T(0);
  const T low = static_cast<T>(twice_low) / 2;
  const T span = static_cast<T>(twice_high - twice_low) / 2;
  at = std::fabs(at - low);
  const T extra = std::fmod(at, span);
  const int64_t flips = truncate_to_int64(static_cast<double>(std::floor(at / span)));
  return flips % 2 == 0 ? extra + low : span - extra + low;
}

template <class T>
T inside(T at, int64_t size, const Sampling& s) {
  if (s.border == Border::kZeros) return at;
  if (s.border == Border::kReflection) {
    at = s.align_corners ? reflect(at, 0, 2 * (size - 1)) : reflect<T>(at, -1, 2 * size - 1);
  }
  const T above = s.volume ? (at < 0 ? T(0) : at) : (at > 0 ? at : T(0));
  return std::min(static_cast<T>(size - 1), above);
}

// Coordinates that are not numbers or are huge must not become integers unchecked.
template <class T>
T bounded(T at) {
  return at > T(-1e9) && at < T(1e9) ? at : T(-100);
}

// Up to three dims; taps along each, and their weights.
template <class T>
struct Taps {
  int64_t count = 0;
  int64_t at[4];
  T weight[4];
};

template <class T>
Taps<T> make_taps(T coordinate, int64_t size, const Sampling& s) {
  Taps<T> taps;
  const T source = unnormalize(coordinate, size, s.align_corners);
  if (s.mode == GridMode::kCubic) {
    // Each neighbour is brought inside by itself.
    const T base = std::floor(source);
    T weights[4];
    cubic_weights<T>(source - base, weights);
    taps.count = 4;
    for (int i = 0; i < 4; ++i) {
      taps.at[i] = static_cast<int64_t>(bounded(inside(base - 1 + static_cast<T>(i), size, s)));
      taps.weight[i] = weights[i];
    }
    return taps;
  }
  const T at = bounded(inside(source, size, s));
  if (s.mode == GridMode::kNearest) {
    taps.count = 1;
    taps.at[0] = static_cast<int64_t>(s.volume ? std::round(at) : std::nearbyint(at));
    taps.weight[0] = T(1);
    return taps;
  }
  const T low = std::floor(at);
  taps.count = 2;
  taps.at[0] = static_cast<int64_t>(low);
  taps.at[1] = taps.at[0] + 1;
  taps.weight[1] = at - low;
  taps.weight[0] = T(1) - taps.weight[1];
  return taps;
}

// input [N, C, (D,) H, W] of any strides; grid [N, out..., dims]; out contiguous.
template <class T>
void sample(const RunContext& context, const Tensor& input, const Tensor& grid, const Sampling& s,
            const Tensor& out) {
  const size_t dims = input.sizes().size() - 2;
  const int64_t channels = input.size(1), batch = input.size(0);
  const int64_t positions = batch == 0 || channels == 0 ? 0 : out.numel() / (batch * channels);
  int64_t size[3] = {1, 1, 1}, stride[3] = {0, 0, 0};
  for (size_t d = 0; d < dims; ++d) {
    size[3 - dims + d] = input.sizes()[2 + d];
    stride[3 - dims + d] = input.strides()[2 + d];
  }
  context.workers->parallel_for(
      0, batch * positions, 1 + 4096 / std::max<int64_t>(1, channels),
      [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
          const T* place = grid.data<T>() + i * static_cast<int64_t>(dims);
          Taps<T> taps[3];
          for (size_t d = 0; d < 3; ++d) {
            taps[d].count = 1;
            taps[d].at[0] = 0;
            taps[d].weight[0] = T(1);
          }
          // The grid names the innermost dim first.
          for (size_t d = 0; d < dims; ++d) {
            taps[2 - d] = make_taps<T>(place[d], size[2 - d], s);
          }
          const int64_t n = i / positions, position = i % positions;
          const bool lost = dims == 2 && s.mode != GridMode::kNearest &&
                            s.border == Border::kZeros &&
                            !(std::isfinite(place[0]) && std::isfinite(place[1]));
          T* to = out.data<T>() + n * channels * positions + position;
          for (int64_t c = 0; c < channels; ++c) {
            const T* plane = input.data<T>() + n * input.strides()[0] + c * input.strides()[1];
            T sum = 0;
            for (int64_t z = 0; z < taps[0].count; ++z) {
              if (taps[0].at[z] < 0 || taps[0].at[z] >= size[0]) continue;
              for (int64_t y = 0; y < taps[1].count; ++y) {
                if (taps[1].at[y] < 0 || taps[1].at[y] >= size[1]) continue;
                const T* row = plane + taps[0].at[z] * stride[0] + taps[1].at[y] * stride[1];
                T line = 0;
                for (int64_t x = 0; x < taps[2].count; ++x) {
                  if (taps[2].at[x] < 0 || taps[2].at[x] >= size[2]) continue;
                  line += row[taps[2].at[x] * stride[2]] * taps[2].weight[x];
                }
                sum += line * taps[0].weight[z] * taps[1].weight[y];
              }
            }
            to[c * positions] = lost ? std::numeric_limits<T>::quiet_NaN() : sum;
          }
        }
      });
}

// Floats in blocks of places: where all of them read, then channel by channel.
void sample_blocks(const RunContext& context, const Tensor& input, const Tensor& grid,
                   const Sampling& s, const Tensor& out) {
  constexpr int64_t kBlock = 256;
  const int64_t dims = input.dim() - 2, channels = input.size(1), batch = input.size(0);
  const int64_t positions = batch == 0 || channels == 0 ? 0 : out.numel() / (batch * channels);
  const int64_t blocks = (positions + kBlock - 1) / kBlock;
  GridAxis axes[3];
  for (int64_t d = 0; d < dims; ++d) {
    const auto at = static_cast<size_t>(1 + dims - d);
    axes[d] = {input.sizes()[at], input.strides()[at]};
  }
  context.workers->parallel_for(0, batch * blocks, 1, [&](int64_t begin, int64_t end) {
    std::vector<int32_t> index(static_cast<size_t>(SpatialLoops::kMostTaps * kBlock));
    std::vector<float> weight(index.size());
    for (int64_t i = begin; i < end; ++i) {
      const int64_t image = i / blocks, first = i % blocks * kBlock;
      const int64_t n = std::min(kBlock, positions - first);
      const float* places = grid.data<float>() + (image * positions + first) * dims;
      const int64_t taps =
          spatial_loops().grid_taps(places, n, dims, axes, s, index.data(), weight.data());
      for (int64_t c = 0; c < channels; ++c) {
        const float* plane =
            input.data<float>() + image * input.strides()[0] + c * input.strides()[1];
        spatial_loops().sample(plane, index.data(), weight.data(), taps,
                               out.data<float>() + (image * channels + c) * positions + first, n);
      }
    }
  });
}

// Whether offsets inside one plane are numbers of 32 bits.
bool has_short_planes(const Tensor& input) {
  int64_t extent = 1;
  for (int64_t d = 2; d < input.dim(); ++d) {
    const auto at = static_cast<size_t>(d);
    extent += (input.sizes()[at] - 1) * input.strides()[at];
  }
  return extent < std::numeric_limits<int32_t>::max();
}

void check_grid(const Tensor& input, const Tensor& grid, GridMode mode) {
  if (input.dim() != 4 && input.dim() != 5) {
    fail("grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but ",
         "got input with sizes ", to_string(input.sizes()), " and grid with sizes ",
         to_string(grid.sizes()));
  }
  if (grid.dim() != input.dim() || input.size(0) != grid.size(0)) {
    fail("grid_sampler(): expected grid and input to have same batch size, but got input with ",
         "sizes ", to_string(input.sizes()), " and grid with sizes ", to_string(grid.sizes()));
  }
  if (grid.size(-1) != input.dim() - 2) {
    fail("grid_sampler(): expected grid to have size ", input.dim() - 2,
         " in last dimension, but got grid with sizes ", to_string(grid.sizes()));
  }
  if (input.dtype() != grid.dtype()) {
    fail("grid_sampler(): expected input and grid to have same dtype, but input has ",
         dtype_name(input.dtype()), " and grid has ", dtype_name(grid.dtype()));
  }
  for (int64_t d = 2; d < input.dim(); ++d) {
    if (input.sizes()[static_cast<size_t>(d)] == 0) {
      fail("grid_sampler(): expected input to have non-empty spatial dimensions, but input has ",
           "sizes ", to_string(input.sizes()), " with dimension ", d, " being empty");
    }
  }
  if (mode == GridMode::kCubic && input.dim() == 5) {
    fail("grid_sampler(): bicubic interpolation only supports 4D input");
  }
}

}  // namespace

void grid_sampler(OpCall& call) {
  const Tensor input = call.tensor(0), grid = call.tensor(1);
  const Sampling s{static_cast<GridMode>(call.integer(2)), static_cast<Border>(call.integer(3)),
                   call.boolean(4), input.dim() == 5};
  check_grid(input, grid, s.mode);
  Dims sizes{input.size(0), input.size(1)};
  for (int64_t d = 1; d < grid.dim() - 1; ++d) sizes.push_back(grid.size(d));
  if (input.dtype() == DType::kFloat32 && has_short_planes(input)) {
    const Tensor out = empty(sizes, input.dtype());
    sample_blocks(call.context(), input, grid.contiguous(), s, out);
    return call.ret(out);
  }
  // Narrow numbers are too coarse for positions.
  const bool narrow = input.dtype() == DType::kFloat16 || input.dtype() == DType::kBFloat16;
  const DType wide = narrow ? DType::kFloat32 : input.dtype();
  const Tensor out = empty(sizes, wide);
  visit(wide, "grid_sampler", FloatTypes{}, [&]<class T>() {
    sample<T>(call.context(), to_dtype(input, wide), to_dtype(grid, wide).contiguous(), s, out);
  });
  call.ret(to_dtype(out, input.dtype()));
}

// theta [N, dims, dims + 1], size [N, C, out...] -> [N, out..., dims]
void affine_grid_generator(OpCall& call) {
  const Tensor theta = call.tensor(0);
  const Dims size = call.ints(1);
  const bool align_corners = call.boolean(2);
  if (size.size() != 4 && size.size() != 5) {
    fail("AffineGridGenerator needs 4d (spatial) or 5d (volumetric) inputs.");
  }
  const size_t dims = size.size() - 2;
  const int64_t columns = static_cast<int64_t>(dims) + 1;
  const int64_t positions = numel_of(DimsView(size).subspan(2));
  const Tensor base = empty({positions, columns}, theta.dtype());
  visit(theta.dtype(), "affine_grid_generator", FloatTypes{}, [&]<class T>() {
    for (int64_t i = 0; i < positions; ++i) {
      T* row = base.data<T>() + i * columns;
      int64_t rest = i;
      for (size_t d = 0; d < dims; ++d) {  // the innermost dim comes first
        const int64_t n = size[size.size() - 1 - d], at = rest % n;
        rest /= n;
        // From the nearer end, as torch.linspace counts.
        const T step = n <= 1 ? T(0) : T(2) / static_cast<T>(n - 1);
        const T place = n <= 1       ? T(0)
                        : at < n / 2 ? step * static_cast<T>(at) - T(1)
                                     : T(1) - step * static_cast<T>(n - 1 - at);
        row[d] =
            align_corners || n <= 1 ? place : place * static_cast<T>(n - 1) / static_cast<T>(n);
      }
      row[dims] = T(1);
    }
  });
  Dims out{size[0]};
  out.insert(out.end(), size.begin() + 2, size.end());
  out.push_back(static_cast<int64_t>(dims));
  const Tensor wide = base.unsqueeze(0).expand({size[0], positions, columns});
  call.ret(matmul_of(call.context(), wide, theta.transpose(1, 2)).view_as_shape(out));
}

}  // namespace temper
