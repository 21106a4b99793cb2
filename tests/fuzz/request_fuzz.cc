// Requests and configurations of strangers, as JSON and as messages: arguments or an error.

#include "core/base/error.h"
#include "server/api/inputs.h"
#include "server/http/infer_json.h"
#include "server/repository/model_config.h"

namespace {

using namespace temper;

const Signature& signature() {
  static const auto* made = new Signature(make_signature(parse_schema(
      "fuzz::f(Any self, Tensor x, int n=1, float f=0.5, bool b=False, str s=\"\", "
      "int[][] grid=None, str[] words=None, Tensor[] many=None, "
      "Dict(str, Tensor) parts=None, (int, Tensor) pair=None, Any any=None) -> Tensor")));
  return *made;
}

void read_request(std::string_view text, bool is_json, size_t header_size) {
  struct Holder final : RefCounted {
    inference::ModelInferRequest request;
  };
  const auto holder = make_ref<Holder>();
  if (is_json) {
    BinaryOutputs outputs;
    parse_infer_request(text, header_size, &holder->request, &outputs);
  } else if (!holder->request.ParseFromArray(text.data(), static_cast<int>(text.size()))) {
    return;
  }
  read_inputs(signature(), holder->request, holder);
}

void read_config(std::string_view text, bool is_json) {
  const ModelConfigPtr config = is_json ? parse_config_json(text) : parse_config_text(text);
  Signature limited = signature();
  version_policy(config.get());
  archive_filename(config.get());
  apply_config(*config, &limited);
  effective_config(config.get(), "fuzz", limited);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const bool is_json = data[0] % 2 == 0;
  try {
    if (data[0] % 4 < 2) {
      read_request(text, is_json, data[1] == 255 ? std::string::npos : data[1]);
    } else {
      read_config(text, is_json);
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInternal) __builtin_trap();
  }
  return 0;
}
