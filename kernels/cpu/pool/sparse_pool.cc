// Pooling at given or random places: fractional windows and the inverse of max pooling.
#include <limits>
#include <vector>

#include "core/base/error.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/pool/kernels.h"
#include "kernels/cpu/pool/window.h"

namespace temper {
namespace {

// Where windows start along one dim, spread by a random number in [0, 1).
template <class T>
std::vector<int64_t> interval_starts(T sample, int64_t in, int64_t out, int64_t pool) {
  std::vector<int64_t> starts(static_cast<size_t>(out));
  if (out > 1) {
    // Other numbers start windows outside.
    if (!(sample >= 0 && sample <= 1)) {
      fail("fractional_max_pool: expected random samples in [0, 1), got ",
           static_cast<double>(sample));
    }
    const T alpha = static_cast<T>(in - pool) / static_cast<T>(out - 1);
    for (int64_t i = 0; i < out - 1; ++i) {
      starts[static_cast<size_t>(i)] = static_cast<int64_t>((static_cast<T>(i) + sample) * alpha) -
                                       static_cast<int64_t>(sample * alpha);
    }
  }
  if (out > 0) starts.back() = in - pool;
  return starts;
}

template <class T>
void fractional_planes(const Tensor& input, const Tensor& samples, const Window& w, size_t spatial,
                       const Tensor& values, const Tensor& indices) {
  const int64_t planes = input.numel() / w.in_count();
  for (int64_t plane = 0; plane < planes; ++plane) {
    const T* from = input.data<T>() + plane * w.in_count();
    const T* sample = samples.data<T>() + plane * static_cast<int64_t>(spatial);
    std::vector<int64_t> starts[3] = {{0}, {}, {}};
    // Samples of 2d come as (width, height), of 3d as (time, height, width).
    for (size_t d = 3 - spatial; d < 3; ++d) {
      const size_t which = spatial == 2 ? 2 - d : d;
      starts[d] = interval_starts<T>(sample[which], w.in[d], w.out[d], w.kernel[d]);
    }
    for (int64_t o = 0; o < w.out_count(); ++o) {
      const size_t at[3] = {static_cast<size_t>(o / (w.out[1] * w.out[2])),
                            static_cast<size_t>(o / w.out[2] % w.out[1]),
                            static_cast<size_t>(o % w.out[2])};
      const int64_t z = starts[0][at[0]], y = starts[1][at[1]], x = starts[2][at[2]];
      T best = -std::numeric_limits<T>::infinity();
      int64_t where = (z * w.in[1] + y) * w.in[2] + x;
      for (int64_t a = z; a < z + w.kernel[0]; ++a) {
        for (int64_t b = y; b < y + w.kernel[1]; ++b) {
          for (int64_t c = x; c < x + w.kernel[2]; ++c) {
            const int64_t position = (a * w.in[1] + b) * w.in[2] + c;
            if (from[position] > best || from[position] != from[position]) {
              best = from[position];
              where = position;
            }
          }
        }
      }
      values.data<T>()[plane * w.out_count() + o] = best;
      indices.data<int64_t>()[plane * w.out_count() + o] = where;
    }
  }
}

void fractional(OpCall& call, const char* op, size_t spatial) {
  const Tensor self = call.tensor(0);
  const Dims kernel = spread_dims(op, "kernel_size", call.ints(1), spatial);
  const Dims out = spread_dims(op, "output_size", call.ints(2), spatial);
  check_pool_input(op, self, spatial);
  static constexpr const char* kNames[] = {"time", "height", "width"};
  Window w;
  const size_t lead = 3 - spatial, first = self.sizes().size() - spatial;
  for (size_t i = 0; i < spatial; ++i) {
    w.in[lead + i] = self.sizes()[first + i];
    w.out[lead + i] = out[i];
    w.kernel[lead + i] = kernel[i];
    if (out[i] < 0 || kernel[i] < 0) {
      fail(op, ": negative sizes, of the window ", to_string(kernel), " or the output ",
           to_string(out));
    }
    if (out[i] > w.in[lead + i] || kernel[i] > w.in[lead + i] - out[i] + 1) {
      fail(op, "(): pool ", kNames[lead + i], " ", kernel[i], " too large relative to input ",
           kNames[lead + i], " ", w.in[lead + i]);
    }
  }
  Dims sizes(self.sizes().begin(), self.sizes().end());
  for (size_t i = 0; i < spatial; ++i) sizes[first + i] = out[i];
  const Tensor values = empty(sizes, self.dtype()), indices = empty(sizes, DType::kInt64);
  const Tensor samples = to_dtype(call.tensor(3), self.dtype()).contiguous();
  const int64_t planes = self.numel() / w.in_count();
  if (samples.numel() < planes * static_cast<int64_t>(spatial)) {
    fail(op, ": expected ", spatial, " random samples for each of ", planes, " planes, got ",
         samples.numel());
  }
  visit(self.dtype(), op, FloatTypes{}, [&]<class T>() {
    fractional_planes<T>(self.contiguous(), samples, w, spatial, values, indices);
  });
  call.ret(0, values);
  call.ret(1, indices);
}

void unpool(OpCall& call, const char* op, size_t spatial) {
  const Tensor self = call.tensor(0), indices = call.tensor(1).contiguous();
  const Dims out_sizes = call.ints(2);
  if (indices.dtype() != DType::kInt64) fail("elements in indices should be type int64");
  if (out_sizes.size() != spatial) {
    fail("There should be exactly ", spatial, " elements in output_size, but got ",
         out_sizes.size(), " elements.");
  }
  check_pool_input(op, self, spatial);
  if (self.sizes() != indices.sizes()) {
    fail("Expected shape of indices to be same as that of the input tensor (",
         to_string(self.sizes()),
         ") but got indices tensor with shape: ", to_string(indices.sizes()));
  }
  const bool last =
      self.dim() == 4 && spatial == 2 && !self.is_contiguous() && self.is_channels_last();
  Dims sizes(self.sizes().begin(), self.sizes().end());
  const size_t first = sizes.size() - spatial;
  int64_t volume = 1, positions = 1;
  std::string text;
  for (size_t i = 0; i < spatial; ++i) {
    if (out_sizes[i] < 0 || __builtin_mul_overflow(volume, out_sizes[i], &volume)) {
      fail(op, ": an output of ", to_string(out_sizes), " is not possible");
    }
    positions *= sizes[first + i];
    sizes[first + i] = out_sizes[i];
    text += str_cat(i ? "x" : "", out_sizes[i]);
  }
  const Tensor from = self.contiguous(), out = zeros(sizes, self.dtype());
  const int64_t* at = indices.data<int64_t>();
  visit_size(self.dtype(), [&]<class T>() {
    const T* x = reinterpret_cast<const T*>(from.raw());
    T* to = reinterpret_cast<T*>(out.raw());
    for (int64_t i = 0; i < from.numel(); ++i) {
      if (at[i] < 0 || at[i] >= volume) {
        fail("Found an invalid max index: ", at[i], " (output volumes are of size ", text);
      }
      to[i / positions * volume + at[i]] = x[i];
    }
  });
  if (!last) return call.ret(out);
  const Tensor laid = empty(sizes, self.dtype(), MemoryFormat::kChannelsLast);
  copy_into(laid, out);
  call.ret(laid);
}

}  // namespace

void fractional_max_pool2d(OpCall& call) { fractional(call, "fractional_max_pool2d", 2); }
void fractional_max_pool3d(OpCall& call) { fractional(call, "fractional_max_pool3d", 3); }
void max_unpool2d(OpCall& call) { unpool(call, "max_unpool2d", 2); }
void max_unpool3d(OpCall& call) { unpool(call, "max_unpool3d", 3); }

}  // namespace temper
