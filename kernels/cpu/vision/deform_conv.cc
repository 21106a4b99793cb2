#include <cmath>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/matmul.h"
#include "kernels/cpu/vision/kernels.h"

namespace temper {
namespace {

struct Deform {
  Tensor input, weight, offset, mask;  // contiguous; mask undefined when unused
  int64_t stride[2], padding[2], dilation[2];
  int64_t groups, offset_groups;
  int64_t out[2];

  int64_t kernel(int d) const { return weight.size(2 + d); }
  int64_t taps() const { return kernel(0) * kernel(1); }
  int64_t positions() const { return out[0] * out[1]; }
};

template <class T>
T value_at(const T* plane, int64_t rows, int64_t columns, T y, T x) {
  if (!(y > T(-1) && y < static_cast<T>(rows) && x > T(-1) && x < static_cast<T>(columns))) {
    return T(0);
  }
  const int64_t top = static_cast<int64_t>(std::floor(y)),
                left = static_cast<int64_t>(std::floor(x));
  const T dy = y - static_cast<T>(top), dx = x - static_cast<T>(left);
  const auto at = [&](int64_t i, int64_t j) {
    return i >= 0 && i < rows && j >= 0 && j < columns ? plane[i * columns + j] : T(0);
  };
  return (1 - dy) * (1 - dx) * at(top, left) + (1 - dy) * dx * at(top, left + 1) +
         dy * (1 - dx) * at(top + 1, left) + dy * dx * at(top + 1, left + 1);
}

// Columns [channels * taps][positions] of one image.
template <class T>
void gather_columns(const RunContext& context, const Deform& d, int64_t image, T* columns) {
  const int64_t channels = d.input.size(1), rows = d.input.size(2), width = d.input.size(3);
  const int64_t per_group = channels / d.offset_groups, positions = d.positions();
  context.workers->parallel_for(0, channels, 1, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      const T* plane = d.input.data<T>() + (image * channels + c) * rows * width;
      const int64_t group = image * d.offset_groups + c / per_group;
      const T* offset = d.offset.data<T>() + group * 2 * d.taps() * positions;
      const T* mask = d.mask.defined() ? d.mask.data<T>() + group * d.taps() * positions : nullptr;
      for (int64_t tap = 0; tap < d.taps(); ++tap) {
        T* to = columns + (c * d.taps() + tap) * positions;
        for (int64_t p = 0; p < positions; ++p) {
          const T y = static_cast<T>(p / d.out[1] * d.stride[0] - d.padding[0] +
                                     tap / d.kernel(1) * d.dilation[0]) +
                      offset[2 * tap * positions + p];
          const T x = static_cast<T>(p % d.out[1] * d.stride[1] - d.padding[1] +
                                     tap % d.kernel(1) * d.dilation[1]) +
                      offset[(2 * tap + 1) * positions + p];
          const T value = value_at<T>(plane, rows, width, y, x);
          to[p] = mask ? value * mask[tap * positions + p] : value;
        }
      }
    }
  });
}

void check(const Deform& d) {
  if (d.input.dim() != 4 || d.weight.dim() != 4 || d.offset.dim() != 4) {
    fail("deform_conv2d: input, weight and offset must be 4-D");
  }
  for (const Tensor* t : {&d.weight, &d.offset, &d.mask}) {
    if (t->defined() && t->dtype() != d.input.dtype()) {
      fail("deform_conv2d: expected operands of one dtype, got ", dtype_name(d.input.dtype()),
           " and ", dtype_name(t->dtype()));
    }
  }
  for (int i = 0; i < 2; ++i) {
    if (d.stride[i] <= 0 || d.dilation[i] <= 0 || d.padding[i] < 0) {
      fail("deform_conv2d: strides and dilations must be positive, padding not negative");
    }
    if (d.out[i] <= 0)
      fail("Calculated output size too small - out_h: ", d.out[0], " out_w: ", d.out[1]);
  }
  if (d.groups <= 0 || d.offset_groups <= 0 || d.input.size(1) != d.weight.size(1) * d.groups ||
      d.weight.size(0) % d.groups != 0 || d.input.size(1) % d.offset_groups != 0) {
    fail("deform_conv2d: ", d.input.size(1), " input channels do not fit weights ",
         to_string(d.weight.sizes()), " with ", d.groups, " groups");
  }
  if (d.offset.size(1) != d.offset_groups * 2 * d.taps()) {
    fail("offset.shape[1] is not valid: got: ", d.offset.size(1),
         " expected: ", d.offset_groups * 2 * d.taps());
  }
  if (d.mask.defined() && (d.mask.dim() != 4 || d.mask.size(1) != d.offset_groups * d.taps())) {
    fail("mask.shape[1] is not valid: got: ", d.mask.size(1),
         " expected: ", d.offset_groups * d.taps());
  }
  for (const Tensor* t : {&d.offset, &d.mask}) {
    if (t->defined() &&
        (t->size(0) != d.input.size(0) || t->size(2) != d.out[0] || t->size(3) != d.out[1])) {
      fail("offset and mask output dims ", to_string(t->sizes()), " do not match the computed [",
           d.out[0], ", ", d.out[1], "]");
    }
  }
}

}  // namespace

// (input, weight, offset, mask, bias, stride, padding, dilation, groups, offset_groups, use_mask)
void deform_conv2d(OpCall& call) {
  Deform d{call.tensor(0).contiguous(),
           call.tensor(1).contiguous(),
           call.tensor(2).contiguous(),
           {},
           {call.integer(5), call.integer(6)},
           {call.integer(7), call.integer(8)},
           {call.integer(9), call.integer(10)},
           call.integer(11),
           call.integer(12),
           {0, 0}};
  if (call.boolean(13)) d.mask = call.tensor(3).contiguous();
  for (size_t i = 5; i < 13; ++i) {
    const int64_t value = call.integer(i);
    if (value < INT32_MIN || value > INT32_MAX) fail("deform_conv2d: ", value, " is too large");
  }
  if (d.input.dim() == 4 && d.weight.dim() == 4) {
    for (int i = 0; i < 2; ++i) {
      const int64_t reach = d.dilation[i] * (d.kernel(i) - 1) + 1;
      d.out[i] =
          d.stride[i] > 0 ? (d.input.size(2 + i) + 2 * d.padding[i] - reach) / d.stride[i] + 1 : 0;
    }
  }
  check(d);
  const DType dtype = d.input.dtype();
  const int64_t images = d.input.size(0), channels = d.weight.size(0);
  const int64_t inner = d.weight.size(1) * d.taps(), per_group = channels / d.groups;
  const Tensor out = empty({images, channels, d.out[0], d.out[1]}, dtype);
  const Tensor columns = empty({d.groups, inner, d.positions()}, dtype);
  const Tensor weight = d.weight.view_as_shape({d.groups, per_group, inner});
  const Tensor bias = call.tensor(4);
  visit(dtype, "deform_conv2d", FloatTypes{}, [&]<class T>() {
    for (int64_t i = 0; i < images; ++i) {
      gather_columns<T>(call.context(), d, i, columns.data<T>());
      const Tensor product =
          matmul_of(call.context(), weight, columns).view_as_shape({channels, d.positions()});
      copy_into(out.select(0, i).view_as_shape({channels, d.positions()}),
                scaled_sum(bias.unsqueeze(1), product, 1, 1));
    }
  });
  call.ret(out);
}

}  // namespace temper
