#include "kernels/cpu/conv.h"

#include "kernels/ops/families.h"

namespace temper {

void add_conv(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::conv1d", conv_nd, kKeepsRank},
      {"aten::conv2d", conv_nd, kKeepsRank},
      {"aten::conv3d", conv_nd, kKeepsRank},
      {"aten::conv1d.padding", conv_nd_padding, kKeepsRank},
      {"aten::conv2d.padding", conv_nd_padding, kKeepsRank},
      {"aten::conv3d.padding", conv_nd_padding, kKeepsRank},
      {"aten::_convolution_mode", conv_nd_padding, kKeepsRank},
      {"aten::conv_transpose1d", conv_transpose_nd, kKeepsRank},
      {"aten::conv_transpose2d.input", conv_transpose_nd, kKeepsRank},
      {"aten::conv_transpose3d.input", conv_transpose_nd, kKeepsRank},
      {"aten::convolution", convolution, kKeepsRank},
      {"aten::_convolution", convolution, kKeepsRank},
      {"aten::_convolution.deprecated", convolution, kKeepsRank},
      {"temper::conv", fused_convolution, kKeepsRank | kBatchWise},
      {"temper::fold_batch_norm", fold_batch_norm},
  };
  registry.add(kRows);
}

}  // namespace temper
