#include "kernels/cpu/conv.h"

#include <vector>

#include "core/base/error.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/cpp_names.h"
#include "kernels/cpu/layout.h"
#include "kernels/cpu/matmul.h"
#include "kernels/cpu/onednn/conv.h"
#include "kernels/cpu/wrapping.h"

namespace temper {
namespace {

using onednn::ConvParams;

Dims spread(const Dims& values, size_t count, const char* what) {
  for (int64_t v : values) {
    if (v > INT32_MAX) unimplemented("a convolution with a ", what, " of ", v);
  }
  if (values.size() == count) return values;
  if (values.size() == 1) return Dims(count, values[0]);
  fail("expected ", what, " to be a single integer value or a list of ", count,
       " values to match the convolution dimensions, but got ", what, "=", to_string(values));
}

void check_params(const ConvParams& p) {
  if (p.groups <= 0) fail("non-positive groups is not supported");
  if (p.groups > INT32_MAX) unimplemented("a convolution of ", p.groups, " groups");
  for (int64_t v : p.padding) {
    if (v < 0) fail("negative padding is not supported");
  }
  for (int64_t s : p.stride) {
    if (s <= 0) fail("non-positive stride is not supported");
  }
  for (int64_t v : p.dilation) {
    if (v <= 0) fail("dilation should be greater than zero, but got ", to_string(p.dilation));
  }
}

void check_shapes(const Tensor& input, const Tensor& weight, const Tensor& bias,
                  const ConvParams& p) {
  const auto given = [&] {
    return p.transposed ? std::string("transposed=1") : str_cat("groups=", p.groups);
  };
  const auto weight_size = [&] { return to_string(weight.sizes()); };
  if (!p.transposed && weight.sizes()[0] % p.groups != 0) {
    fail("Given groups=", p.groups, ", expected weight to be divisible by ", p.groups,
         " at dimension 0, but got weight of size [", weight_size(), "] instead");
  }
  const int64_t in_channels = p.transposed ? weight.sizes()[0] : weight.sizes()[1] * p.groups;
  if (input.size(1) != in_channels) {
    fail("Given ", given(), ", weight of size ", weight_size(), ", expected input",
         to_string(input.sizes()), " to have ", in_channels, " channels, but got ", input.size(1),
         " channels instead");
  }
  if (!bias.defined()) return;
  const int64_t out = p.transposed ? weight.sizes()[1] * p.groups : weight.sizes()[0];
  if (bias.dim() != 1 || bias.size(0) != out) {
    fail("Given ", p.transposed ? "transposed=1, " : "", "weight of size ", weight_size(),
         ", expected bias to be 1-dimensional with ", out, " elements, but got bias of size ",
         to_string(bias.sizes()), " instead");
  }
}

// "4 x 5 x 6"
std::string times(const Dims& sizes) {
  std::string text;
  for (int64_t size : sizes) text += str_cat(text.empty() ? "" : " x ", size);
  return text;
}

void check_kernel_fits(const Tensor& input, const Tensor& weight, const ConvParams& p) {
  Dims padded, kernels;
  bool fits = true;
  for (size_t i = 0; i < p.stride.size(); ++i) {
    padded.push_back(input.sizes()[2 + i] + 2 * p.padding[i]);
    kernels.push_back(p.dilation[i] * (weight.sizes()[2 + i] - 1) + 1);
    fits &= padded.back() >= kernels.back();
  }
  if (fits) return;
  fail("Calculated padded input size per channel: (", times(padded), "). Kernel size: (",
       times(kernels), "). Kernel size can't be greater than actual input size");
}

Dims output_sizes(const Tensor& input, const Tensor& weight, const ConvParams& p) {
  if (!p.transposed) check_kernel_fits(input, weight, p);
  Dims sizes{input.size(0), p.transposed ? weight.sizes()[1] * p.groups : weight.sizes()[0]};
  for (size_t i = 0; i < p.stride.size(); ++i) {
    const int64_t in = input.sizes()[2 + i];
    const int64_t kernel = p.dilation[i] * (weight.sizes()[2 + i] - 1) + 1;
    const int64_t out =
        p.transposed ? (in - 1) * p.stride[i] - 2 * p.padding[i] + kernel + p.output_padding[i]
                     : (in + 2 * p.padding[i] - kernel) / p.stride[i] + 1;
    if (out < 0)
      fail("Given input size per channel ", to_string(input.sizes()),
           ", the calculated output size is too small");
    sizes.push_back(out);
  }
  return sizes;
}

// Spatial indices as one number over up to three dims, missing ones of size 1 in front.
struct Space {
  int64_t in[3] = {1, 1, 1}, out[3] = {1, 1, 1}, kernel[3] = {1, 1, 1};
  int64_t stride[3] = {1, 1, 1}, padding[3] = {0, 0, 0}, dilation[3] = {1, 1, 1};

  Space(const Tensor& input, const Tensor& weight, const Dims& output, const ConvParams& p) {
    const size_t n = p.stride.size(), lead = 3 - n;
    for (size_t i = 0; i < n; ++i) {
      in[lead + i] = input.sizes()[2 + i];
      out[lead + i] = output[2 + i];
      kernel[lead + i] = weight.sizes()[2 + i];
      stride[lead + i] = p.stride[i];
      padding[lead + i] = p.padding[i];
      dilation[lead + i] = p.dilation[i];
    }
  }
  int64_t in_count() const { return in[0] * in[1] * in[2]; }
  int64_t out_count() const { return out[0] * out[1] * out[2]; }
  int64_t kernel_count() const { return kernel[0] * kernel[1] * kernel[2]; }
};

// Calls body(wide index, narrow index, kernel index) for every tap: narrow is the convolution's
// output or the transposed convolution's input.
template <class Body>
void for_taps(const Space& s, const int64_t (&wide)[3], const int64_t (&narrow)[3],
              const Body& body) {
  for (int64_t n = 0; n < narrow[0] * narrow[1] * narrow[2]; ++n) {
    const int64_t at[3] = {n / (narrow[1] * narrow[2]), n / narrow[2] % narrow[1], n % narrow[2]};
    for (int64_t k = 0; k < s.kernel_count(); ++k) {
      const int64_t tap[3] = {k / (s.kernel[1] * s.kernel[2]), k / s.kernel[2] % s.kernel[1],
                              k % s.kernel[2]};
      int64_t index = 0;
      bool inside = true;
      for (int d = 0; d < 3; ++d) {
        const int64_t x = at[d] * s.stride[d] - s.padding[d] + tap[d] * s.dilation[d];
        inside &= x >= 0 && x < wide[d];
        index = index * wide[d] + x;
      }
      if (inside) body(index, n, k);
    }
  }
}

template <class T>
void direct(const Tensor& input, const Tensor& weight, const ConvParams& p, const Space& s,
            const Tensor& out) {
  using C = Ring<Compute<T>>;
  const int64_t in_channels = input.size(1), out_channels = out.size(1);
  const int64_t in_group = in_channels / p.groups, out_group = out_channels / p.groups;
  const int64_t taps = s.kernel_count();
  std::vector<C> sums(static_cast<size_t>(s.out_count()));
  for (int64_t n = 0; n < out.size(0); ++n) {
    for (int64_t o = 0; o < out_channels; ++o) {
      const int64_t group = o / out_group;
      std::fill(sums.begin(), sums.end(), C(0));
      for (int64_t c = 0; c < in_group; ++c) {
        const int64_t channel = group * in_group + c;
        const T* x = input.data<T>() + (n * in_channels + channel) * s.in_count();
        const T* w = weight.data<T>() +
                     (p.transposed ? channel * out_group + o % out_group : o * in_group + c) * taps;
        if (p.transposed) {
          for_taps(s, s.out, s.in, [&](int64_t wide, int64_t narrow, int64_t k) {
            sums[static_cast<size_t>(wide)] += static_cast<C>(x[narrow]) * static_cast<C>(w[k]);
          });
        } else {
          for_taps(s, s.in, s.out, [&](int64_t wide, int64_t narrow, int64_t k) {
            sums[static_cast<size_t>(narrow)] += static_cast<C>(x[wide]) * static_cast<C>(w[k]);
          });
        }
      }
      T* to = out.data<T>() + (n * out_channels + o) * s.out_count();
      for (int64_t i = 0; i < s.out_count(); ++i)
        to[i] = static_cast<T>(sums[static_cast<size_t>(i)]);
    }
  }
}

Tensor convolve_direct(const Tensor& input, const Tensor& weight, const Tensor& bias,
                       const ConvParams& p, const Dims& sizes) {
  const Tensor out = empty(sizes, input.dtype());
  const Space space(input, weight, sizes, p);
  const Tensor x = input.contiguous(), w = weight.contiguous();
  visit(input.dtype(), "conv",
        TypeSet<float, double, Half, BFloat16, uint8_t, int8_t, int16_t, int32_t, int64_t,
                Complex64, Complex128>{},
        [&]<class T>() {
          direct<T>(x, w, p, space, out);
          if (!bias.defined()) return;
          const Tensor b = bias.contiguous();
          for (int64_t i = 0; i < out.numel(); ++i) {
            T& v = out.data<T>()[i];
            v = static_cast<T>(wrapping_sum(
                static_cast<Compute<T>>(v),
                static_cast<Compute<T>>(b.data<T>()[i / space.out_count() % sizes[1]])));
          }
        });
  return out;
}

MemoryFormat channels_last_format(size_t spatial) {
  if (spatial < 2) return MemoryFormat::kContiguous;
  return spatial == 2 ? MemoryFormat::kChannelsLast : MemoryFormat::kChannelsLast3d;
}

void check_dtypes(const Tensor& input, const Tensor& weight, const Tensor& bias) {
  if (bias.defined() && input.dtype() != bias.dtype()) {
    fail("Input type (", name_in_cpp(input.dtype()), ") and bias type (", name_in_cpp(bias.dtype()),
         ") should be the same");
  }
  if (input.dtype() != weight.dtype()) {
    fail("expected scalar type ", dtype_name(input.dtype()), " but found ",
         dtype_name(weight.dtype()));
  }
}

bool all_are(DimsView values, int64_t wanted) {
  return std::all_of(values.begin(), values.end(), [&](int64_t v) { return v == wanted; });
}

bool has_single_taps(const Tensor& weight, const ConvParams& p) {
  return !p.transposed && all_are(weight.sizes().subspan(2), 1) && all_are(p.padding, 0);
}

// A strided convolution of single taps reads few of its inputs: those alone make a dense one, which
// the library runs faster.
bool skips_inputs(const Tensor& weight, const ConvParams& p) {
  return has_single_taps(weight, p) && !all_are(p.stride, 1);
}

// Of images of one pixel it is a linear layer.
bool is_linear(const Tensor& input, const Tensor& weight, const ConvParams& p) {
  return has_single_taps(weight, p) && p.groups == 1 && all_are(input.sizes().subspan(2), 1);
}

Tensor read_inputs(Tensor input, ConvParams& p) {
  for (size_t i = 0; i < p.stride.size(); ++i) {
    const auto dim = static_cast<int64_t>(i) + 2;
    input = input.slice(dim, 0, input.size(dim), p.stride[i]);
    p.stride[i] = 1;
  }
  return input;
}

// `free_layout`: whoever reads the result does not care for its strides.
Tensor convolve(const RunContext& context, Tensor input, Tensor weight, const Tensor& bias,
                const ConvParams& p, Tensor scale = {}, Epilogue* epilogue = nullptr,
                bool free_layout = false) {
  const size_t spatial = p.stride.size();
  const bool batched = input.dim() == static_cast<int64_t>(spatial) + 2;
  if (!batched && input.dim() != static_cast<int64_t>(spatial) + 1) {
    fail("Expected ", spatial + 1, "D (unbatched) or ", spatial + 2, "D (batched) input to conv",
         spatial, "d, but got input of size: ", to_string(input.sizes()));
  }
  if (!batched) input = input.unsqueeze(0);
  check_dtypes(input, weight, bias);
  check_params(p);
  check_shapes(input, weight, bias, p);
  const Dims sizes = output_sizes(input, weight, p);
  const bool in_library =
      input.dtype() == DType::kFloat32 && numel_of(sizes) > 0 && input.numel() > 0;
  if (scale.defined() &&
      !(in_library && onednn::is_constant(weight) && onednn::is_constant(scale))) {
    weight = scale_weights(weight, scale, p.transposed, p.groups);
    scale = Tensor();
  }
  Tensor out;
  if (in_library) {
    // Transposed ones come out contiguous, whatever they are given.
    const bool last =
        free_layout || (!p.transposed && (input.is_channels_last() || weight.is_channels_last()));
    const MemoryFormat format = last ? channels_last_format(spatial) : MemoryFormat::kContiguous;
    out = empty(sizes, DType::kFloat32, format);
    if (!scale.defined() && is_linear(input, weight, p)) {
      const int64_t rows = input.size(0);
      const Tensor matrix = weight.reshape({weight.size(0), weight.size(1)});
      if (streams_weight(context, input, rows, matrix, bias)) {
        stream_weight(context, input, rows, matrix, bias, batched ? epilogue : nullptr, out);
        return batched ? out : out.squeeze(0);
      }
    }
    const bool fused = epilogue && batched && fuses(*epilogue, sizes);
    const MemoryFormat wanted =
        free_layout || input.is_channels_last() ? format : MemoryFormat::kContiguous;
    ConvParams used = p;
    if (skips_inputs(weight, p)) input = read_inputs(input, used);
    onednn::convolve(context, dense_in_format(input, wanted), weight,
                     bias.defined() ? bias.contiguous() : bias, scale, used,
                     fused ? *epilogue : Epilogue(), out);
    if (fused) *epilogue = Epilogue();
  } else {
    out = convolve_direct(input, weight, bias, p, sizes);
  }
  return batched ? out : out.squeeze(0);
}

ConvParams params_of(OpCall& call, size_t spatial) {
  ConvParams p;
  p.stride = spread(call.ints(3), spatial, "stride");
  p.output_padding = Dims(spatial, 0);
  return p;
}

size_t spatial_dims(const Tensor& weight) {
  if (weight.dim() < 3) fail("weight should have at least three dimensions");
  return static_cast<size_t>(weight.dim()) - 2;
}

}  // namespace

void conv_nd(OpCall& call) {
  const Tensor weight = call.tensor(1);
  const size_t spatial = spatial_dims(weight);
  ConvParams p = params_of(call, spatial);
  p.padding = spread(call.ints(4), spatial, "padding");
  p.dilation = spread(call.ints(5), spatial, "dilation");
  p.groups = call.integer(6);
  call.ret(convolve(call.context(), call.tensor(0), weight, call.opt_tensor(2), p));
}

void conv_nd_padding(OpCall& call) {
  const Tensor weight = call.tensor(1);
  Tensor input = call.tensor(0);
  const size_t spatial = spatial_dims(weight);
  const std::string& mode = call.string(4);
  ConvParams p = params_of(call, spatial);
  p.dilation = spread(call.ints(5), spatial, "dilation");
  p.groups = call.integer(6);
  p.padding = Dims(spatial, 0);
  if (mode != "same" && mode != "valid") fail("Invalid padding string: '", mode, "'");
  if (mode == "same") {
    const int64_t lead = input.dim() - static_cast<int64_t>(spatial);
    for (size_t i = 0; i < spatial; ++i) {
      if (p.stride[i] != 1) fail("padding='same' is not supported for strided convolutions");
      const int64_t total = p.dilation[i] * (weight.sizes()[2 + i] - 1);
      p.padding[i] = total / 2;
      if (total % 2 == 0) continue;
      // The odd column goes to the far side.
      Dims padded(input.sizes().begin(), input.sizes().end());
      padded[lead + static_cast<int64_t>(i)] += 1;
      const Tensor wider = zeros(padded, input.dtype());
      const int64_t dim = lead + static_cast<int64_t>(i);
      copy_into(wider.narrow(dim, 0, input.size(dim)), input);
      input = wider;
    }
  }
  call.ret(convolve(call.context(), input, weight, call.opt_tensor(2), p));
}

void conv_transpose_nd(OpCall& call) {
  const Tensor weight = call.tensor(1);
  const size_t spatial = spatial_dims(weight);
  ConvParams p = params_of(call, spatial);
  p.transposed = true;
  p.padding = spread(call.ints(4), spatial, "padding");
  p.output_padding = spread(call.ints(5), spatial, "output_padding");
  p.groups = call.integer(6);
  p.dilation = spread(call.ints(7), spatial, "dilation");
  call.ret(convolve(call.context(), call.tensor(0), weight, call.opt_tensor(2), p));
}

void convolution(OpCall& call) {
  const Tensor weight = call.tensor(1);
  const size_t spatial = spatial_dims(weight);
  ConvParams p = params_of(call, spatial);
  p.padding = spread(call.ints(4), spatial, "padding");
  p.dilation = spread(call.ints(5), spatial, "dilation");
  p.transposed = call.boolean(6);
  p.output_padding = spread(call.ints(7), spatial, "output_padding");
  p.groups = call.integer(8);
  call.ret(convolve(call.context(), call.tensor(0), weight, call.opt_tensor(2), p));
}

void fused_convolution(OpCall& call) {
  const Tensor weight = call.tensor(1);
  const size_t spatial = spatial_dims(weight);
  ConvParams p;
  p.stride = spread(call.ints(4), spatial, "stride");
  p.padding = spread(call.ints(5), spatial, "padding");
  p.dilation = spread(call.ints(6), spatial, "dilation");
  p.transposed = call.boolean(7);
  p.output_padding = spread(call.ints(8), spatial, "output_padding");
  p.groups = call.integer(9);
  Epilogue epilogue = epilogue_of(call, 10);
  const Tensor out = convolve(call.context(), call.tensor(0), weight, call.opt_tensor(2), p,
                              call.opt_tensor(3), &epilogue, call.boolean(15));
  call.ret(epilogue.empty() ? out : finish(call, out, epilogue));
}

}  // namespace temper
