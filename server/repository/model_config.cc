#include "server/repository/model_config.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "core/base/error.h"
#include "protos/inference.pb.h"

namespace temper {
namespace {

using inference::ModelConfig;

constexpr std::string_view kDatatypes[] = {"",       "BOOL", "UINT8", "UINT16", "UINT32",
                                           "UINT64", "INT8", "INT16", "INT32",  "INT64",
                                           "FP16",   "FP32", "FP64",  "BYTES",  "BF16"};

class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text.empty()) text = str_cat("line ", line + 1, ", column ", column + 1, ": ", message);
  }
  std::string text;
};

TensorLimits limits_of(int type, const google::protobuf::RepeatedField<int64_t>& dims) {
  return {std::string(datatype_of_config(type)), {dims.begin(), dims.end()}};
}

// Configured inputs map to arguments by name, else by index suffix, else by order.
int argument_of(const ModelConfig& config, int input, const Signature& signature) {
  const auto& inputs = config.input();
  const auto is_argument = [&](const inference::ModelInput& each) {
    return std::any_of(signature.inputs.begin(), signature.inputs.end(),
                       [&](const InputSlot& slot) { return slot.name == each.name(); });
  };
  if (std::all_of(inputs.begin(), inputs.end(), is_argument)) {
    return signature.find_input(inputs[input].name());
  }
  const bool indexed = std::all_of(inputs.begin(), inputs.end(),
                                   [](const auto& each) { return index_suffix(each.name()) >= 0; });
  return indexed ? index_suffix(inputs[input].name()) : input;
}

void check_batch_and_dims(const inference::ModelInput& input) {
  if (input.data_type() == inference::TYPE_INVALID) {
    fail("the configuration gives input '", input.name(), "' no data_type");
  }
  for (const int64_t dim : input.dims()) {
    if (dim < -1) fail("the configuration gives input '", input.name(), "' the dim ", dim);
  }
}

}  // namespace

std::string_view datatype_of_config(int config_type) {
  const bool known = config_type > 0 && config_type < static_cast<int>(std::size(kDatatypes));
  return known ? kDatatypes[config_type] : std::string_view();
}

int config_type_of(std::string_view datatype) {
  const auto* found = std::find(std::begin(kDatatypes), std::end(kDatatypes), datatype);
  return found == std::end(kDatatypes) ? 0 : static_cast<int>(found - std::begin(kDatatypes));
}

ModelConfigPtr parse_config_text(std::string_view text) {
  auto config = std::make_shared<ModelConfig>();
  google::protobuf::TextFormat::Parser parser;
  FirstError error;
  parser.RecordErrorsTo(&error);
  parser.AllowUnknownField(true);
  if (!parser.ParseFromString(std::string(text), config.get())) {
    fail("the model's configuration cannot be read: ", error.text);
  }
  return config;
}

ModelConfigPtr parse_config_json(std::string_view text) {
  auto config = std::make_shared<ModelConfig>();
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const auto status = google::protobuf::util::JsonStringToMessage({text.data(), text.size()},
                                                                  config.get(), options);
  if (!status.ok()) {
    const std::string reason(status.message().data(), status.message().size());
    fail("the model's configuration is no JSON of a model configuration: ", reason);
  }
  return config;
}

VersionPolicy version_policy(const ModelConfig* config) {
  VersionPolicy policy;
  if (!config) return policy;
  const auto& given = config->version_policy();
  if (given.has_all()) policy.kind = VersionPolicy::Kind::kAll;
  if (given.has_latest()) policy.count = std::max<uint32_t>(given.latest().num_versions(), 1);
  if (given.has_specific()) {
    policy.kind = VersionPolicy::Kind::kSpecific;
    policy.versions.assign(given.specific().versions().begin(), given.specific().versions().end());
  }
  return policy;
}

std::string archive_filename(const ModelConfig* config) {
  if (!config || config->default_model_filename().empty()) return "model.pt";
  const std::string& name = config->default_model_filename();
  if (name.find('/') != std::string::npos) {
    fail("default_model_filename '", name, "' must be a file of the version's folder");
  }
  return name;
}

ModelOptions model_options(const ModelConfig* config, ModelOptions options) {
  constexpr const char* kFlush = "flush_denormals";
  if (!config) return options;
  const auto given = config->parameters().find(kFlush);
  if (given == config->parameters().end()) return options;
  const std::string& value = given->second.string_value();
  if (value != "true" && value != "false") {
    fail("the configuration's parameter ", kFlush, " is '", value, "'; it must be true or false");
  }
  options.flush_denormals = value == "true";
  return options;
}

void apply_config(const ModelConfig& config, Signature* signature) {
  if (config.max_batch_size() < 0) fail("max_batch_size is ", config.max_batch_size());
  signature->max_batch = config.max_batch_size();
  for (int i = 0; i < config.input_size(); ++i) {
    const inference::ModelInput& input = config.input(i);
    check_batch_and_dims(input);
    const int argument = argument_of(config, i, *signature);
    if (argument < 0 || argument >= static_cast<int>(signature->inputs.size())) {
      fail("the configuration's input '", input.name(), "' stands for no argument of the method, ",
           "which takes ", signature->input_names());
    }
    InputSlot& slot = signature->inputs[static_cast<size_t>(argument)];
    if (slot.limits) fail("two configured inputs stand for the argument '", slot.name, "'");
    if (slot.name != input.name()) slot.alias = input.name();
    slot.limits = limits_of(input.data_type(), input.dims());
  }
  for (const inference::ModelOutput& output : config.output()) {
    signature->output_names.push_back(output.name());
  }
}

ModelConfig effective_config(const ModelConfig* given, const std::string& name,
                             const Signature& signature) {
  ModelConfig config;
  if (given) config = *given;
  config.set_name(name);
  if (config.platform().empty()) config.set_platform("pytorch_libtorch");
  if (config.backend().empty()) config.set_backend("pytorch");
  config.set_default_model_filename(archive_filename(given));
  if (!config.version_policy().policy_choice_case()) {
    config.mutable_version_policy()->mutable_latest()->set_num_versions(1);
  }
  if (config.instance_group_size() == 0) {
    inference::ModelInstanceGroup* group = config.add_instance_group();
    group->set_name(name);
    group->set_kind(inference::ModelInstanceGroup::KIND_CPU);
    group->set_count(1);
  }
  if (config.input_size() == 0) {
    for (const InputSlot& slot : signature.inputs) {
      const OutputSlot shown = describe_input(slot);
      inference::ModelInput* input = config.add_input();
      input->set_name(shown.name);
      input->set_data_type(static_cast<inference::DataType>(config_type_of(shown.datatype)));
      input->mutable_dims()->Add(shown.dims.begin(), shown.dims.end());
      input->set_optional(slot.may_be_left_out());
    }
  }
  if (config.output_size() == 0) {
    for (const OutputSlot& shown : describe_outputs(signature.result)) {
      inference::ModelOutput* output = config.add_output();
      output->set_name(shown.name);
      output->set_data_type(static_cast<inference::DataType>(config_type_of(shown.datatype)));
      output->mutable_dims()->Add(shown.dims.begin(), shown.dims.end());
    }
  }
  return config;
}

}  // namespace temper
