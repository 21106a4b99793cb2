#include "server/cli/tensor_source.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/tensor/tensor.h"
#include "server/api/datatype.h"

namespace temper::cli {
namespace {

using nlohmann::json;

bool has_extension(const std::string& path, std::initializer_list<const char*> extensions) {
  const std::string extension = std::filesystem::path(path).extension().string();
  for (const char* each : extensions) {
    if (extension == each) return true;
  }
  return false;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw_error(ErrorKind::kNotFound, str_cat("cannot read the file ", path));
  return {std::istreambuf_iterator<char>(file), {}};
}

// The shape of nested arrays; throws when they are ragged.
void find_shape(const json& value, size_t depth, std::vector<int64_t>* shape) {
  if (!value.is_array()) {
    if (depth != shape->size()) fail("the nested arrays differ in depth");
    return;
  }
  const auto size = static_cast<int64_t>(value.size());
  if (shape->size() == depth) {
    shape->push_back(size);
    if (value.empty()) return;
  }
  if ((*shape)[depth] != size) fail("the nested arrays differ in length");
  for (const json& item : value) {
    if (item.is_array() && shape->size() == depth + 1 && &item != &value[0]) {
      fail("the nested arrays differ in depth");
    }
    find_shape(item, depth + 1, shape);
  }
}

void flatten(const json& value, std::vector<const json*>* out) {
  if (!value.is_array()) return out->push_back(&value);
  for (const json& item : value) flatten(item, out);
}

std::string guess_datatype(const std::vector<const json*>& items) {
  if (items.empty()) return "FP32";
  bool text = false, boolean = true, whole = true;
  for (const json* item : items) {
    text = text || item->is_string();
    boolean = boolean && item->is_boolean();
    whole = whole && item->is_number_integer();
  }
  return text ? "BYTES" : boolean ? "BOOL" : whole ? "INT64" : "FP32";
}

void append_number(const json& value, const Datatype& datatype, std::string* raw) {
  if (!datatype.dtype) fail("values of datatype ", datatype.name, " cannot be written as JSON");
  if (!value.is_number() && !value.is_boolean()) {
    fail(value.dump(), " is no ", datatype.name);
  }
  const bool whole = value.is_number_integer() || value.is_boolean();
  if (!whole && is_integral_or_bool(*datatype.dtype)) fail(value.dump(), " is no ", datatype.name);
  Tensor number = empty({1}, whole ? DType::kInt64 : DType::kFloat64);
  if (whole) {
    *number.data<int64_t>() = value.is_boolean() ? value.get<bool>() : value.get<int64_t>();
  } else {
    *number.data<double>() = value.get<double>();
  }
  const Tensor converted = to_dtype(number, *datatype.dtype);
  raw->append(reinterpret_cast<const char*>(converted.raw()),
              static_cast<size_t>(converted.nbytes()));
}

WireTensor from_json(const json& value, std::string datatype) {
  WireTensor tensor;
  find_shape(value, 0, &tensor.shape);
  std::vector<const json*> items;
  flatten(value, &items);
  if (!value.is_array()) tensor.shape = {1};
  tensor.datatype = datatype.empty() ? guess_datatype(items) : std::move(datatype);
  const Datatype* known = find_datatype(tensor.datatype);
  if (!known) fail("unknown datatype ", tensor.datatype, "; known are ", all_datatypes());
  for (const json* item : items) {
    if (known->is_bytes()) {
      append_bytes(item->is_string() ? item->get<std::string>() : item->dump(), &tensor.raw);
    } else {
      append_number(*item, *known, &tensor.raw);
    }
  }
  return tensor;
}

WireTensor from_text(std::string text) {
  WireTensor tensor;
  tensor.datatype = "BYTES";
  tensor.shape = {1};
  append_bytes(text, &tensor.raw);
  return tensor;
}

WireTensor from_file(const std::string& path, const std::string& wanted) {
  if (has_extension(path, {".npy"})) return read_npy(path);
  if (has_extension(path, {".png", ".jpg", ".jpeg"}) && wanted != "BYTES") {
    return read_picture(path);
  }
  const std::string text = read_file(path);
  if (wanted == "BYTES") return from_text(text);
  const json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) {
    fail(path, " is no .npy, .png or .jpg file and no JSON; for its bytes write name:BYTES=@",
         path);
  }
  return from_json(value, wanted);
}

}  // namespace

InputText split_input(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    fail("--input ", text, ": write it as name=value or name=@file");
  }
  InputText input{text.substr(0, equals), "", text.substr(equals + 1)};
  const size_t colon = input.name.rfind(':');
  if (colon != std::string::npos) {
    input.datatype = input.name.substr(colon + 1);
    input.name.resize(colon);
  }
  return input;
}

WireTensor read_input(const InputText& input, const std::string& wanted, bool exact) {
  const std::string known = !input.datatype.empty() ? input.datatype : exact ? wanted : "";
  const std::string& value = input.value;
  const bool file = value.size() > 1 && value[0] == '@';
  const bool named_file =
      has_extension(value, {".npy", ".png", ".jpg", ".jpeg"}) && std::filesystem::exists(value);
  WireTensor tensor;
  try {
    if (file || named_file) {
      tensor = from_file(file ? value.substr(1) : value, known);
    } else {
      const json parsed = json::parse(value, nullptr, false);
      const bool literal = !parsed.is_discarded() && !parsed.is_object() && !parsed.is_null();
      const bool bare_text =
          known == "BYTES" && !(literal && (parsed.is_array() || parsed.is_string()));
      if (!literal && !known.empty() && known != "BYTES") {
        fail("'", value, "' is no JSON value for ", known);
      }
      tensor = literal && !bare_text ? from_json(parsed, known) : from_text(value);
    }
  } catch (const Error& error) {
    throw_error(error.kind(), str_cat("--input ", input.name, ": ", error.message()));
  }
  tensor.name = input.name;
  return tensor;
}

void add_input(const std::string& text, const std::vector<OutputSlot>& declared,
               inference::ModelInferRequest* request) {
  const InputText input = split_input(text);
  std::string wanted;
  bool exact = false;
  for (const OutputSlot& known : declared) {
    if (known.name != input.name) continue;
    wanted = known.datatype;
    // One open dim stands for a tensor of which nothing is known.
    exact = !(known.dims == std::vector<int64_t>{-1} && wanted == "FP32");
  }
  WireTensor tensor = read_input(input, wanted, exact);
  auto* out = request->add_inputs();
  out->set_name(tensor.name);
  out->set_datatype(tensor.datatype);
  out->mutable_shape()->Add(tensor.shape.begin(), tensor.shape.end());
  *request->add_raw_input_contents() = std::move(tensor.raw);
}

}  // namespace temper::cli
