#include "server/http/routes.h"

#include <google/protobuf/util/json_util.h>

#include <future>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "server/api/handlers.h"
#include "server/api/status.h"
#include "server/http/infer_json.h"
#include "server/http/json_limits.h"

namespace temper {
namespace {

using nlohmann::json;

int http_status(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk: return 200;
    case absl::StatusCode::kInvalidArgument: return 400;
    case absl::StatusCode::kNotFound: return 404;
    case absl::StatusCode::kUnavailable: return 503;
    case absl::StatusCode::kUnimplemented: return 501;
    case absl::StatusCode::kResourceExhausted: return 429;
    case absl::StatusCode::kDeadlineExceeded: return 504;
    case absl::StatusCode::kCancelled: return 499;
    default: return 500;
  }
}

HttpAnswer error(int status, const std::string& text) {
  const json body = {{"error", text}};
  return {status, body.dump(-1, ' ', false, json::error_handler_t::replace)};
}

HttpAnswer error(const absl::Status& status) {
  return error(http_status(status.code()), std::string(status.message()));
}

HttpAnswer no_such_place(const HttpRequest& request) {
  return error(404, str_cat("Not Found: nothing answers ", request.method, " ", request.path,
                            "; models answer at /v2/models/<model>/infer, /v2 names the server"));
}

HttpAnswer wrong_method(const char* wanted) {
  return error(405, str_cat("Method Not Allowed: this takes ", wanted));
}

// Messages whose 64-bit integers clients expect as numbers.
json to_json(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string text;
  google::protobuf::util::MessageToJsonString(message, &text, options);
  return json::parse(text);
}

// proto3's JSON quotes 64-bit integers; these members are integers all the way down.
void unquote(json* value) {
  if (value->is_string()) {
    const std::string text = value->get<std::string>();
    const bool digits = !text.empty() && text.find_first_not_of("-0123456789") == std::string::npos;
    if (digits) *value = json::parse(text);
    return;
  }
  if (!value->is_structured()) return;
  for (json& each : *value) unquote(&each);
}

void unquote_members(json* value, std::initializer_list<const char*> names) {
  if (value->is_object()) {
    for (const char* name : names) {
      if (value->contains(name)) unquote(&(*value)[name]);
    }
  }
  if (!value->is_structured()) return;
  for (json& each : *value) unquote_members(&each, names);
}

class BlockingCall final : public InferCall {
 public:
  void done(absl::Status status) override { result_.set_value(std::move(status)); }
  absl::Status wait() { return result_.get_future().get(); }

 private:
  std::promise<absl::Status> result_;
};

struct RequestHolder final : RefCounted {
  inference::ModelInferRequest request;
};

}  // namespace

HttpAnswer Routes::answer(const HttpRequest& request) try {
  std::vector<std::string> parts = absl::StrSplit(request.path, '/');
  parts.erase(parts.begin());
  if (!parts.empty() && parts.back().empty()) parts.pop_back();
  const bool get = request.method == "GET";
  if (parts == std::vector<std::string>{"metrics"} && get) {
    return {200, metrics_page(state_), "text/plain; version=0.0.4; charset=utf-8"};
  }
  if (parts.empty() || parts[0] != "v2") return no_such_place(request);
  if (parts.size() == 1 && get) {
    inference::ServerMetadataResponse response;
    server_metadata(state_, {}, &response).IgnoreError();
    return {200, to_json(response).dump()};
  }
  if (parts.size() == 3 && parts[1] == "health" && get) return health(request, parts[2]);
  if (parts.size() >= 3 && parts[1] == "repository") {
    return repository(request, request.path.substr(std::string("/v2/repository/").size()));
  }
  if (parts.size() < 3 || parts[1] != "models") return no_such_place(request);
  if (parts.size() == 3 && parts[2] == "stats" && get) return model(request, "", "", "stats");
  const bool versioned = parts.size() >= 5 && parts[3] == "versions";
  const size_t verb = versioned ? 5 : 3;
  if (parts.size() > verb + 1 || (parts.size() == 4 && parts[3] == "versions")) {
    return no_such_place(request);
  }
  return model(request, parts[2], versioned ? parts[4] : "",
               parts.size() > verb ? parts[verb] : "");
} catch (...) {
  return error(current_exception_status(""));
}

HttpAnswer Routes::health(const HttpRequest& request, const std::string& what) {
  if (what != "live" && what != "ready") return no_such_place(request);
  const bool good = what == "live" ? !state_.stopping : state_.ready();
  const json body = {{what, good}};
  return {good ? 200 : state_.stopping ? 503 : 400, body.dump()};
}

HttpAnswer Routes::model(const HttpRequest& request, const std::string& name,
                         const std::string& version, const std::string& verb) {
  const bool post = request.method == "POST";
  if (verb == "infer") {
    return post ? infer(request, name, version) : wrong_method("POST");
  }
  if (verb != "" && verb != "ready" && verb != "config" && verb != "stats") {
    return no_such_place(request);
  }
  if (post) return wrong_method("GET");
  absl::Status status;
  json body;
  if (verb.empty()) {
    inference::ModelMetadataRequest query;
    inference::ModelMetadataResponse response;
    query.set_name(name);
    query.set_version(version);
    status = model_metadata(state_, query, &response);
    body = to_json(response);
    body.erase("properties");
    unquote_members(&body, {"shape"});
  } else if (verb == "ready") {
    inference::ModelReadyRequest query;
    inference::ModelReadyResponse response;
    query.set_name(name);
    query.set_version(version);
    status = model_ready(state_, query, &response);
    if (status.ok()) {
      body = {{"name", name}, {"ready", response.ready()}};
      return {response.ready() ? 200 : 400, body.dump()};
    }
  } else if (verb == "config") {
    inference::ModelConfigRequest query;
    inference::ModelConfigResponse response;
    query.set_name(name);
    query.set_version(version);
    status = model_config(state_, query, &response);
    body = to_json(response.config());
    unquote_members(&body, {"dims", "versions", "shape"});
  } else {
    inference::ModelStatisticsRequest query;
    inference::ModelStatisticsResponse response;
    query.set_name(name);
    query.set_version(version);
    status = model_statistics(state_, query, &response);
    body = to_json(response);
    unquote_members(&body, {"last_inference", "inference_count", "execution_count", "count", "ns",
                            "id", "byte_size", "batch_size"});
  }
  return status.ok() ? HttpAnswer{200, body.dump()} : error(status);
}

HttpAnswer Routes::infer(const HttpRequest& http, const std::string& name,
                         const std::string& version) {
  auto holder = make_ref<RequestHolder>();
  inference::ModelInferRequest& request = holder->request;
  size_t header_size = std::string::npos;
  if (!http.infer_header_size.empty() && !absl::SimpleAtoi(http.infer_header_size, &header_size)) {
    return error(400, "Inference-Header-Content-Length must be a number of bytes");
  }
  BinaryOutputs binary;
  parse_infer_request(http.body, header_size, &request, &binary);
  request.set_model_name(name);
  request.set_model_version(version);
  inference::ModelInferResponse response;
  BlockingCall call;
  call.request = &request;
  call.response = &response;
  call.owner = holder;
  infer_.start(&call);
  const absl::Status status = call.wait();
  if (!status.ok()) return error(status);
  InferBody printed = print_infer_response(response, call.outputs, binary);
  HttpAnswer answer{200, std::move(printed.body)};
  if (printed.header_size != std::string::npos) {
    answer.type = "application/octet-stream";
    answer.infer_header_size = str_cat(printed.header_size);
  }
  return answer;
}

HttpAnswer Routes::repository(const HttpRequest& request, const std::string& rest) {
  const std::vector<std::string> parts = absl::StrSplit(rest, '/');
  const bool index_path = parts.size() == 1 && parts[0] == "index";
  const bool control_path =
      parts.size() == 3 && parts[0] == "models" && (parts[2] == "load" || parts[2] == "unload");
  if (!index_path && !control_path) return no_such_place(request);
  if (request.method != "POST") return wrong_method("POST");
  return index_path ? index(request) : control(request, parts[1], parts[2] == "load");
}

HttpAnswer Routes::index(const HttpRequest& request) {
  inference::RepositoryIndexRequest query;
  if (!request.body.empty()) {
    const json body = parse_json(request.body);
    if (!body.is_object()) return error(400, "the body must be a JSON object");
    query.set_ready(body.value("ready", false));
  }
  inference::RepositoryIndexResponse response;
  const absl::Status status = repository_index(state_, query, &response);
  if (!status.ok()) return error(status);
  json models = json::array();
  for (const auto& model : response.models()) {
    json entry = {{"name", model.name()}};
    if (!model.version().empty()) entry["version"] = model.version();
    if (!model.state().empty()) entry["state"] = model.state();
    if (!model.reason().empty()) entry["reason"] = model.reason();
    models.push_back(std::move(entry));
  }
  return {200, models.dump(-1, ' ', false, json::error_handler_t::replace)};
}

HttpAnswer Routes::control(const HttpRequest& request, const std::string& name, bool load) {
  if (!load) {
    inference::RepositoryModelUnloadRequest query;
    inference::RepositoryModelUnloadResponse response;
    query.set_model_name(name);
    const absl::Status status = repository_unload(state_, query, &response);
    return status.ok() ? HttpAnswer{} : error(status);
  }
  inference::RepositoryModelLoadRequest query;
  inference::RepositoryModelLoadResponse response;
  query.set_model_name(name);
  const json body = request.body.empty() ? json::object() : parse_json(request.body);
  if (body.is_object() && body.contains("parameters") && body["parameters"].is_object()) {
    for (const auto& [key, value] : body["parameters"].items()) {
      if (!value.is_string()) return error(400, str_cat("parameter '", key, "' must be a string"));
      auto& parameter = (*query.mutable_parameters())[key];
      std::string bytes;
      if (key.rfind("file:", 0) != 0) {
        parameter.set_string_param(value.get<std::string>());
      } else if (absl::Base64Unescape(value.get<std::string>(), &bytes)) {
        parameter.set_bytes_param(std::move(bytes));
      } else {
        return error(400, str_cat("parameter '", key, "' must be base64"));
      }
    }
  }
  const absl::Status status = repository_load(state_, query, &response);
  return status.ok() ? HttpAnswer{} : error(status);
}

}  // namespace temper
