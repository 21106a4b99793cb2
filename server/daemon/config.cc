#include "server/daemon/config.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/base/strings.h"
#include "server/options/command_line.h"

namespace temper {
namespace {

// A JSON object whose members are the long names of flags.
class JsonConfig final : public CLI::Config {
 public:
  explicit JsonConfig(const CLI::App& app) : app_(app) {}
  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return "{}"; }
  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    const nlohmann::json json = parse(input);
    std::vector<CLI::ConfigItem> items;
    for (const auto& [name, value] : json.items()) {
      CLI::ConfigItem& item = items.emplace_back();
      item.name = name;
      std::replace(item.name.begin(), item.name.end(), '_', '-');
      if (!app_.get_option_no_throw("--" + item.name)) {
        throw wrong(str_cat("unknown member '", name,
                            "'; the members are the long names of the options of --help"));
      }
      const auto text = [](const nlohmann::json& v) {
        return v.is_string() ? v.get<std::string>() : v.dump();
      };
      if (value.is_array()) {
        for (const auto& each : value) item.inputs.push_back(text(each));
      } else {
        item.inputs.push_back(text(value));
      }
    }
    return items;
  }

 private:
  CLI::ConfigError wrong(const std::string& what) const {
    return CLI::ConfigError(
        str_cat("--config ", app_.get_config_ptr()->as<std::string>(), ": ", what));
  }
  nlohmann::json parse(std::istream& input) const {
    nlohmann::json json;
    try {
      json = nlohmann::json::parse(input, nullptr, true, true);
    } catch (const nlohmann::json::parse_error& error) {
      throw wrong(str_cat("no JSON at byte ", error.byte));
    }
    if (!json.is_object()) throw wrong("must hold a JSON object: {\"grpc_port\": 8001}");
    return json;
  }

  const CLI::App& app_;
};

void add_repository_options(CLI::App& app, DaemonConfig& c) {
  app.set_config("--config", "",
                 "JSON file whose members are the long names of these options; what the command "
                 "line gives too is taken from there")
      ->type_name("FILE");
  app.add_option("--model-repository,--model-store", c.repository.roots,
                 "Folder of <model>/<version>/model.pt and <model>.pt; may be repeated")
      ->type_name("FOLDER")
      ->required();
  app.add_option("--model-control-mode", c.control_mode,
                 "none loads all models at the start; explicit loads by request; poll follows the "
                 "repository")
      ->type_name("MODE")
      ->check(CLI::IsMember({"none", "explicit", "poll"}))
      ->capture_default_str();
  app.add_option("--load-model", c.repository.load_models,
                 "Model to load at the start in explicit mode, * for all; may be repeated")
      ->type_name("NAME");
  app.add_option("--repository-poll-secs", c.repository.poll_seconds,
                 "Seconds between two looks at the repository in poll mode")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.01, 86400.0))
      ->capture_default_str();
  app.add_option("--loader-threads", c.repository.loader_threads, "Models loaded at once")
      ->type_name("N")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
}

void add_server_options(CLI::App& app, DaemonConfig& c) {
  app.add_option("--host", c.host, "Address to listen on; 0.0.0.0 for all")
      ->type_name("ADDRESS")
      ->capture_default_str();
  app.add_option("--grpc-port", c.grpc_port, "Port of gRPC; 0 takes a free one")
      ->type_name("PORT")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  app.add_option("--http-port", c.http_port, "Port of HTTP and /metrics; 0 takes a free one")
      ->type_name("PORT")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  app.add_flag("--http,!--no-http", c.http, "Whether to listen for HTTP (default true)");
  app.add_option("--port-file", c.port_file,
                 "Where to write {\"grpc\": N, \"http\": N} once both ports are open")
      ->type_name("FILE");
  app.add_option("--cpus", c.cpus, "Threads that compute; 0 takes what this process may use")
      ->type_name("N")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
  app.add_option(
         "--packed-limit", c.packed_bytes,
         "Bytes of packed weights and of what is made for shapes that all models keep, with "
         "a suffix kb, mb or gb; what was not used for the longest time goes first. A "
         "quarter of the memory that this process may use without it")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(false));
  app.add_option("--max-queue", c.max_queue,
                 "Requests that may wait for a thread; further ones are refused")
      ->type_name("N")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str();
  app.add_option("--http-threads", c.http_threads, "HTTP connections served at once")
      ->type_name("N")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--drain-seconds", c.drain_seconds,
                 "How long requests under way may take after SIGTERM")
      ->type_name("SECONDS")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--log-level", c.log_level, "What is written to stderr")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}))
      ->capture_default_str();
}

void add_model_options(CLI::App& app, DaemonConfig& c) {
  app.add_option("--memory-limit", c.repository.model.memory_bytes,
                 "Bytes that one model and its requests may use, with a suffix kb, mb or gb; no "
                 "limit without it")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(false));
  app.add_option("--max-steps", c.repository.model.max_steps,
                 "Instructions of a program that one request may run; no limit without it")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  app.add_option("--max-depth", c.repository.model.max_depth, "Nested calls of one request")
      ->type_name("N")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_flag("--optimize,!--no-optimize", c.repository.model.optimize,
               "Whether to optimize programs when they are loaded (default true)");
  app.add_flag(
      "--flush-denormals,!--no-flush-denormals", c.repository.model.flush_denormals,
      "Whether programs compute with zeros in place of denormal numbers, which are slow; a "
      "model's own parameter wins (default true)");
  app.add_flag(
      "--verify-data,!--no-verify-data", c.repository.model.verify_data,
      "Whether to check the checksums of tensor data when models are loaded (default true)");
}

}  // namespace

ParseOutcome parse_command_line(int argc, char** argv, DaemonConfig* config, int* exit_code) {
  CLI::App app("Serves TorchScript archives over gRPC and HTTP", "temperd");
  style_command_line(app);
  app.footer(
      "SIGTERM and SIGINT answer the requests under way and end the process with status 0.\n"
      "Exit status: 0 asked to end; 1 it could not start, and the log says why; 2 the command line "
      "or the configuration file is wrong.");
  app.config_formatter(std::make_shared<JsonConfig>(app));
  app.allow_config_extras(CLI::config_extras_mode::error);
  add_repository_options(app, *config);
  add_server_options(app, *config);
  add_model_options(app, *config);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    *exit_code = explain_parse_error(app, error);
    return ParseOutcome::kExit;
  }
  config->repository.mode = config->control_mode == "explicit" ? ControlMode::kExplicit
                            : config->control_mode == "poll"   ? ControlMode::kPoll
                                                               : ControlMode::kNone;
  const absl::Status status = validate(*config);
  if (status.ok()) return ParseOutcome::kRun;
  std::fprintf(stderr, "temperd: %s\n", std::string(status.message()).c_str());
  *exit_code = 2;
  return ParseOutcome::kExit;
}

absl::Status validate(const DaemonConfig& config) {
  for (const std::string& root : config.repository.roots) {
    std::error_code error;
    if (!std::filesystem::is_directory(root, error)) {
      return absl::InvalidArgumentError(
          str_cat("--model-repository ", root, " is no folder; create it, or name another"));
    }
  }
  if (!config.repository.load_models.empty() && config.repository.mode != ControlMode::kExplicit) {
    return absl::InvalidArgumentError("--load-model needs --model-control-mode explicit");
  }
  if (config.http && config.grpc_port != 0 && config.grpc_port == config.http_port) {
    return absl::InvalidArgumentError("--grpc-port and --http-port must differ");
  }
  if (config.repository.model.memory_bytes <= 0) {
    return absl::InvalidArgumentError("--memory-limit must be more than 0");
  }
  if (config.packed_bytes < 0) return absl::InvalidArgumentError("--packed-limit must not be < 0");
  return absl::OkStatus();
}

}  // namespace temper
