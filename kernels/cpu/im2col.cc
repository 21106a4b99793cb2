// Sliding blocks of images as columns, and back.
#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/op/run_context.h"
#include "core/sync/parallel.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/indexing.h"

namespace temper::indexing {
namespace {

struct Blocks {
  int64_t kernel[2], dilation[2], padding[2], stride[2];
  int64_t image[2];   // height, width
  int64_t blocks[2];  // how many blocks fit
  int64_t count() const { return blocks[0] * blocks[1]; }
  int64_t taps() const { return kernel[0] * kernel[1]; }
};

void read_pair(const OpCall& call, size_t i, const char* what, int64_t least, int64_t most,
               int64_t* out) {
  const Dims values = call.ints(i);
  if (values.size() != 2)
    fail("It is expected ", what, " equals to 2, but got size ", values.size());
  for (int k = 0; k < 2; ++k) {
    out[k] = values[k];
    if (out[k] > most) fail(what, " of ", out[k], " is too large");
    if (out[k] < least) {
      fail(what, " should be ", least > 0 ? "greater than zero" : "non-negative", ", but got ",
           what, "_height: ", values[0], " ", what, "_width: ", values[1]);
    }
  }
}

// kernel, dilation, padding and stride at `first` and the three arguments after it.
Blocks read_blocks(const OpCall& call, size_t first, int64_t height, int64_t width) {
  Blocks b;
  read_pair(call, first, "kernel_size", 1, INT32_MAX, b.kernel);
  read_pair(call, first + 1, "dilation", 1, INT32_MAX, b.dilation);
  read_pair(call, first + 2, "padding", 0, INT32_MAX, b.padding);
  read_pair(call, first + 3, "stride", 1, INT64_MAX, b.stride);
  numel_of({height, width});  // refuses negative and huge ones
  b.image[0] = height;
  b.image[1] = width;
  for (int k = 0; k < 2; ++k) {
    const int64_t room = b.image[k] + 2 * b.padding[k] - b.dilation[k] * (b.kernel[k] - 1) - 1;
    b.blocks[k] = room < 0 ? 0 : room / b.stride[k] + 1;
  }
  if (b.count() < 1) {
    fail("Given input with spatial size (", height, ", ", width, "), kernel_size=(", b.kernel[0],
         ", ", b.kernel[1], "), dilation=(", b.dilation[0], ", ", b.dilation[1], "), padding=(",
         b.padding[0], ", ", b.padding[1], "), stride=(", b.stride[0], ", ", b.stride[1],
         "), calculated shape of the array of sliding blocks as (", b.blocks[0], ", ", b.blocks[1],
         "), but its components must be at least one.");
  }
  return b;
}

// Calls each(column element, image element or -1) for the columns of one channel.
template <class Each>
void for_each_tap(const Blocks& b, const Each& each) {
  int64_t at = 0;
  for (int64_t tap = 0; tap < b.taps(); ++tap) {
    const int64_t dy = tap / b.kernel[1] * b.dilation[0] - b.padding[0];
    const int64_t dx = tap % b.kernel[1] * b.dilation[1] - b.padding[1];
    for (int64_t i = 0; i < b.blocks[0]; ++i) {
      const int64_t y = i * b.stride[0] + dy;
      for (int64_t j = 0; j < b.blocks[1]; ++j, ++at) {
        const int64_t x = j * b.stride[1] + dx;
        const bool inside = y >= 0 && y < b.image[0] && x >= 0 && x < b.image[1];
        each(at, inside ? y * b.image[1] + x : -1);
      }
    }
  }
}

}  // namespace

void im2col(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (self.dim() != 3 && self.dim() != 4) {
    fail(
        "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero "
        "dimensions for input, but got: ",
        to_string(self.sizes()));
  }
  const int64_t channels = self.size(-3);
  const Blocks b = read_blocks(call, 1, self.size(-2), self.size(-1));
  const int64_t images = (self.dim() == 4 ? self.sizes()[0] : 1) * channels;
  Dims sizes{numel_of({channels, b.taps()}), b.count()};
  if (self.dim() == 4) sizes.insert(sizes.begin(), self.sizes()[0]);
  const Tensor out = empty(sizes, self.dtype()), source = self.contiguous();
  visit_size(self.dtype(), [&]<class T>() {
    call.context().workers->parallel_for(0, images, 1, [&](int64_t begin, int64_t end) {
      for (int64_t c = begin; c < end; ++c) {
        const T* from = reinterpret_cast<const T*>(source.raw()) + c * b.image[0] * b.image[1];
        T* to = reinterpret_cast<T*>(out.raw()) + c * b.taps() * b.count();
        for_each_tap(b, [&](int64_t at, int64_t pixel) { to[at] = pixel < 0 ? T{} : from[pixel]; });
      }
    });
  });
  call.ret(out);
}

void col2im(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (self.dim() != 2 && self.dim() != 3) {
    fail(
        "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero "
        "dimensions for input, but got: ",
        to_string(self.sizes()));
  }
  const Dims image = call.ints(1);
  if (image.size() != 2)
    fail("It is expected output_size equals to 2, but got size ", image.size());
  const Blocks b = read_blocks(call, 2, image[0], image[1]);
  if (self.size(-2) % b.taps() != 0) {
    fail(
        "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but "
        "got input.size(1)=",
        self.size(-2), " and kernel_size=(", b.kernel[0], ", ", b.kernel[1], ").");
  }
  if (self.size(-1) != b.count()) {
    fail(
        "Given output_size=(", image[0], ", ", image[1], "), kernel_size=(", b.kernel[0], ", ",
        b.kernel[1], "), dilation=(", b.dilation[0], ", ", b.dilation[1], "), padding=(",
        b.padding[0], ", ", b.padding[1], "), stride=(", b.stride[0], ", ", b.stride[1],
        "), expected size of input's dimension 2 to match the calculated number of sliding blocks ",
        b.blocks[0], " * ", b.blocks[1], " = ", b.count(),
        ", but got input.size(2)=", self.size(-1), ".");
  }
  const int64_t channels = self.size(-2) / b.taps();
  const int64_t images = (self.dim() == 3 ? self.sizes()[0] : 1) * channels;
  Dims sizes{channels, image[0], image[1]};
  if (self.dim() == 3) sizes.insert(sizes.begin(), self.sizes()[0]);
  const Tensor out = zeros(sizes, self.dtype()), source = self.contiguous();
  visit(self.dtype(), "col2im_out_cpu",
        TypeSet<float, double, Half, BFloat16, Complex64, Complex128>{}, [&]<class T>() {
          call.context().workers->parallel_for(0, images, 1, [&](int64_t begin, int64_t end) {
            for (int64_t c = begin; c < end; ++c) {
              const T* from = source.data<T>() + c * b.taps() * b.count();
              T* to = out.data<T>() + c * b.image[0] * b.image[1];
              for_each_tap(b, [&](int64_t at, int64_t pixel) {
                if (pixel >= 0) {
                  to[pixel] =
                      T(static_cast<Compute<T>>(to[pixel]) + static_cast<Compute<T>>(from[at]));
                }
              });
            }
          });
        });
  call.ret(out);
}

}  // namespace temper::indexing
