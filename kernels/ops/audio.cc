// torchaudio's filters. The loops write arguments that their signatures do not mark.
#include "kernels/cpu/audio.h"

#include "kernels/ops/families.h"

namespace temper {

void add_audio(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"torchaudio::_lfilter", audio::lfilter},
      {"torchaudio::_lfilter_core_loop", audio::lfilter_core_loop, kSideEffect},
      {"torchaudio::_overdrive_core_loop", audio::overdrive_core_loop, kSideEffect},
  };
  registry.add(kRows);
}

}  // namespace temper
