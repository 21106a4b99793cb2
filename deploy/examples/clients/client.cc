// Asks the example `digits` which digit a picture of 8 x 8 numbers shows.
// usage: client [HOST:PORT]

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "inference.grpc.pb.h"

namespace {

constexpr char kSeven[] =
    "00000000"
    "02588886"
    "00000082"
    "00000850"
    "00008600"
    "00058000"
    "00080000"
    "00000000";

inference::ModelInferRequest make_request() {
  inference::ModelInferRequest request;
  request.set_model_name("digits");
  auto* input = request.add_inputs();
  input->set_name("image");
  input->set_datatype("FP32");
  for (const int64_t size : {1, 1, 8, 8}) input->add_shape(size);
  std::string* raw = request.add_raw_input_contents();
  for (const char* digit = kSeven; *digit; ++digit) {
    const auto pixel = static_cast<float>(*digit - '0');
    raw->append(reinterpret_cast<const char*>(&pixel), sizeof pixel);
  }
  return request;
}

}  // namespace

int main(int argc, char** argv) {
  const char* address = argc > 1 ? argv[1] : "127.0.0.1:8001";
  const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  const auto stub = inference::GRPCInferenceService::NewStub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
  inference::ModelInferResponse response;
  const grpc::Status status = stub->ModelInfer(&context, make_request(), &response);
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.error_message().c_str());
    return 1;
  }
  for (int i = 0; i < response.outputs_size(); ++i) {
    if (response.outputs(i).name() != "digit") continue;
    int64_t digit = 0;
    std::memcpy(&digit, response.raw_output_contents(i).data(), sizeof digit);
    std::printf("digit %lld\n", static_cast<long long>(digit));
  }
  return 0;
}
