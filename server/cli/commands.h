#pragma once
// The command line of `temper`: every flag of every subcommand.

namespace temper::cli {

// Parses, runs the command, returns the exit code.
int run_command_line(int argc, char** argv);

}  // namespace temper::cli
