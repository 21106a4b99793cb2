#include "kernels/cpu/resample/kernels.h"
#include "kernels/ops/families.h"

namespace temper {

void add_resample(OpRegistry& registry) {
  using enum Interpolation;
  static constexpr OpRow kRows[] = {
      {"aten::upsample_nearest1d", upsample<kNearest, 1>},
      {"aten::upsample_nearest2d", upsample<kNearest, 2>, kFollowsLayout},
      {"aten::upsample_nearest3d", upsample<kNearest, 3>},
      {"aten::upsample_nearest1d.vec", upsample_vec<kNearest, 1>},
      {"aten::upsample_nearest2d.vec", upsample_vec<kNearest, 2>, kFollowsLayout},
      {"aten::upsample_nearest3d.vec", upsample_vec<kNearest, 3>},
      {"aten::_upsample_nearest_exact1d", upsample<kNearestExact, 1>},
      {"aten::_upsample_nearest_exact2d", upsample<kNearestExact, 2>},
      {"aten::_upsample_nearest_exact3d", upsample<kNearestExact, 3>},
      {"aten::_upsample_nearest_exact1d.vec", upsample_vec<kNearestExact, 1>},
      {"aten::_upsample_nearest_exact2d.vec", upsample_vec<kNearestExact, 2>},
      {"aten::_upsample_nearest_exact3d.vec", upsample_vec<kNearestExact, 3>},
      {"aten::upsample_linear1d", upsample<kLinear, 1>},
      {"aten::upsample_bilinear2d", upsample<kLinear, 2>, kFollowsLayout},
      {"aten::upsample_trilinear3d", upsample<kLinear, 3>},
      {"aten::upsample_linear1d.vec", upsample_vec<kLinear, 1>},
      {"aten::upsample_bilinear2d.vec", upsample_vec<kLinear, 2>, kFollowsLayout},
      {"aten::upsample_trilinear3d.vec", upsample_vec<kLinear, 3>},
      {"aten::upsample_bicubic2d", upsample<kCubic, 2>},
      {"aten::upsample_bicubic2d.vec", upsample_vec<kCubic, 2>},
      {"aten::_upsample_bilinear2d_aa", upsample<kLinearArea, 2>},
      {"aten::_upsample_bilinear2d_aa.vec", upsample_vec<kLinearArea, 2>},
      {"aten::_upsample_bicubic2d_aa", upsample<kCubicArea, 2>},
      {"aten::_upsample_bicubic2d_aa.vec", upsample_vec<kCubicArea, 2>},
      {"aten::grid_sampler", grid_sampler},
      {"aten::grid_sampler_2d", grid_sampler},
      {"aten::grid_sampler_3d", grid_sampler},
      {"aten::_grid_sampler_2d_cpu_fallback", grid_sampler},
      {"aten::affine_grid_generator", affine_grid_generator},
  };
  registry.add(kRows);
}

}  // namespace temper
