#include "kernels/cpu/vision/kernels.h"
#include "kernels/ops/families.h"

namespace temper {

void add_vision(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"torchvision::nms", nms},
      {"torchvision::roi_align", roi_align},
      {"torchvision::roi_pool", roi_pool},
      {"torchvision::ps_roi_align", ps_roi_align},
      {"torchvision::ps_roi_pool", ps_roi_pool},
      {"torchvision::deform_conv2d", deform_conv2d},
  };
  registry.add(kRows);
}

}  // namespace temper
