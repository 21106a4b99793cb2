#pragma once
// `temper save`: a loaded module written as an archive again.

#include <string>

namespace temper::cli {

struct SaveOptions {
  std::string file;
  std::string output;
  bool freeze = false;   // methods optimized, what they do not use left out
  bool reprint = false;  // code printed from graphs as they were emitted
};
// Returns the exit code.
int save(const SaveOptions& options);

}  // namespace temper::cli
