#include "server/daemon/daemon.h"

#include <csignal>
#include <cstdio>
#include <fstream>

#include "core/sync/budget.h"
#include "server/api/warm_up.h"
#include "server/daemon/stop_signal.h"
#include "server/grpc/server.h"
#include "server/http/server.h"

namespace temper {
namespace {

// Whoever reads the file sees all of it or nothing.
bool write_port_file(const std::string& path, int grpc, int http) {
  const std::string draft = path + ".new";
  {
    std::ofstream file(draft);
    file << "{\"grpc\": " << grpc << ", \"http\": " << http << "}\n";
    if (!file.flush()) return false;
  }
  return std::rename(draft.c_str(), path.c_str()) == 0;
}

int failed(Logger& log, const absl::Status& status) {
  log.error("server.failed", {{"reason", std::string(status.message())}});
  return 1;
}

}  // namespace

int run_daemon(const DaemonConfig& config, Logger& log) {
  // Weights lie in memory beside their packed copies, and requests need some as well.
  const int64_t packed_bytes = config.packed_bytes > 0 ? config.packed_bytes : memory_budget() / 4;
  const Runtime runtime(packed_bytes);
  ThreadPool pool(config.cpus > 0 ? config.cpus : cpu_budget());
  Executor executor(pool, config.max_queue);
  ModelManager models(runtime, log, config.repository,
                      [&](const Servable& servable) { warm_up(servable, pool, log); });
  ServerState state{models, executor, log};
  auto grpc = GrpcServer::start(state, config.host, config.grpc_port);
  if (!grpc.ok()) return failed(log, grpc.status());
  std::unique_ptr<HttpServer> http;
  if (config.http) {
    auto started = HttpServer::start(state, config.host, config.http_port, config.http_threads);
    if (!started.ok()) return failed(log, started.status());
    http = *std::move(started);
  }
  const int http_port = http ? http->port() : 0;
  log.info("server.listening", {{"host", config.host},
                                {"grpc", str_cat((*grpc)->port())},
                                {"http", str_cat(http_port)},
                                {"threads", str_cat(pool.threads())}});
  if (!config.port_file.empty() && !write_port_file(config.port_file, (*grpc)->port(), http_port)) {
    return failed(log,
                  absl::UnavailableError(str_cat("cannot write the port file ", config.port_file)));
  }
  models.start([&] {
    (*grpc)->set_serving(true);
    log.info("server.ready", {{"models", str_cat(models.all().size())}});
    if (models.all().empty() && config.repository.mode != ControlMode::kExplicit) {
      log.warning("server.no_models", {{"hint", "put a model at <repository>/<model>/1/model.pt"}});
    }
  });
  const int signal = wait_for_stop_signal();
  log.info("server.stopping", {{"signal", signal == SIGTERM ? "TERM" : "INT"}});
  const auto patience =
      std::chrono::milliseconds(static_cast<int64_t>(config.drain_seconds * 1000));
  state.stopping = true;
  models.stop();
  if (http) http->shutdown();
  (*grpc)->shutdown(patience);
  log.info("server.stopped");
  return 0;
}

}  // namespace temper
