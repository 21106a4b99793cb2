#pragma once
// Module -> an archive that PyTorch's torch.jit.load and import_module() read, and values out.

#include <string>

#include "ir/module/module.h"

namespace temper::ir {

struct ExportOptions {
  int64_t max_getstate_steps = 10'000'000;
};

// Writes the code that the module was loaded from, and the data that its objects hold now. The file
// appears at `path` when it is complete; equal modules give equal files. Throws Error when a value
// cannot be saved or the file cannot be written.
void export_module(const Module& module, const std::string& path,
                   const ExportOptions& options = {});

// Writes a value as a zip that torch.load reads.
void save_value(const IValue& value, const std::string& path);

}  // namespace temper::ir
