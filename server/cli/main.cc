#include <string_view>

#include "server/cli/commands.h"
#include "server/options/environment.h"

int main(int argc, char** argv) {
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "run" || command == "bench") temper::settle_environment(argv);  // they compute
  return temper::cli::run_command_line(argc, argv);
}
