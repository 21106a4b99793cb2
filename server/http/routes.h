#pragma once
// What each path answers, free of the HTTP library.

#include <string>

#include "server/api/infer.h"

namespace temper {

struct HttpRequest {
  std::string method;  // "GET", "POST"
  std::string path;    // decoded, without the query
  std::string body;
  std::string infer_header_size;  // of Inference-Header-Content-Length; empty without it
};

struct HttpAnswer {
  int status = 200;
  std::string body;
  std::string type = "application/json";
  std::string infer_header_size = {};
};

// Thread-safe. Blocks until the answer is there.
class Routes {
 public:
  explicit Routes(ServerState& state) : state_(state), infer_(state) {}
  HttpAnswer answer(const HttpRequest& request);

 private:
  HttpAnswer health(const HttpRequest& request, const std::string& what);
  HttpAnswer model(const HttpRequest& request, const std::string& name, const std::string& version,
                   const std::string& verb);
  HttpAnswer infer(const HttpRequest& request, const std::string& name, const std::string& version);
  HttpAnswer repository(const HttpRequest& request, const std::string& rest);
  HttpAnswer index(const HttpRequest& request);
  HttpAnswer control(const HttpRequest& request, const std::string& name, bool load);
  ServerState& state_;
  InferHandler infer_;
};

}  // namespace temper
