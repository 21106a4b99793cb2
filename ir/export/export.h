#pragma once
// Module -> an archive that PyTorch's torch.jit.load and import_module() read, and values out.

#include <functional>
#include <memory>
#include <string>

#include "ir/module/module.h"

namespace temper::ir {

// The graph to save for a function.
using GraphOf = std::function<std::shared_ptr<Graph>(ScriptFunction&)>;

struct ExportOptions {
  int64_t max_getstate_steps = 10'000'000;
  // Set: the code is printed from these graphs, in today's operators. Unset: it is the text that
  // the module was loaded from; printed too if there is none.
  GraphOf graph_of;
  // With graph_of: saves only what the root's methods use. They no longer save or restore state.
  bool prune = false;
};

// Writes a module's code and the data that its objects hold now. The file appears at `path` when it
// is complete; equal modules give equal files. Throws Error when a value cannot be saved, the
// dialect cannot say what a graph does, or the file cannot be written.
void export_module(const Module& module, const std::string& path,
                   const ExportOptions& options = {});

// Writes a value as a zip that torch.load reads.
void save_value(const IValue& value, const std::string& path);

}  // namespace temper::ir
