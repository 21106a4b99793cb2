#include "kernels/cpu/phases.h"

#include <algorithm>
#include <cstring>

namespace temper {
namespace {

// visit(pixels of one phase in the images, their place in the phases)
template <class Visit>
void each_phase(const Tensor& images, const Tensor& phases, const Dims& apart, Visit visit) {
  const int64_t count = images.size(0), height = images.size(2), width = images.size(3);
  for (int64_t i = 0; i < std::min(apart[0], height); ++i) {
    for (int64_t j = 0; j < std::min(apart[1], width); ++j) {
      const Tensor pixels = images.slice(2, i, height, apart[0]).slice(3, j, width, apart[1]);
      const Tensor place = phases.narrow(0, (i * apart[1] + j) * count, count)
                               .narrow(2, 0, pixels.size(2))
                               .narrow(3, 0, pixels.size(3));
      visit(pixels, place);
    }
  }
}

}  // namespace

Dims sizes_of_phases(DimsView images, const Dims& apart) {
  const auto each = [&](size_t dim) { return (images[2 + dim] + apart[dim] - 1) / apart[dim]; };
  return {images[0] * apart[0] * apart[1], images[1], each(0), each(1)};
}

Tensor phases_of(const Tensor& images, const Dims& apart) {
  const Tensor phases =
      empty(sizes_of_phases(images.sizes(), apart), DType::kFloat32, MemoryFormat::kChannelsLast);
  if (phases.numel() != images.numel()) {
    std::memset(phases.data<float>(), 0, static_cast<size_t>(phases.numel()) * sizeof(float));
  }
  each_phase(images, phases, apart,
             [](const Tensor& pixels, const Tensor& place) { copy_into(place, pixels); });
  return phases;
}

void join_phases(const Tensor& phases, const Dims& apart, const Tensor& images) {
  each_phase(images, phases, apart,
             [](const Tensor& pixels, const Tensor& place) { copy_into(pixels, place); });
}

}  // namespace temper
