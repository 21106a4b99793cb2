#include <algorithm>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/tensor/bool8.h"
#include "core/tensor/tensor.h"
#include "server/api/datatype.h"
#include "server/cli/exit_code.h"
#include "server/cli/remote.h"
#include "server/cli/table.h"

namespace temper::cli {
namespace {

using nlohmann::json;
constexpr auto kReplace = json::error_handler_t::replace;

// Runs the command; its errors become a message and an exit code.
template <class Command>
int guarded(Command&& command) {
  try {
    return command();
  } catch (const RemoteError& error) {
    report_failure(error.message);
    return error.exit_code;
  } catch (const Error& error) {
    return report_failure(error.message());
  }
}

// One element as JSON; half floats are widened.
json element_at(const Datatype& datatype, const std::string& raw, size_t index) {
  Tensor one = empty({1}, *datatype.dtype);
  const auto size = static_cast<size_t>(datatype.size);
  std::memcpy(one.raw(), raw.data() + index * size, size);
  if (one.dtype() == DType::kBool) return bool{*one.data<Bool8>()};
  if (is_integral(one.dtype())) return *to_dtype(one, DType::kInt64).data<int64_t>();
  if (one.dtype() == DType::kFloat64) return *one.data<double>();
  return *to_dtype(one, DType::kFloat32).data<float>();
}

json elements_of(const inference::ModelInferResponse::InferOutputTensor& output,
                 const std::string& raw, size_t limit) {
  json data = json::array();
  const Datatype* datatype = find_datatype(output.datatype());
  if (!datatype) fail("the server answered with the unknown datatype ", output.datatype());
  if (datatype->is_bytes()) {
    for (const std::string_view element : split_bytes(raw, output.name())) {
      if (data.size() < limit) data.push_back(element);
    }
    return data;
  }
  if (!datatype->dtype) return data;
  const size_t count = raw.size() / static_cast<size_t>(datatype->size);
  for (size_t i = 0; i < std::min(count, limit); ++i) {
    data.push_back(element_at(*datatype, raw, i));
  }
  return data;
}

std::string shape_text(const google::protobuf::RepeatedField<int64_t>& shape) {
  return to_string(DimsView(shape.data(), static_cast<size_t>(shape.size())));
}

std::string number_text(const json& value) {
  if (!value.is_number_float()) return value.dump();
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.5g", value.get<double>());
  return buffer;
}

// Texts line by line; numbers in one line, the first of many.
void print_output(const inference::ModelInferResponse::InferOutputTensor& output,
                  const std::string& raw) {
  constexpr size_t kShown = 16;
  std::printf("%s %s %s\n", output.name().c_str(), output.datatype().c_str(),
              shape_text(output.shape()).c_str());
  const bool text = output.datatype() == "BYTES";
  const json data = elements_of(output, raw, text ? 1000 : kShown + 1);
  std::string line;
  for (size_t i = 0; i < data.size(); ++i) {
    if (text) {
      std::printf("  %s\n", data[i].get_ref<const std::string&>().c_str());
    } else if (i < kShown) {
      line += "  " + number_text(data[i]);
    } else {
      line += "  ...";
    }
  }
  if (!text) std::printf("%s\n", line.c_str());
}

void print_json(const inference::ModelInferResponse& response) {
  json body = {{"model_name", response.model_name()}, {"model_version", response.model_version()}};
  body["outputs"] = json::array();
  for (int i = 0; i < response.outputs_size(); ++i) {
    const auto& output = response.outputs(i);
    body["outputs"].push_back(
        {{"name", output.name()},
         {"datatype", output.datatype()},
         {"shape", std::vector<int64_t>(output.shape().begin(), output.shape().end())},
         {"data", elements_of(output, response.raw_output_contents(i), SIZE_MAX)}});
  }
  std::printf("%s\n", body.dump(-1, ' ', false, kReplace).c_str());
}

struct ModelRow {
  std::string name, version, state, reason;
  uint64_t requests = 0, failures = 0, bytes = 0;
  double mean_ms = 0;
};

std::vector<ModelRow> list_models(Remote& remote) {
  std::vector<ModelRow> rows;
  const std::vector<inference::ModelStatistics> statistics = remote.statistics();
  const inference::RepositoryIndexResponse index = remote.index();
  for (const auto& model : index.models()) {
    ModelRow row;
    row.name = model.name();
    row.version = model.version();
    row.state = model.state().empty() ? "NOT LOADED" : model.state();
    row.reason = model.reason();
    for (const auto& each : statistics) {
      if (each.name() != row.name || each.version() != row.version) continue;
      const auto& success = each.inference_stats().success();
      row.requests = success.count();
      row.failures = each.inference_stats().fail().count();
      if (row.requests > 0) row.mean_ms = static_cast<double>(success.ns()) / 1e6 / row.requests;
      for (const auto& memory : each.memory_usage()) row.bytes += memory.byte_size();
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

void print_models(const std::vector<ModelRow>& rows) {
  if (rows.empty()) {
    std::printf("the repository is empty; put a model at <repository>/<model>/1/model.pt\n");
    return;
  }
  Table table({"model", "version", "state", "answered", "failed", "mean ms", "memory", "reason"});
  for (const ModelRow& row : rows) {
    table.add({row.name, row.version, row.state, std::to_string(row.requests),
               std::to_string(row.failures), fixed(row.mean_ms, 3),
               human_bytes(static_cast<double>(row.bytes)), row.reason});
  }
  std::printf("%s", table.text().c_str());
}

}  // namespace

int remote_infer(const RemoteInferOptions& options) {
  return guarded([&] {
    Remote remote(options.remote);
    const inference::ModelInferResponse response = remote.infer(remote.make_request(options));
    if (options.remote.json) {
      print_json(response);
      return kDone;
    }
    for (int i = 0; i < response.outputs_size(); ++i) {
      print_output(response.outputs(i), response.raw_output_contents(i));
    }
    return kDone;
  });
}

int remote_models(const RemoteOptions& options) {
  return guarded([&] {
    Remote remote(options);
    const std::vector<ModelRow> rows = list_models(remote);
    if (!options.json) {
      print_models(rows);
      return kDone;
    }
    json body = json::array();
    for (const ModelRow& row : rows) {
      body.push_back({{"name", row.name},
                      {"version", row.version},
                      {"state", row.state},
                      {"reason", row.reason},
                      {"answered", row.requests},
                      {"failed", row.failures},
                      {"mean_ms", row.mean_ms},
                      {"bytes", row.bytes}});
    }
    std::printf("%s\n", body.dump(-1, ' ', false, kReplace).c_str());
    return kDone;
  });
}

int remote_load(const RemoteModelOptions& options) {
  return guarded([&] {
    Remote(options.remote).load(options.model);
    if (!options.remote.json) std::printf("loaded %s\n", options.model.c_str());
    return kDone;
  });
}

int remote_unload(const RemoteModelOptions& options) {
  return guarded([&] {
    Remote(options.remote).unload(options.model);
    if (!options.remote.json) std::printf("unloaded %s\n", options.model.c_str());
    return kDone;
  });
}

int remote_ready(const RemoteModelOptions& options) {
  return guarded([&] {
    const bool ready = Remote(options.remote).ready(options.model);
    if (options.remote.json) {
      std::printf("{\"ready\":%s}\n", ready ? "true" : "false");
    } else {
      std::printf("%s\n", ready ? "ready" : "not ready");
    }
    return ready ? kDone : kFailed;
  });
}

}  // namespace temper::cli
