#include "kernels/cpu/resample/kernels.h"
#include "kernels/ops/families.h"

namespace temper {

void add_resample(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::upsample_nearest1d", upsample_nearest},
      {"aten::upsample_nearest2d", upsample_nearest, kFollowsLayout},
      {"aten::upsample_nearest3d", upsample_nearest},
      {"aten::upsample_nearest1d.vec", upsample_nearest_vec},
      {"aten::upsample_nearest2d.vec", upsample_nearest_vec, kFollowsLayout},
      {"aten::upsample_nearest3d.vec", upsample_nearest_vec},
      {"aten::_upsample_nearest_exact1d", upsample_nearest_exact},
      {"aten::_upsample_nearest_exact2d", upsample_nearest_exact},
      {"aten::_upsample_nearest_exact3d", upsample_nearest_exact},
      {"aten::_upsample_nearest_exact1d.vec", upsample_nearest_exact_vec},
      {"aten::_upsample_nearest_exact2d.vec", upsample_nearest_exact_vec},
      {"aten::_upsample_nearest_exact3d.vec", upsample_nearest_exact_vec},
      {"aten::upsample_linear1d", upsample_linear},
      {"aten::upsample_bilinear2d", upsample_linear, kFollowsLayout},
      {"aten::upsample_trilinear3d", upsample_linear},
      {"aten::upsample_linear1d.vec", upsample_linear_vec},
      {"aten::upsample_bilinear2d.vec", upsample_linear_vec, kFollowsLayout},
      {"aten::upsample_trilinear3d.vec", upsample_linear_vec},
      {"aten::upsample_bicubic2d", upsample_cubic},
      {"aten::upsample_bicubic2d.vec", upsample_cubic_vec},
      {"aten::_upsample_bilinear2d_aa", upsample_linear_antialias},
      {"aten::_upsample_bilinear2d_aa.vec", upsample_linear_antialias_vec},
      {"aten::_upsample_bicubic2d_aa", upsample_cubic_antialias},
      {"aten::_upsample_bicubic2d_aa.vec", upsample_cubic_antialias_vec},
      {"aten::grid_sampler", grid_sampler},
      {"aten::grid_sampler_2d", grid_sampler},
      {"aten::grid_sampler_3d", grid_sampler},
      {"aten::_grid_sampler_2d_cpu_fallback", grid_sampler},
      {"aten::affine_grid_generator", affine_grid_generator},
  };
  registry.add(kRows);
}

}  // namespace temper
