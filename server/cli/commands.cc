#include "server/cli/commands.h"

#include <CLI/CLI.hpp>
#include <functional>

#include "server/cli/bench.h"
#include "server/cli/exit_code.h"
#include "server/cli/inspect.h"
#include "server/cli/remote.h"
#include "server/cli/run.h"
#include "server/cli/save.h"

namespace temper::cli {
namespace {

using Action = std::function<int()>;

struct AllOptions {
  RunOptions run;
  RemoteOptions remote;
  RemoteInferOptions infer;
  std::string model;  // of load, unload, ready
  InspectOptions inspect;
  GraphOptions graph;
  SaveOptions save;
  BenchOptions bench;
};

void add_remote_options(CLI::App* command, RemoteOptions& options) {
  command->add_option("--address,--url", options.address, "gRPC address of temperd")
      ->envname("TEMPER_ADDRESS")
      ->capture_default_str();
  command->add_option("--timeout", options.timeout_seconds, "Seconds to wait for an answer")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_flag("--json", options.json, "Write JSON for programs instead of text for people");
}

void add_model_options(CLI::App* command, ModelOptions& options) {
  command->add_option("--max-steps", options.max_steps, "Interpreter steps of one call");
  command->add_option("--memory-limit", options.memory_bytes, "Bytes that a model may use")
      ->transform(CLI::AsSizeValue(false));
  command->add_flag("!--no-optimize", options.optimize, "Run the program as it is written");
  command->add_flag("!--no-verify-data", options.verify_data,
                    "Take tensor data without a look at its checksums");
}

void add_run(CLI::App& app, RunOptions& options, Action& action) {
  CLI::App* run = app.add_subcommand("run", "Call a method of an archive in this process");
  run->add_option("model", options.request.model, "Archive of torch.jit.save");
  run->add_option("--method", options.request.method, "Method to call")->capture_default_str();
  run->add_option("--inputs", options.request.inputs,
                  "File of torch.save that holds a tuple of positional arguments");
  run->add_option("--output", options.request.output,
                  "Where the result goes, as torch.save writes it; printed without it");
  run->add_option("--batch", options.batch,
                  "File of calls, one a line: model, method, inputs, output, separated by tabs; - "
                  "is stdin. Answers `<index> ok` or `<index> error <message>`, separated by tabs, "
                  "and goes on after errors");
  run->add_option("--cpus", options.threads, "Threads; 0 takes what this process may use")
      ->capture_default_str();
  add_model_options(run, options.model);
  run->callback([&options, &action] {
    if (options.batch.empty() && options.request.model.empty()) {
      throw CLI::ValidationError("run", "needs a model, or --batch with a file of calls");
    }
    action = [&options] { return cli::run(options); };
  });
}

constexpr const char* kInputHelp =
    "name=value, may be repeated. The value is JSON (3, [[1.5, 2]], true, \"text\"), plain text, "
    "or "
    "@file: .npy, .png or .jpg (FP32 [1, C, H, W] from 0 to 1), or a file with JSON. name:FP16=... "
    "chooses the datatype";

void add_infer(CLI::App& app, RemoteInferOptions& options, Action& action) {
  CLI::App* infer = app.add_subcommand("infer", "Ask a model of a running temperd");
  infer->add_option("model", options.model, "Name of the model")->required();
  infer->add_option("--input,-i", options.inputs, kInputHelp)->allow_extra_args(false);
  infer->add_option("--output,-o", options.outputs, "Output to show, may be repeated; all without")
      ->allow_extra_args(false);
  infer->add_option("--version", options.version, "Version of the model; the latest without");
  add_remote_options(infer, options.remote);
  infer->callback([&] { action = [&] { return remote_infer(options); }; });
}

void add_control(CLI::App& app, AllOptions& all, Action& action) {
  CLI::App* models = app.add_subcommand("models", "List the models of a running temperd");
  add_remote_options(models, all.remote);
  models->callback([&] { action = [&] { return remote_models(all.remote); }; });

  CLI::App* load = app.add_subcommand("load", "Load a model, or load it again from the disk");
  load->add_option("model", all.model, "Name of the model")->required();
  add_remote_options(load, all.remote);
  load->callback([&] { action = [&] { return remote_load(all.remote, all.model); }; });

  CLI::App* unload = app.add_subcommand("unload", "Unload a model");
  unload->add_option("model", all.model, "Name of the model")->required();
  add_remote_options(unload, all.remote);
  unload->callback([&] { action = [&] { return remote_unload(all.remote, all.model); }; });

  CLI::App* ready = app.add_subcommand("ready", "Tell whether temperd, or a model of it, is ready");
  ready->add_option("model", all.model, "Name of the model; the server without it");
  add_remote_options(ready, all.remote);
  ready->callback([&] { action = [&] { return remote_ready(all.remote, all.model); }; });
}

void add_inspect(CLI::App& app, InspectOptions& options, Action& action) {
  CLI::App* inspect = app.add_subcommand(
      "inspect", "Show an archive's methods, attributes, sizes, and operators with those missing");
  inspect->add_option("file", options.file, "Archive of torch.jit.save")->required();
  inspect->add_flag("--json", options.json, "Write JSON for programs");
  inspect->callback([&] { action = [&] { return cli::inspect(options); }; });
}

void add_graph(CLI::App& app, GraphOptions& options, Action& action) {
  CLI::App* graph =
      app.add_subcommand("graph", "Print a method's graph, as emitted or after passes");
  graph->add_option("file", options.file, "Archive of torch.jit.save");
  graph->add_option("--method", options.method, "Method to print")->capture_default_str();
  CLI::Option* after =
      graph->add_option("--after", options.after, "Run the load pipeline up to and with this pass");
  graph->add_flag("--all-passes", options.all_passes, "Run the whole load pipeline")
      ->excludes(after);
  graph->add_flag("--code", options.code, "Print the interpreter's instructions instead");
  graph->add_flag("!--no-ranges", options.ranges, "Leave out the source places behind nodes");
  graph->add_flag("--list-passes", options.list_passes, "List the passes");
  graph->callback([&] {
    if (options.file.empty() && !options.list_passes) {
      throw CLI::ValidationError("graph", "needs the file of an archive");
    }
    action = [&] { return cli::graph(options); };
  });
}

void add_save(CLI::App& app, SaveOptions& options, Action& action) {
  CLI::App* save =
      app.add_subcommand("save", "Load an archive and write it as one that PyTorch loads too");
  save->add_option("file", options.file, "Archive of torch.jit.save")->required();
  save->add_option("output", options.output, "Where the new archive goes; may be the same file")
      ->required();
  CLI::Option* freeze = save->add_flag(
      "--freeze", options.freeze,
      "Inline calls, make attributes that no method writes constants, and simplify; methods that "
      "save and restore state are left out");
  save->add_flag("--reprint", options.reprint,
                 "Print the code from graphs, in the operators of today's format version")
      ->excludes(freeze);
  save->callback([&] { action = [&] { return cli::save(options); }; });
}

void add_bench(CLI::App& app, BenchOptions& options, Action& action) {
  CLI::App* bench = app.add_subcommand(
      "bench", "Measure latency and throughput, in this process or with --remote against temperd");
  bench->add_option("model", options.infer.model, "Archive; with --remote the name of a model")
      ->required();
  bench->add_flag("--remote", options.remote, "Ask temperd at --address");
  bench->add_option("--method", options.method, "Method to call in this process")
      ->capture_default_str();
  bench->add_option("--inputs", options.inputs_file,
                    "In this process: file of torch.save with a tuple of arguments");
  bench->add_option("--input,-i", options.infer.inputs, kInputHelp)->allow_extra_args(false);
  bench->add_option("--concurrency", options.concurrency, "Requests at once, one row each")
      ->delimiter(',')
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  bench->add_option("--seconds", options.seconds, "Time for each row")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  bench->add_option("--warm-up", options.warm_up_seconds, "Seconds that are not counted before")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  bench->add_option("--cpus", options.threads, "Threads; 0 takes what this process may use")
      ->capture_default_str();
  add_remote_options(bench, options.infer.remote);
  add_model_options(bench, options.model);
  bench->callback([&] { action = [&] { return cli::bench(options); }; });
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app("Runs and inspects TorchScript archives, and talks to temperd", "temper");
  app.require_subcommand(1);
  app.footer(
      "Exit status: 0 done; 1 the model or the server refused, or is not ready, and the message "
      "says why; 2 the command line is wrong; 3 the server cannot be reached.");
  Action action;
  AllOptions options;
  add_run(app, options.run, action);
  add_infer(app, options.infer, action);
  add_control(app, options, action);
  add_inspect(app, options.inspect, action);
  add_graph(app, options.graph, action);
  add_save(app, options.save, action);
  add_bench(app, options.bench, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  return action();
}

}  // namespace temper::cli
