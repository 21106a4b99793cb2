#include "server/cli/commands.h"

int main(int argc, char** argv) { return temper::cli::run_command_line(argc, argv); }
