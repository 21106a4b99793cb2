#include <cstdio>

#include "core/base/error.h"
#include "ir/import/import.h"
#include "ir/interp/interpreter.h"
#include "ir/text/text.h"
#include "passes/freeze/attributes.h"
#include "passes/pass.h"
#include "server/cli/exit_code.h"
#include "server/cli/inspect.h"
#include "server/cli/table.h"
#include "server/engine/runtime.h"

namespace temper::cli {
namespace {

void list_passes() {
  Table table({"pass", "what it does"});
  for (const PassInfo& pass : all_passes()) {
    table.add({std::string(pass.name), std::string(pass.description)});
  }
  std::printf("%s", table.text().c_str());
}

// Runs the load pipeline until the pass has run for the first time.
void run_until(std::string_view last, PassContext& context, ir::Graph& graph) {
  for (const Stage& stage : load_pipeline()) {
    for (const std::string_view name : stage.passes) {
      run_pass(*find_pass(name), context, graph);
      if (name == last) return;
    }
  }
  // Not in the pipeline: after all of it.
  run_pass(*find_pass(last), context, graph);
}

void print_graph(const GraphOptions& options) {
  const Runtime runtime;
  const auto module = about_file(options.file, [&] {
    return ir::import_module(ir::FileBytes::map(options.file), runtime.ops());
  });
  ir::ScriptFunction* method = module->find_method(options.method);
  if (!method) {
    std::string known;
    for (const auto* each : module->methods()) {
      known += str_cat(known.empty() ? " " : ", ", each->name());
    }
    throw_error(ErrorKind::kNotFound,
                str_cat("the model has no method '", options.method, "'; it has:", known));
  }
  const auto graph = method->graph()->clone();
  const auto attributes = find_constant_attributes(*module, runtime.ops());
  PassContext context(runtime.ops());
  context.self = module->root().get();
  context.attributes = attributes.get();
  if (!options.after.empty()) {
    if (!find_pass(options.after)) {
      fail("no pass '", options.after, "'; `temper graph --list-passes` lists them");
    }
    run_until(options.after, context, *graph);
  } else if (options.all_passes || options.plan) {
    run_pipeline(load_pipeline(), context, *graph);
  }
  if (options.plan) {
    method->set_graph(graph);
    std::printf("%s", ir::print_code(*method).c_str());
    return;
  }
  ir::PrintOptions print;
  print.lossless = false;
  print.ranges = options.ranges;
  std::printf("%s", ir::print(*graph, print).c_str());
}

}  // namespace

int graph(const GraphOptions& options) {
  if (options.list_passes) {
    list_passes();
    return kDone;
  }
  try {
    print_graph(options);
    return kDone;
  } catch (const Error& error) {
    return report_failure(error.message());
  }
}

}  // namespace temper::cli
