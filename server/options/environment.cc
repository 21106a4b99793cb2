#include "server/options/environment.h"

#include <unistd.h>

#include <cstdlib>

namespace temper {

void settle_environment(char** argv) {
  constexpr const char* kTurns = "1000";  // of a loop with a pause, some 30 to 50 ns each
  if (getenv("OMP_WAIT_POLICY") || getenv("GOMP_SPINCOUNT")) return;
  if (setenv("GOMP_SPINCOUNT", kTurns, 0) == 0) execv("/proc/self/exe", argv);
}

}  // namespace temper
