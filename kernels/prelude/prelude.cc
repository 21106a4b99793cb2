#include "kernels/prelude/prelude.h"

// clang-format off
#define TEMPER_PRELUDE_FILES(X) \
  X(activations, aten)          \
  X(attention, aten)            \
  X(calculus, aten)             \
  X(convolutions, aten)         \
  X(creation, aten)             \
  X(dropout, aten)              \
  X(fft, aten)                  \
  X(histograms, aten)           \
  X(internal, aten)             \
  X(linalg, aten)               \
  X(losses, aten)               \
  X(norms, aten)                \
  X(packed, prepacked)          \
  X(products, aten)             \
  X(random, aten)               \
  X(statistics, aten)
// clang-format on

#define TEMPER_PRELUDE_DECLARE(family, space)               \
  extern "C" const char temper_embedded_prelude_##family[]; \
  extern "C" const char temper_embedded_prelude_##family##_end[];
TEMPER_PRELUDE_FILES(TEMPER_PRELUDE_DECLARE)
#undef TEMPER_PRELUDE_DECLARE

namespace temper {

absl::Span<const PreludeFile> prelude_files() {
#define TEMPER_PRELUDE_ENTRY(family, space)                                 \
  PreludeFile{#family ".py",                                                \
              {temper_embedded_prelude_##family,                            \
               static_cast<size_t>(temper_embedded_prelude_##family##_end - \
                                   temper_embedded_prelude_##family)},      \
              #space},
  static const PreludeFile kFiles[] = {TEMPER_PRELUDE_FILES(TEMPER_PRELUDE_ENTRY)};
#undef TEMPER_PRELUDE_ENTRY
  return kFiles;
}

}  // namespace temper
