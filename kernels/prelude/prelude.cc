#include "kernels/prelude/prelude.h"

// clang-format off
#define TEMPER_PRELUDE_FILES(X) \
  X(activations)                \
  X(attention)                  \
  X(calculus)                   \
  X(convolutions)               \
  X(creation)                   \
  X(dropout)                    \
  X(fft)                        \
  X(histograms)                 \
  X(internal)                   \
  X(linalg)                     \
  X(losses)                     \
  X(norms)                      \
  X(products)                   \
  X(random)                     \
  X(statistics)
// clang-format on

#define TEMPER_PRELUDE_DECLARE(family)                      \
  extern "C" const char temper_embedded_prelude_##family[]; \
  extern "C" const char temper_embedded_prelude_##family##_end[];
TEMPER_PRELUDE_FILES(TEMPER_PRELUDE_DECLARE)
#undef TEMPER_PRELUDE_DECLARE

namespace temper {

absl::Span<const PreludeFile> prelude_files() {
#define TEMPER_PRELUDE_ENTRY(family)                                        \
  PreludeFile{#family ".py",                                                \
              {temper_embedded_prelude_##family,                            \
               static_cast<size_t>(temper_embedded_prelude_##family##_end - \
                                   temper_embedded_prelude_##family)}},
  static const PreludeFile kFiles[] = {TEMPER_PRELUDE_FILES(TEMPER_PRELUDE_ENTRY)};
#undef TEMPER_PRELUDE_ENTRY
  return kFiles;
}

}  // namespace temper
