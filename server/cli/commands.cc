#include "server/cli/commands.h"

#include <functional>

#include "server/cli/bench.h"
#include "server/cli/exit_code.h"
#include "server/cli/inspect.h"
#include "server/cli/remote.h"
#include "server/cli/run.h"
#include "server/cli/save.h"
#include "server/options/command_line.h"

namespace temper::cli {
namespace {

using Action = std::function<int()>;

struct AllOptions {
  RunOptions run;
  RemoteInferOptions infer;
  // One for each command: a variable of the environment is read for all of them.
  RemoteOptions models;
  RemoteModelOptions load, unload, ready;
  InspectOptions inspect;
  GraphOptions graph;
  SaveOptions save;
  BenchOptions bench;
};

void add_remote_options(CLI::App* command, RemoteOptions& options) {
  command->add_option("--address,--url", options.address, "gRPC address of temperd, host:port")
      ->type_name("ADDRESS")
      ->envname("TEMPER_ADDRESS")
      ->capture_default_str();
  command->add_option("--timeout", options.timeout_seconds, "Seconds to wait for an answer")
      ->type_name("SECONDS")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_flag("--json", options.json, "Write JSON for programs instead of text for people");
}

void add_model_options(CLI::App* command, ModelOptions& options) {
  command
      ->add_option("--max-steps", options.max_steps,
                   "Interpreter steps of one call; no limit without it")
      ->type_name("N");
  command
      ->add_option("--memory-limit", options.memory_bytes,
                   "Bytes that a model may use, with a suffix kb, mb or gb; no limit without it")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(false));
  command->add_flag("!--no-optimize", options.optimize, "Run the program as it is written");
  command->add_flag("--flush-denormals,!--no-flush-denormals", options.flush_denormals,
                    "Whether to compute with zeros in place of denormal numbers, as temperd does "
                    "(default false)");
  command->add_flag("!--no-verify-data", options.verify_data,
                    "Take tensor data without a look at its checksums");
}

constexpr const char* kInputHelp =
    "name=value, may be repeated. The value is JSON (3, [[1.5, 2]], true, \"text\"), plain text, "
    "or @file: .npy, .png or .jpg (FP32 [1, C, H, W] from 0 to 1), or a file with JSON. "
    "name:FP16=... chooses the datatype";

void add_input_option(CLI::App* command, std::vector<std::string>& inputs) {
  command->add_option("--input,-i", inputs, kInputHelp)
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

void add_run(CLI::App& app, RunOptions& options, Action& action) {
  CLI::App* run = app.add_subcommand("run", "Call a method of an archive in this process");
  run->add_option("model", options.request.model, "Archive of torch.jit.save");
  run->add_option("--method", options.request.method, "Method to call")
      ->type_name("NAME")
      ->capture_default_str();
  add_input_option(run, options.request.named);
  run->add_option("--inputs", options.request.inputs,
                  "File of torch.save that holds a tuple of positional arguments")
      ->type_name("FILE")
      ->excludes("--input");
  run->add_option("--output", options.request.output,
                  "Where the result goes, as torch.save writes it; printed without it")
      ->type_name("FILE");
  run->add_option("--batch", options.batch,
                  "File of calls, one a line: model, method, inputs, output, separated by tabs; - "
                  "is stdin. Answers `<index> ok` or `<index> error <message>`, separated by tabs, "
                  "and goes on after errors")
      ->type_name("FILE");
  run->add_option("--cpus", options.threads, "Threads; 0 takes what this process may use")
      ->type_name("N")
      ->capture_default_str();
  add_model_options(run, options.model);
  run->callback([&options, &action] {
    if (options.batch.empty() && options.request.model.empty()) {
      throw CLI::ValidationError("run", "needs a model, or --batch with a file of calls");
    }
    action = [&options] { return cli::run(options); };
  });
}

void add_infer(CLI::App& app, RemoteInferOptions& options, Action& action) {
  CLI::App* infer = app.add_subcommand("infer", "Ask a model of a running temperd");
  infer->add_option("model", options.model, "Name of the model")->required();
  add_input_option(infer, options.inputs);
  infer->add_option("--output,-o", options.outputs, "Output to show, may be repeated; all without")
      ->type_name("NAME")
      ->allow_extra_args(false);
  infer->add_option("--version", options.version, "Version of the model; the latest without")
      ->type_name("N");
  add_remote_options(infer, options.remote);
  infer->callback([&] { action = [&] { return remote_infer(options); }; });
}

void add_control(CLI::App& app, AllOptions& all, Action& action) {
  CLI::App* models = app.add_subcommand("models", "List the models of a running temperd");
  add_remote_options(models, all.models);
  models->callback([&] { action = [&] { return remote_models(all.models); }; });

  const auto add = [&](const char* name, const char* help, RemoteModelOptions& options,
                       int (*command)(const RemoteModelOptions&)) {
    CLI::App* added = app.add_subcommand(name, help);
    added->add_option("model", options.model, "Name of the model")->required();
    add_remote_options(added, options.remote);
    added->callback([&options, &action, command] {
      action = [&options, command] { return command(options); };
    });
    return added;
  };
  const char* control = " (temperd needs --model-control-mode explicit)";
  add("load", str_cat("Load a model, or load it again from the disk", control).c_str(), all.load,
      remote_load);
  add("unload", str_cat("Unload a model", control).c_str(), all.unload, remote_unload);
  add("ready", "Tell whether temperd, or a model of it, is ready: status 0 if so, else 1",
      all.ready, remote_ready)
      ->get_option("model")
      ->required(false)
      ->description("Name of the model; the server without it");
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
  graph->add_option("--method", options.method, "Method to print")
      ->type_name("NAME")
      ->capture_default_str();
  CLI::Option* after =
      graph->add_option("--after", options.after, "Run the load pipeline up to and with this pass")
          ->type_name("PASS");
  graph->add_flag("--all-passes", options.all_passes, "Run the whole load pipeline")
      ->excludes(after);
  graph->add_flag("--plan", options.plan,
                  "Print the flat plan that runs instead: registers and instructions");
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
      ->type_name("NAME")
      ->capture_default_str();
  add_input_option(bench, options.infer.inputs);
  bench
      ->add_option("--inputs", options.inputs_file,
                   "In this process: file of torch.save with a tuple of arguments")
      ->type_name("FILE")
      ->excludes("--input");
  bench->add_option("--concurrency", options.concurrency, "Requests at once, one row each")
      ->type_name("N,...")
      ->delimiter(',')
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  bench->add_option("--seconds", options.seconds, "Time for each row")
      ->type_name("SECONDS")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  bench->add_option("--warm-up", options.warm_up_seconds, "Seconds that are not counted before")
      ->type_name("SECONDS")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  bench->add_option("--cpus", options.threads, "Threads; 0 takes what this process may use")
      ->type_name("N")
      ->capture_default_str();
  add_remote_options(bench, options.infer.remote);
  add_model_options(bench, options.model);
  bench->callback([&] { action = [&] { return cli::bench(options); }; });
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app("Runs and inspects TorchScript archives, and talks to temperd", "temper");
  style_command_line(app);
  app.require_subcommand(1);
  app.footer(
      "Exit status: 0 done; 1 the model or the server refused, or is not ready, and the message "
      "says why; 2 the command line is wrong; 3 the server cannot be reached.\n"
      "Each command has its own --help.");
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
    return explain_parse_error(app, error);
  }
  return action();
}

}  // namespace temper::cli
