// torchaudio's filters. In files of 1.13 the loops give nothing; nobody asks for their results.
#include "kernels/cpu/audio.h"

#include "kernels/ops/families.h"

namespace temper {

void add_audio(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"torchaudio::_lfilter", audio::lfilter},
      {"torchaudio::_lfilter_core_loop", audio::lfilter_core_loop},
      {"torchaudio::_overdrive_core_loop", audio::overdrive_core_loop},
  };
  registry.add(kRows);
}

}  // namespace temper
