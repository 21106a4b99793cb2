#pragma once
// Inference over HTTP: JSON, with binary tensors behind it where the caller wants, to messages and
// back.

#include <string>
#include <string_view>

#include "protos/inference.pb.h"
#include "server/api/outputs.h"

namespace temper {

// Which outputs go out as bytes behind the JSON.
struct BinaryOutputs {
  bool all = false;
  std::vector<std::pair<std::string, bool>> named;
  bool wants(const std::string& output) const;
};

// `header_size` bytes of `body` are JSON, the rest binary tensors; std::string::npos: all is JSON.
// Throws Error for what is no request.
void parse_infer_request(std::string_view body, size_t header_size,
                         inference::ModelInferRequest* request, BinaryOutputs* binary);

struct InferBody {
  std::string body;
  size_t header_size = std::string::npos;  // npos: no binary tensors follow
};
// `outputs` holds the bytes of each output of the response.
InferBody print_infer_response(const inference::ModelInferResponse& response,
                               const std::vector<OutputBytes>& outputs,
                               const BinaryOutputs& binary);

}  // namespace temper
