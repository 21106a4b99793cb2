// Operators that rebind their first argument, and shuffles.
#include "core/base/error.h"
#include "kernels/cpu/fill.h"
#include "kernels/cpu/view_math.h"
#include "kernels/cpu/views.h"

namespace temper::views {
namespace {

void rebind(OpCall& call, const Tensor& view) {
  const IValue self = call.in(0);
  self.to_tensor().set_view(view);
  call.ret(self);
}

void resize_in(OpCall& call, DimsView sizes, MemoryFormat format) {
  const IValue value = call.in(0);
  Tensor self = value.to_tensor();
  self.resize(sizes);
  if (format == MemoryFormat::kChannelsLast || format == MemoryFormat::kChannelsLast3d) {
    self.impl()->strides = channels_last_strides(sizes);
    self.impl()->refresh();
  }
  call.ret(value);
}

// Lists [1, upscale] x spatial: the common part of both shuffles checks.
void check_image(const Tensor& self, const char* name) {
  if (self.dim() < 3) {
    fail(name, " expects input to have at least 3 dimensions, but got input with ", self.dim(),
         " dimension(s)");
  }
}

// A copy in the memory format that `self` suggests.
Tensor shuffled(const Tensor& self, const Tensor& permuted, DimsView sizes) {
  const bool last = self.dim() == 4 && self.is_channels_last();
  Tensor out =
      empty(sizes, self.dtype(),
            last && sizes.size() == 4 ? MemoryFormat::kChannelsLast : MemoryFormat::kContiguous);
  if (out.is_contiguous()) {
    copy_into(out.view_as_shape(permuted.sizes()), permuted);
  } else {
    copy_into(out, permuted.reshape(sizes));
  }
  return out;
}

}  // namespace

void transpose_in_place(OpCall& call) {
  rebind(call, call.tensor(0).transpose(call.integer(1), call.integer(2)));
}

void t_in_place(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (self.dim() > 2) {
    fail("t_() expects a tensor with <= 2 dimensions, but self is ", self.dim(), "D");
  }
  rebind(call, self.dim() < 2 ? self : self.transpose(0, 1));
}

void squeeze_in_place(OpCall& call) { rebind(call, squeeze_all(call.tensor(0))); }
void squeeze_dims_in_place(OpCall& call) {
  rebind(call, squeeze_listed(call.tensor(0), call.ints(1)));
}
void unsqueeze_in_place(OpCall& call) { rebind(call, call.tensor(0).unsqueeze(call.integer(1))); }

void as_strided_in_place(OpCall& call) {
  const Tensor self = call.tensor(0);
  rebind(call, self.as_strided(call.ints(1), call.ints(2), call.integer_or(3, self.offset())));
}

void detach_in_place(OpCall& call) {
  call.tensor(0).impl()->requires_grad = false;
  call.ret(call.in(0));
}

void resize_in_place(OpCall& call) {
  resize_in(call, call.ints(1), memory_format_or(call, 2, MemoryFormat::kContiguous));
}

void resize_as_in_place(OpCall& call) {
  const Tensor shape = call.tensor(1);
  MemoryFormat format = memory_format_or(call, 2, MemoryFormat::kContiguous);
  if (format == MemoryFormat::kPreserve) {
    format = shape.dim() == 4 && shape.is_channels_last() ? MemoryFormat::kChannelsLast
                                                          : MemoryFormat::kContiguous;
  }
  resize_in(call, Dims(shape.sizes().begin(), shape.sizes().end()), format);
}

void set_empty(OpCall& call) { rebind(call, empty({0}, call.tensor(0).dtype())); }

void set_tensor(OpCall& call) {
  const Tensor self = call.tensor(0), source = call.tensor(1);
  if (self.dtype() != source.dtype()) {
    fail("Could not set tensor of type ", dtype_name(source.dtype()), " to a tensor of type ",
         dtype_name(self.dtype()));
  }
  rebind(call, source);
}

void set_tensor_view(OpCall& call) {
  const Tensor self = call.tensor(0), source = call.tensor(1);
  if (self.dtype() != source.dtype()) {
    fail("Could not set tensor of type ", dtype_name(source.dtype()), " to a tensor of type ",
         dtype_name(self.dtype()));
  }
  const Dims sizes = call.ints(3);
  Dims strides = call.ints(4);
  if (strides.empty()) strides = contiguous_strides(sizes);
  rebind(call, source.as_strided(sizes, strides, call.integer(2)));
}

void pixel_shuffle(OpCall& call) {
  const Tensor self = call.tensor(0);
  check_image(self, "pixel_shuffle");
  const int64_t r = call.integer(1);
  if (r <= 0) fail("pixel_shuffle expects a positive upscale_factor, but got ", r);
  const int64_t channels = self.size(-3), h = self.size(-2), w = self.size(-1);
  int64_t square = 0;
  const bool too_large = __builtin_mul_overflow(r, r, &square);
  if (too_large || channels % square != 0) {
    fail(
        "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of "
        "upscale_factor, but input.size(-3)=",
        channels, " is not divisible by ", square);
  }
  Dims batch(self.sizes().begin(), self.sizes().end() - 3);
  Dims split = batch, out = batch, order;
  for (int64_t d : {channels / square, r, r, h, w}) split.push_back(d);
  for (int64_t d : {channels / square, h * r, w * r}) out.push_back(d);
  const int64_t b = static_cast<int64_t>(batch.size());
  for (int64_t d = 0; d < b; ++d) order.push_back(d);
  for (int64_t d : {b, b + 3, b + 1, b + 4, b + 2}) order.push_back(d);
  call.ret(shuffled(self, self.reshape(split).permute(order), out));
}

void pixel_unshuffle(OpCall& call) {
  const Tensor self = call.tensor(0);
  check_image(self, "pixel_unshuffle");
  const int64_t r = call.integer(1);
  if (r <= 0) fail("pixel_unshuffle expects a positive downscale_factor, but got ", r);
  const int64_t channels = self.size(-3), h = self.size(-2), w = self.size(-1);
  if (h % r != 0) {
    fail("pixel_unshuffle expects height to be divisible by downscale_factor, but input.size(-2)=",
         h, " is not divisible by ", r);
  }
  if (w % r != 0) {
    fail("pixel_unshuffle expects width to be divisible by downscale_factor, but input.size(-1)=",
         w, " is not divisible by ", r);
  }
  Dims batch(self.sizes().begin(), self.sizes().end() - 3);
  Dims split = batch, out = batch, order;
  for (int64_t d : {channels, h / r, r, w / r, r}) split.push_back(d);
  for (int64_t d : {numel_of({channels, r, r}), h / r, w / r}) out.push_back(d);
  const int64_t b = static_cast<int64_t>(batch.size());
  for (int64_t d = 0; d < b; ++d) order.push_back(d);
  for (int64_t d : {b, b + 2, b + 4, b + 1, b + 3}) order.push_back(d);
  call.ret(shuffled(self, self.reshape(split).permute(order), out));
}

void channel_shuffle(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (self.dim() < 3)
    fail("channel_shuffle expects input with > 2 dims, but got input with sizes ",
         to_string(self.sizes()));
  const int64_t groups = call.integer(1), channels = self.sizes()[1];
  if (groups <= 0)
    fail("Number of groups to divide channels in must be positive. Value of groups:", groups);
  if (channels % groups != 0) {
    fail("Number of channels must be divisible by groups. Got ", channels, " channels and ", groups,
         " groups.");
  }
  Dims split{self.sizes()[0], groups, channels / groups};
  split.insert(split.end(), self.sizes().begin() + 2, self.sizes().end());
  call.ret(shuffled(self, self.reshape(split).transpose(1, 2), self.sizes()));
}

}  // namespace temper::views
