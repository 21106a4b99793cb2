#include "kernels/cpu/conv.h"

#include "kernels/ops/families.h"

namespace temper {

void add_conv(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::conv1d", conv_nd},
      {"aten::conv2d", conv_nd},
      {"aten::conv3d", conv_nd},
      {"aten::conv1d.padding", conv_nd_padding},
      {"aten::conv2d.padding", conv_nd_padding},
      {"aten::conv3d.padding", conv_nd_padding},
      {"aten::_convolution_mode", conv_nd_padding},
      {"aten::conv_transpose1d", conv_transpose_nd},
      {"aten::conv_transpose2d.input", conv_transpose_nd},
      {"aten::conv_transpose3d.input", conv_transpose_nd},
      {"aten::convolution", convolution},
      {"aten::_convolution", convolution},
      {"aten::_convolution.deprecated", convolution},
  };
  registry.add(kRows);
}

}  // namespace temper
