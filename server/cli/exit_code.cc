#include "server/cli/exit_code.h"

#include <cstdio>

namespace temper::cli {

int report_failure(const std::string& message) {
  std::fprintf(stderr, "temper: %s\n", message.c_str());
  return kFailed;
}

}  // namespace temper::cli
