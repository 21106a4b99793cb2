#pragma once
// What the exit status of `temper` says. Documented in --help.

#include <string>

namespace temper::cli {

enum ExitCode : int {
  kDone = 0,
  kFailed = 1,    // the model, the program or the server said no
  kUsage = 2,     // the command line is wrong
  kNoServer = 3,  // the server cannot be reached
};

// Shows the message on stderr and returns kFailed.
int report_failure(const std::string& message);

}  // namespace temper::cli
