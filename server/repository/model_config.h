#pragma once
// A model's optional configuration: config.pbtxt beside its versions, or JSON given with a load.

#include <memory>
#include <string>
#include <string_view>

#include "server/engine/model.h"
#include "server/engine/signature.h"
#include "server/repository/version_policy.h"

namespace inference {
class ModelConfig;
}

namespace temper {

using ModelConfigPtr = std::shared_ptr<const inference::ModelConfig>;

// Unknown fields are skipped. Throw Error naming the place in the text.
ModelConfigPtr parse_config_text(std::string_view text);
ModelConfigPtr parse_config_json(std::string_view text);

VersionPolicy version_policy(const inference::ModelConfig* config);  // null: the default
// The archive's name inside of a version's folder.
std::string archive_filename(const inference::ModelConfig* config);

// What the configuration's `parameters` ask for in place of the server's options: flush_denormals.
// Throws Error for a value that makes no sense.
ModelOptions model_options(const inference::ModelConfig* config, ModelOptions options);

// Lets the configuration name and limit what the method takes and gives. Throws Error when it does
// not fit the method.
void apply_config(const inference::ModelConfig& config, Signature* signature);

// What clients are told: the given one completed with what the method's schema says.
inference::ModelConfig effective_config(const inference::ModelConfig* given,
                                        const std::string& name, const Signature& signature);

// "FP32" <-> TYPE_FP32; an empty name for what there is no tensor of.
std::string_view datatype_of_config(int config_type);
int config_type_of(std::string_view datatype);

}  // namespace temper
