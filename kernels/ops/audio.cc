// torchaudio's loops over time. In files of 1.13 two of them give nothing; nobody asks for it.
#include "kernels/cpu/audio.h"

#include "kernels/ops/families.h"

namespace temper {

void add_audio(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"torchaudio::_lfilter", audio::lfilter},
      {"torchaudio::forced_align", audio::forced_align},
      {"torchaudio::_lfilter_core_loop", audio::lfilter_core_loop},
      {"torchaudio::_overdrive_core_loop", audio::overdrive_core_loop},
      {"torchaudio::rnnt_loss", audio::rnnt_loss},
  };
  registry.add(kRows);
}

}  // namespace temper
