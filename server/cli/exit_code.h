#pragma once
// What the exit status of `temper` says. Documented in --help.

#include <string>

#include "core/base/error.h"

namespace temper::cli {

enum ExitCode : int {
  kDone = 0,
  kFailed = 1,    // the model, the program or the server said no
  kUsage = 2,     // the command line is wrong
  kNoServer = 3,  // the server cannot be reached
};

// Shows the message on stderr and returns kFailed.
int report_failure(const std::string& message);

// Runs `work`; its errors begin with the file's name.
template <class Work>
auto about_file(const std::string& file, Work&& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (error.message().find(file) != std::string::npos) throw;
    Error named(error.kind(), str_cat(file, ": ", error.message()));
    named.set_traceback(error.traceback());
    throw named;
  }
}

}  // namespace temper::cli
