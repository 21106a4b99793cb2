#include "server/cli/save.h"

#include "core/base/error.h"
#include "ir/export/export.h"
#include "ir/import/import.h"
#include "passes/freeze/attributes.h"
#include "passes/pass.h"
#include "server/cli/exit_code.h"
#include "server/engine/runtime.h"

namespace temper::cli {
namespace {

// A saved file is read once: programs may grow further than those that are compiled for serving.
constexpr size_t kMaxNodes = 4'000'000;

// Methods that stay, and hooks.
std::vector<ir::ScriptFunction*> frozen_functions(const ir::Module& module) {
  std::vector<ir::ScriptFunction*> functions;
  for (ir::ScriptFunction* method : module.methods()) {
    if (method->name() == "__getstate__" || method->name() == "__setstate__") continue;
    functions.push_back(method);
  }
  for (const auto* hooks : {&module.type().forward_pre_hooks, &module.type().forward_hooks}) {
    for (const std::string& hook : *hooks) {
      functions.push_back(dynamic_cast<ir::ScriptFunction*>(module.type().find_hook(hook)));
    }
  }
  return functions;
}

// Saves every graph after the passes whose results others can run.
void save_frozen(const ir::Module& module, const OpRegistry& ops, const std::string& output) {
  PassContext context(ops);
  context.max_nodes = kMaxNodes;
  const auto attributes = find_constant_attributes(module, frozen_functions(module), context);
  context.self = module.root().get();
  context.attributes = attributes.get();
  ir::ExportOptions options;
  options.prune = true;
  options.graph_of = [&](ir::ScriptFunction& function) {
    std::shared_ptr<ir::Graph> graph = function.graph()->clone();
    run_pipeline(portable_pipeline(), context, *graph);
    return graph;
  };
  ir::export_module(module, output, options);
}

void save_module(const SaveOptions& options) {
  const Runtime runtime;
  ir::ImportOptions import;
  // A program that is copied needs no operators but those that loading runs.
  import.compile = options.freeze || options.reprint;
  import.verify_data_crc = true;
  const auto module = ir::import_module(ir::FileBytes::map(options.file), runtime.ops(), import);
  if (options.freeze) return save_frozen(*module, runtime.ops(), options.output);
  ir::ExportOptions export_options;
  if (options.reprint) {
    export_options.graph_of = [](ir::ScriptFunction& function) { return function.graph(); };
  }
  ir::export_module(*module, options.output, export_options);
}

}  // namespace

int save(const SaveOptions& options) {
  try {
    about_file(options.file, [&] { save_module(options); });
    return kDone;
  } catch (const Error& error) {
    return report_failure(error.message());
  }
}

}  // namespace temper::cli
