#include "kernels/cpu/resize.h"

#include "kernels/ops/families.h"

namespace temper {

void add_resize(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::upsample_nearest1d", resize_nearest},
      {"aten::upsample_nearest1d.vec", resize_nearest},
      {"aten::upsample_nearest2d", resize_nearest},
      {"aten::upsample_nearest2d.vec", resize_nearest},
      {"aten::upsample_nearest3d", resize_nearest},
      {"aten::upsample_nearest3d.vec", resize_nearest},
      {"aten::_upsample_nearest_exact1d", resize_nearest_exact},
      {"aten::_upsample_nearest_exact1d.vec", resize_nearest_exact},
      {"aten::_upsample_nearest_exact2d", resize_nearest_exact},
      {"aten::_upsample_nearest_exact2d.vec", resize_nearest_exact},
      {"aten::_upsample_nearest_exact3d", resize_nearest_exact},
      {"aten::_upsample_nearest_exact3d.vec", resize_nearest_exact},
      {"aten::upsample_linear1d", resize_linear},
      {"aten::upsample_linear1d.vec", resize_linear},
      {"aten::upsample_bilinear2d", resize_linear},
      {"aten::upsample_bilinear2d.vec", resize_linear},
      {"aten::upsample_trilinear3d", resize_linear},
      {"aten::upsample_trilinear3d.vec", resize_linear},
      {"aten::upsample_bicubic2d", resize_cubic},
      {"aten::upsample_bicubic2d.vec", resize_cubic},
      {"aten::_upsample_bilinear2d_aa", resize_linear_antialias},
      {"aten::_upsample_bilinear2d_aa.vec", resize_linear_antialias},
      {"aten::_upsample_bicubic2d_aa", resize_cubic_antialias},
      {"aten::_upsample_bicubic2d_aa.vec", resize_cubic_antialias},
  };
  registry.add(kRows);
}

}  // namespace temper
