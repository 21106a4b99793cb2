#include "server/cli/inspect.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/value/class_type.h"
#include "core/value/containers.h"
#include "ir/import/import.h"
#include "server/cli/exit_code.h"
#include "server/cli/table.h"
#include "server/engine/runtime.h"

namespace temper::cli {
namespace {

using nlohmann::json;

struct Attribute {
  std::string name, type, value;
  int64_t bytes = 0;
};

struct Report {
  std::vector<std::string> methods;
  std::vector<Attribute> attributes;
  std::vector<ir::OperatorUse> operators;
  int64_t bytes = 0;
  std::string problem;  // why the program cannot be compiled
};

std::string tensor_text(const Tensor& tensor) {
  return str_cat(dtype_short_name(tensor.dtype()), " ", to_string(tensor.sizes()));
}

// Attributes of the object and of the modules in it, by dotted names.
void list_attributes(const ObjectValue& object, const std::string& prefix, int depth, Report* out) {
  if (depth > 100) return;
  const auto& declared = object.type->attributes();
  for (size_t i = 0; i < declared.size(); ++i) {
    const IValue& value = object.slots[i];
    const std::string name = prefix + declared[i].name;
    if (value.is_object() && value.to_object().type->is_module()) {
      list_attributes(value.to_object(), name + ".", depth + 1, out);
      continue;
    }
    Attribute attribute{name, declared[i].type->annotation(), "", 0};
    if (value.is_tensor() && value.to_tensor().defined()) {
      attribute.value = tensor_text(value.to_tensor());
      attribute.bytes = value.to_tensor().nbytes();
      out->bytes += attribute.bytes;
    } else if (value.is_scalar() || value.is_string() || value.is_none()) {
      attribute.value = to_text(value);
    }
    out->attributes.push_back(std::move(attribute));
  }
}

Report examine(const std::string& file) {
  const Runtime runtime;
  const auto bytes = ir::FileBytes::map(file);
  Report report;
  report.operators = ir::list_operators(ir::ZipReader(bytes), runtime.ops());
  ir::ImportOptions options;
  options.compile = false;
  const std::unique_ptr<ir::Module> module = ir::import_module(bytes, runtime.ops(), options);
  list_attributes(*module->root(), "", 0, &report);
  for (ir::ScriptFunction* method : module->methods()) {
    try {
      method->graph();  // fills in a return type that was not written down
    } catch (const Error& error) {
      if (report.problem.empty()) report.problem = error.message();
    }
    Schema schema = method->schema();
    schema.name = std::string(method->name());
    report.methods.push_back(schema.text());
  }
  return report;
}

void print(const Report& report) {
  std::printf("methods\n");
  for (const std::string& method : report.methods) std::printf("  %s\n", method.c_str());
  std::printf("\nattributes (%s of tensors)\n",
              human_bytes(static_cast<double>(report.bytes)).c_str());
  Table attributes({"  name", "type", "value", "bytes"});
  for (const Attribute& each : report.attributes) {
    std::string value = each.value.substr(0, each.value.find('\n'));
    if (value.size() > 60) value = value.substr(0, 57) + "...";
    attributes.add({"  " + each.name, each.type, value, std::to_string(each.bytes)});
  }
  std::printf("%s\noperators\n", attributes.text().c_str());
  Table operators({"  name", "uses", "state", "first use"});
  size_t missing = 0;
  for (const ir::OperatorUse& use : report.operators) {
    const char* state = use.implemented ? "" : use.known ? "not implemented" : "unknown";
    missing += use.implemented ? 0 : 1;
    operators.add({"  " + use.name, std::to_string(use.count), state, use.first_place});
  }
  std::printf("%s", operators.text().c_str());
  if (missing > 0) {
    std::printf("\n%zu operators are missing: requests that reach them fail\n", missing);
  }
  if (!report.problem.empty()) {
    std::printf("\nthe program does not compile: %s\n", report.problem.c_str());
  }
}

json to_json(const Report& report) {
  json body = {{"methods", report.methods}, {"tensor_bytes", report.bytes}};
  body["attributes"] = json::array();
  for (const Attribute& each : report.attributes) {
    body["attributes"].push_back(
        {{"name", each.name}, {"type", each.type}, {"value", each.value}, {"bytes", each.bytes}});
  }
  body["operators"] = json::array();
  for (const ir::OperatorUse& use : report.operators) {
    body["operators"].push_back({{"name", use.name},
                                 {"uses", use.count},
                                 {"known", use.known},
                                 {"implemented", use.implemented},
                                 {"first_place", use.first_place}});
  }
  body["problem"] = report.problem;
  return body;
}

}  // namespace

int inspect(const InspectOptions& options) {
  try {
    const Report report = about_file(options.file, [&] { return examine(options.file); });
    if (options.json) {
      const std::string text = to_json(report).dump(-1, ' ', false, json::error_handler_t::replace);
      std::printf("%s\n", text.c_str());
    } else {
      print(report);
    }
    return report.problem.empty() ? kDone : kFailed;
  } catch (const Error& error) {
    return report_failure(error.message());
  }
}

}  // namespace temper::cli
