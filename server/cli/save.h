#pragma once
// `temper save`: a loaded module written as an archive again.

#include <string>

namespace temper::cli {

struct SaveOptions {
  std::string file;
  std::string output;
};
// Returns the exit code.
int save(const SaveOptions& options);

}  // namespace temper::cli
