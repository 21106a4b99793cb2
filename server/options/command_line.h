#pragma once
// How the command lines of temperd and temper look: help that fits a screen, and errors that say
// what is wrong and where to read on.

#include <CLI/CLI.hpp>

namespace temper {

// Call before subcommands are added: they inherit it.
void style_command_line(CLI::App& app);

// Shows the help or version that was asked for and returns 0, or what is wrong and returns 2.
int explain_parse_error(const CLI::App& app, const CLI::ParseError& error);

}  // namespace temper
