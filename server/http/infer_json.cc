#include "server/http/infer_json.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "core/base/error.h"
#include "server/api/datatype.h"
#include "server/http/json_limits.h"

namespace temper {
namespace {

using nlohmann::json;

const json& member(const json& object, const char* name, const char* what) {
  const auto found = object.find(name);
  if (found == object.end()) fail(what, " has no member '", name, "'");
  return *found;
}

std::string text_of(const json& value, const char* what) {
  if (!value.is_string()) fail(what, " must be a string");
  return value.get<std::string>();
}

void set_parameter(const std::string& key, const json& value,
                   inference::InferParameter* parameter) {
  if (value.is_boolean()) {
    parameter->set_bool_param(value.get<bool>());
  } else if (value.is_number_integer()) {
    parameter->set_int64_param(value.get<int64_t>());
  } else if (value.is_number_float()) {
    parameter->set_double_param(value.get<double>());
  } else if (value.is_string()) {
    parameter->set_string_param(value.get<std::string>());
  } else {
    fail("parameter '", key, "' must be a string, a number or a boolean");
  }
}

// Row-major elements of nested or flat data, appended to `raw` in the datatype's encoding.
class DataReader {
 public:
  DataReader(const Datatype& datatype, const std::string& input, std::string* raw)
      : datatype_(datatype), input_(input), raw_(raw) {}

  void read(const json& data) {
    if (!data.is_array()) return element(data);
    for (const json& item : data) read(item);
  }

 private:
  [[noreturn]] void refuse(const json& value) const {
    std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
    if (text.size() > 40) text = text.substr(0, 40) + "...";
    fail("input '", input_, "': ", text, " is no ", datatype_.name);
  }

  template <class T>
  void append(T value) {
    raw_->append(reinterpret_cast<const char*>(&value), sizeof value);
  }

  template <class T>
  void integer(const json& value) {
    if (value.is_number_unsigned()) {
      const auto number = value.get<uint64_t>();
      if (number > static_cast<uint64_t>(std::numeric_limits<T>::max())) refuse(value);
      return append(static_cast<T>(number));
    }
    if (!value.is_number_integer()) refuse(value);
    const auto number = value.get<int64_t>();
    if (number < 0 &&
        (std::is_unsigned_v<T> || number < static_cast<int64_t>(std::numeric_limits<T>::min()))) {
      refuse(value);
    }
    append(static_cast<T>(number));
  }

  void element(const json& value) {
    if (datatype_.is_bytes()) {
      if (!value.is_string()) refuse(value);
      return append_bytes(value.get_ref<const std::string&>(), raw_);
    }
    if (!datatype_.dtype) fail("input '", input_, "': TorchScript has no ", datatype_.name);
    switch (*datatype_.dtype) {
      case DType::kBool:
        if (!value.is_boolean()) refuse(value);
        return append(value.get<bool>());
      case DType::kUInt8: return integer<uint8_t>(value);
      case DType::kInt8: return integer<int8_t>(value);
      case DType::kInt16: return integer<int16_t>(value);
      case DType::kInt32: return integer<int32_t>(value);
      case DType::kInt64: return integer<int64_t>(value);
      case DType::kFloat32:
        if (!value.is_number()) refuse(value);
        return append(value.get<float>());
      case DType::kFloat64:
        if (!value.is_number()) refuse(value);
        return append(value.get<double>());
      default:
        fail("input '", input_, "': JSON cannot carry ", datatype_.name,
             "; send it as binary data");
    }
  }

  const Datatype& datatype_;
  const std::string& input_;
  std::string* raw_;
};

class RequestParser {
 public:
  RequestParser(std::string_view binary, inference::ModelInferRequest* request,
                BinaryOutputs* outputs)
      : binary_(binary), request_(request), outputs_(outputs) {}

  void parse(const json& body) {
    if (!body.is_object()) fail("the request must be a JSON object with the member 'inputs'");
    if (const auto id = body.find("id"); id != body.end()) request_->set_id(text_of(*id, "'id'"));
    if (const auto found = body.find("parameters"); found != body.end()) parameters(*found);
    const json& inputs = member(body, "inputs", "the request");
    if (!inputs.is_array()) fail("'inputs' must be an array");
    for (const json& each : inputs) input(each);
    if (!binary_.empty()) {
      fail(binary_.size(), " bytes follow the JSON that no input's binary_data_size accounts for");
    }
    if (const auto found = body.find("outputs"); found != body.end()) outputs(*found);
  }

 private:
  void parameters(const json& given) {
    if (!given.is_object()) fail("'parameters' must be an object");
    for (const auto& [key, value] : given.items()) {
      if (key == "binary_data_output") {
        if (!value.is_boolean()) fail("parameter 'binary_data_output' must be a boolean");
        outputs_->all = value.get<bool>();
      } else {
        set_parameter(key, value, &(*request_->mutable_parameters())[key]);
      }
    }
  }

  void input(const json& given) {
    if (!given.is_object()) fail("each input must be an object");
    auto* input = request_->add_inputs();
    input->set_name(text_of(member(given, "name", "an input"), "an input's 'name'"));
    input->set_datatype(text_of(member(given, "datatype", "an input"), "an input's 'datatype'"));
    const json& shape = member(given, "shape", "an input");
    if (!shape.is_array()) fail("input '", input->name(), "': 'shape' must be an array");
    for (const json& dim : shape) {
      if (!dim.is_number_integer()) fail("input '", input->name(), "': a dim must be an integer");
      input->add_shape(dim.get<int64_t>());
    }
    const Datatype* datatype = find_datatype(input->datatype());
    if (!datatype) {
      fail("input '", input->name(), "' has the unknown datatype '", input->datatype(),
           "'; known are ", all_datatypes());
    }
    std::string* raw = request_->add_raw_input_contents();
    if (const auto size = binary_size(given, input->name())) {
      raw->assign(binary_.substr(0, *size));
      binary_.remove_prefix(*size);
      return;
    }
    DataReader(*datatype, input->name(), raw).read(member(given, "data", "an input"));
  }

  std::optional<size_t> binary_size(const json& input, const std::string& name) const {
    const auto parameters = input.find("parameters");
    if (parameters == input.end() || !parameters->is_object()) return std::nullopt;
    const auto size = parameters->find("binary_data_size");
    if (size == parameters->end()) return std::nullopt;
    if (!size->is_number_unsigned()) fail("input '", name, "': binary_data_size must be a number");
    const auto bytes = size->get<uint64_t>();
    if (bytes > binary_.size()) {
      fail("input '", name, "' has a binary_data_size of ", bytes, ", but ", binary_.size(),
           " bytes are left");
    }
    return static_cast<size_t>(bytes);
  }

  void outputs(const json& given) {
    if (!given.is_array()) fail("'outputs' must be an array");
    for (const json& each : given) {
      if (!each.is_object()) fail("each output must be an object");
      const std::string name = text_of(member(each, "name", "an output"), "an output's 'name'");
      auto* output = request_->add_outputs();
      output->set_name(name);
      const auto parameters = each.find("parameters");
      if (parameters == each.end() || !parameters->is_object()) continue;
      for (const auto& [key, value] : parameters->items()) {
        if (key == "binary_data" && value.is_boolean()) {
          outputs_->named.emplace_back(name, value.get<bool>());
        } else {
          set_parameter(key, value, &(*output->mutable_parameters())[key]);
        }
      }
    }
  }

  std::string_view binary_;
  inference::ModelInferRequest* request_;
  BinaryOutputs* outputs_;
};

template <class T>
void add_numbers(std::string_view raw, json* data) {
  for (size_t i = 0; i + sizeof(T) <= raw.size(); i += sizeof(T)) {
    T value;
    std::memcpy(&value, raw.data() + i, sizeof value);
    data->push_back(value);
  }
}

json data_of(const Datatype& datatype, std::string_view raw, const std::string& output) {
  json data = json::array();
  if (datatype.is_bytes()) {
    for (const std::string_view element : split_bytes(raw, output)) data.push_back(element);
    return data;
  }
  switch (datatype.dtype.value_or(DType::kQInt8)) {
    case DType::kBool:
      for (const char byte : raw) data.push_back(byte != 0);
      break;
    case DType::kUInt8: add_numbers<uint8_t>(raw, &data); break;
    case DType::kInt8: add_numbers<int8_t>(raw, &data); break;
    case DType::kInt16: add_numbers<int16_t>(raw, &data); break;
    case DType::kInt32: add_numbers<int32_t>(raw, &data); break;
    case DType::kInt64: add_numbers<int64_t>(raw, &data); break;
    case DType::kFloat32: add_numbers<float>(raw, &data); break;
    case DType::kFloat64: add_numbers<double>(raw, &data); break;
    default:
      fail("output '", output, "' is ", datatype.name,
           ", which JSON cannot carry; ask for it with binary_data");
  }
  return data;
}

}  // namespace

bool BinaryOutputs::wants(const std::string& output) const {
  for (const auto& [name, wanted] : named) {
    if (name == output) return wanted;
  }
  return all;
}

void parse_infer_request(std::string_view body, size_t header_size,
                         inference::ModelInferRequest* request, BinaryOutputs* binary) {
  if (header_size != std::string::npos && header_size > body.size()) {
    fail("the header says that ", header_size, " bytes are JSON, but the body has ", body.size());
  }
  const std::string_view header = body.substr(0, header_size);
  RequestParser(body.substr(header.size()), request, binary).parse(parse_json(header));
}

InferBody print_infer_response(const inference::ModelInferResponse& response,
                               const std::vector<OutputBytes>& outputs,
                               const BinaryOutputs& binary) {
  json body = {{"model_name", response.model_name()}, {"model_version", response.model_version()}};
  if (!response.id().empty()) body["id"] = response.id();
  body["outputs"] = json::array();
  std::string tail;
  for (int i = 0; i < response.outputs_size(); ++i) {
    const auto& output = response.outputs(i);
    const std::string_view raw = outputs[static_cast<size_t>(i)].view();
    json entry = {{"name", output.name()}, {"datatype", output.datatype()}};
    entry["shape"] = std::vector<int64_t>(output.shape().begin(), output.shape().end());
    if (binary.wants(output.name())) {
      entry["parameters"] = {{"binary_data_size", raw.size()}};
      tail += raw;
    } else {
      const Datatype* datatype = find_datatype(output.datatype());
      TEMPER_CHECK(datatype);
      entry["data"] = data_of(*datatype, raw, output.name());
    }
    body["outputs"].push_back(std::move(entry));
  }
  InferBody printed;
  printed.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  if (!tail.empty() || binary.all) {
    printed.header_size = printed.body.size();
    printed.body += tail;
  }
  return printed;
}

}  // namespace temper
