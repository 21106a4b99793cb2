#include "server/cli/commands.h"

#include <CLI/CLI.hpp>
#include <functional>

#include "server/cli/exit_code.h"
#include "server/cli/run.h"

namespace temper::cli {
namespace {

using Action = std::function<int()>;

void add_run(CLI::App& app, RunOptions& options, Action& action) {
  CLI::App* run = app.add_subcommand("run", "Call a method of an archive in this process");
  run->add_option("model", options.request.model, "Archive of torch.jit.save");
  run->add_option("--method", options.request.method, "Method to call")->capture_default_str();
  run->add_option("--inputs", options.request.inputs,
                  "File of torch.save that holds a tuple of positional arguments");
  run->add_option("--output", options.request.output,
                  "Where the result goes, as torch.save writes it; printed without it");
  run->add_option(
      "--batch", options.batch,
      "File of calls, one a line: model, method, inputs, output, separated by tabs; - is "
      "stdin. Answers `<index> ok` or `<index> error <message>`, separated by tabs");
  run->add_option("--cpus", options.threads, "Threads; 0 takes what this process may use")
      ->capture_default_str();
  run->add_option("--max-steps", options.model.max_steps, "Interpreter steps of one call");
  run->add_option("--memory-limit", options.model.memory_bytes, "Bytes that a model may use");
  run->add_flag("!--no-optimize", options.model.optimize, "Run the program as it is written");
  run->callback([&options, &action] {
    if (options.batch.empty() && options.request.model.empty()) {
      throw CLI::ValidationError("run", "needs a model, or --batch with a file of calls");
    }
    action = [&options] { return cli::run(options); };
  });
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app("Runs and inspects TorchScript archives, and talks to temperd");
  app.require_subcommand(1);
  app.footer(
      "Exit status: 0 done; 1 the model or the server refused, the message says why; 2 the command "
      "line is wrong; 3 the server cannot be reached.");
  Action action;
  RunOptions run_options;
  add_run(app, run_options, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  return action();
}

}  // namespace temper::cli
