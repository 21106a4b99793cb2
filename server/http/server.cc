#include "server/http/server.h"

#include <httplib.h>

#include <thread>

#include "core/base/strings.h"
#include "server/http/routes.h"

namespace temper {

struct HttpServer::Parts {
  explicit Parts(ServerState& state) : routes(state) {}
  Routes routes;
  httplib::Server server;
  std::thread listener;
};

HttpServer::HttpServer() = default;
HttpServer::~HttpServer() { shutdown(); }

namespace {

void handle(Routes& routes, const httplib::Request& request, std::string body,
            httplib::Response& response) {
  HttpAnswer answer = routes.answer({request.method, request.path, std::move(body),
                                     request.get_header_value("Inference-Header-Content-Length")});
  response.status = answer.status;
  if (!answer.infer_header_size.empty()) {
    response.set_header("Inference-Header-Content-Length", answer.infer_header_size);
  }
  response.set_content(std::move(answer.body), answer.type);
}

constexpr size_t kMaxBody = size_t{1} << 31;

// The library's own limit is one of Content-Length, which chunked bodies lack and compressed ones
// do not keep to.
bool read_body(const httplib::ContentReader& read, std::string* body) {
  return read([body](const char* data, size_t size) {
    if (size > kMaxBody - body->size()) return false;
    body->append(data, size);
    return true;
  });
}

void configure(httplib::Server& server, Routes& routes, int threads) {
  server.new_task_queue = [threads] {
    return new httplib::ThreadPool(static_cast<size_t>(threads));
  };
  // The library's default would share the port with another server.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  server.set_tcp_nodelay(true);
  server.set_payload_max_length(kMaxBody);
  server.set_read_timeout(std::chrono::seconds(60));
  server.set_write_timeout(std::chrono::seconds(60));
  server.set_keep_alive_timeout(5);
  server.set_keep_alive_max_count(1'000'000);
  server.Get(".*", [&routes](const httplib::Request& request, httplib::Response& response) {
    handle(routes, request, "", response);
  });
  // Read here, whatever the content type says: the library would limit what it takes for a form.
  server.Post(".*", [&routes](const httplib::Request& request, httplib::Response& response,
                              const httplib::ContentReader& read) {
    std::string body;
    if (read_body(read, &body)) handle(routes, request, std::move(body), response);
  });
  server.set_error_handler([](const httplib::Request&, httplib::Response& response) {
    if (response.body.empty() && response.status >= 400) {
      response.set_content(str_cat("{\"error\":\"HTTP status ", response.status, "\"}"),
                           "application/json");
    }
  });
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::start(ServerState& state,
                                                              const std::string& host, int port,
                                                              int threads) {
  std::unique_ptr<HttpServer> http(new HttpServer);
  http->parts_ = std::make_unique<Parts>(state);
  httplib::Server& server = http->parts_->server;
  configure(server, http->parts_->routes, threads);
  http->port_ = port;
  if (port == 0) {
    http->port_ = server.bind_to_any_port(host);
  } else if (!server.bind_to_port(host, port)) {
    http->port_ = -1;
  }
  if (http->port_ <= 0) {
    return absl::UnavailableError(str_cat("cannot listen on ", host, ":", port,
                                          " for HTTP; choose another --http-port or --host"));
  }
  http->parts_->listener = std::thread([&server] { server.listen_after_bind(); });
  // stop() has no effect before the listener runs.
  while (!server.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return http;
}

void HttpServer::shutdown() {
  if (!parts_) return;
  parts_->server.stop();
  if (parts_->listener.joinable()) parts_->listener.join();
  parts_.reset();
}

}  // namespace temper
