#include "kernels/cpu/pool/window.h"

#include "core/base/error.h"

namespace temper {
namespace {

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

int64_t out_size(int64_t in, int64_t kernel, int64_t padding, int64_t stride, int64_t dilation,
                 bool ceil_mode) {
  const int64_t reach = in + 2 * padding - dilation * (kernel - 1) - 1;
  int64_t out = floor_div(reach + (ceil_mode ? stride - 1 : 0), stride) + 1;
  // The last window must start inside the input or its near padding.
  if (ceil_mode && (out - 1) * stride >= in + padding) --out;
  return out;
}

void check_parameters(const Dims& kernel, const Dims& stride, const Dims& padding,
                      const Dims& dilation) {
  for (size_t i = 0; i < kernel.size(); ++i) {
    for (const int64_t value : {kernel[i], stride[i], padding[i], dilation[i]}) {
      if (value < INT32_MIN || value > INT32_MAX) fail("integer out of range");
    }
    if (stride[i] == 0) fail("stride should not be zero");
    if (padding[i] < 0) fail("pad must be non-negative, but got pad: ", padding[i]);
    if (padding[i] > kernel[i] / 2) {
      fail("pad should be at most half of kernel size, but got pad=", padding[i],
           " and kernel_size=", kernel[i]);
    }
    if (kernel[i] <= 0) fail("kernel size should be greater than zero, but got ", kernel[i]);
    if (stride[i] < 0) fail("stride should be greater than zero, but got ", stride[i]);
    if (dilation[i] <= 0) fail("dilation should be greater than zero, but got ", dilation[i]);
  }
}

}  // namespace

namespace {

Tensor empty_channels_last(DimsView sizes, DType dtype) {
  if (sizes.size() == 3) {
    return empty({sizes[0], sizes[1], 1, sizes[2]}, dtype, MemoryFormat::kChannelsLast).squeeze(2);
  }
  return empty(sizes, dtype,
               sizes.size() == 4 ? MemoryFormat::kChannelsLast : MemoryFormat::kChannelsLast3d);
}

}  // namespace

PoolLayout::PoolLayout(const Tensor& self, size_t spatial, KeepsLayout keeps) {
  const int64_t rank = self.dim();
  batched = rank == static_cast<int64_t>(spatial) + 2;
  const int64_t channels = self.sizes()[batched ? 1 : 0];
  const int64_t batch = batched ? self.sizes()[0] : 1;
  const bool kept = spatial == 1   ? keeps == KeepsLayout::kLinesAndImages
                    : spatial == 3 ? keeps == KeepsLayout::kImagesAndVolumes
                                   : true;
  channels_last = batched && kept && !self.is_contiguous() &&
                  (spatial == 1 ? self.unsqueeze(2) : self).is_channels_last();
  if (channels_last) {
    input = empty_channels_last(self.sizes(), self.dtype());
    // Strides of dims of size one may differ from the format's.
    input = Dims(input.strides().begin(), input.strides().end()) ==
                    Dims(self.strides().begin(), self.strides().end())
                ? self
                : (copy_into(input, self), input);
    outer = batch;
    inner = channels;
  } else {
    input = self.contiguous();
    outer = batch * channels;
  }
}

Tensor PoolLayout::make_output(DType dtype, const int64_t (&out)[3], size_t spatial) const {
  Dims sizes(input.sizes().begin(), input.sizes().end());
  const size_t lead = sizes.size() - spatial;
  for (size_t i = 0; i < spatial; ++i) sizes[lead + i] = out[3 - spatial + i];
  return channels_last ? empty_channels_last(sizes, dtype) : empty(sizes, dtype);
}

Dims spread_dims(const char* op, const char* what, const Dims& values, size_t count) {
  if (values.size() == count) return values;
  if (values.size() == 1) return Dims(count, values[0]);
  static constexpr const char* kWords[] = {"", "one int", "a tuple of two ints",
                                           "a tuple of three ints"};
  const std::string_view name(what);
  fail(op, ": ", what, " must ", name == "stride" ? "either be omitted, " : "either be ",
       "a single int, or ", kWords[count]);
}

void check_pool_input(const char* op, const Tensor& self, size_t spatial) {
  const int64_t rank = self.dim(), least = static_cast<int64_t>(spatial) + 1;
  if (rank != least && rank != least + 1) {
    fail(op, ": Expected ", least, "D or ", least + 1, "D (batch mode) tensor for input, but got ",
         to_string(self.sizes()));
  }
  for (int64_t d = rank == least ? 0 : 1; d < rank; ++d) {
    if (self.sizes()[d] == 0) {
      fail("Expected ", least, "D or ", least + 1,
           "D (batch mode) tensor with optional 0 dim batch size for input, but got:",
           to_string(self.sizes()));
    }
  }
}

Window pool_window(const char* op, const Tensor& self, const Dims& kernel, const Dims& stride,
                   const Dims& padding, const Dims& dilation, bool ceil_mode) {
  check_parameters(kernel, stride, padding, dilation);
  const size_t spatial = kernel.size();
  check_pool_input(op, self, spatial);
  Window w;
  const size_t lead = 3 - spatial, first = self.sizes().size() - spatial;
  bool empty_result = false;
  for (size_t i = 0; i < spatial; ++i) {
    w.in[lead + i] = self.sizes()[first + i];
    w.kernel[lead + i] = kernel[i];
    w.stride[lead + i] = stride[i];
    w.padding[lead + i] = padding[i];
    w.dilation[lead + i] = dilation[i];
    w.out[lead + i] =
        out_size(w.in[lead + i], kernel[i], padding[i], stride[i], dilation[i], ceil_mode);
    empty_result |= w.out[lead + i] < 1;
  }
  if (empty_result) {
    std::string in, out;
    for (size_t i = lead; i < 3; ++i) {
      in += str_cat("x", w.in[i]);
      out += str_cat("x", std::max<int64_t>(0, w.out[i]));
    }
    const int64_t channels = self.sizes()[first - 1];
    fail("Given input size: (", channels, in, "). Calculated output size: (", channels, out,
         "). Output size is too small");
  }
  return w;
}

}  // namespace temper
