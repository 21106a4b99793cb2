#include "kernels/cpu/fft/kernels.h"
#include "kernels/ops/families.h"

namespace temper {

void add_fft(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::_fft_c2c", fft_c2c},
      {"aten::_fft_r2c", fft_r2c},
      {"aten::_fft_c2r", fft_c2r},
  };
  registry.add(kRows);
}

}  // namespace temper
