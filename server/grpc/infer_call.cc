#include "server/grpc/infer_call.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpc/support/time.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <cstring>

#include "server/grpc/status.h"

namespace temper {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

constexpr uint32_t kContentsTag =
    WireFormatLite::MakeTag(inference::ModelInferResponse::kRawOutputContentsFieldNumber,
                            WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
// Sending a slice of its own costs more than copying less than this.
constexpr size_t kLeastShared = 16384;

size_t frame_size(std::string_view bytes) {
  return CodedOutputStream::VarintSize32(kContentsTag) +
         CodedOutputStream::VarintSize32(static_cast<uint32_t>(bytes.size()));
}

bool is_shared(std::string_view bytes) { return bytes.size() >= kLeastShared; }

grpc::Slice shared_slice(OutputBytes output) {
  auto* kept = new OutputBytes(std::move(output));
  const std::string_view bytes = kept->view();
  return grpc::Slice(
      const_cast<char*>(bytes.data()), bytes.size(),
      [](void* user_data) { delete static_cast<OutputBytes*>(user_data); }, kept);
}

}  // namespace

google::protobuf::ArenaOptions InferMessages::options(char* block) {
  google::protobuf::ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = sizeof block_;
  return options;
}

InferMessages::InferMessages()
    : arena_(options(block_)),
      request_(google::protobuf::Arena::CreateMessage<inference::ModelInferRequest>(&arena_)),
      response_(google::protobuf::Arena::CreateMessage<inference::ModelInferResponse>(&arena_)) {}

UnaryInferCall::UnaryInferCall(grpc::CallbackServerContext* context, grpc::ByteBuffer* out)
    : messages_(make_ref<InferMessages>()), out_(out) {
  request = &messages_->request();
  response = &messages_->response();
  owner = messages_;
  deadline = deadline_of(*context);
}

bool UnaryInferCall::read(const grpc::ByteBuffer& in) {
  using Traits = grpc::SerializationTraits<inference::ModelInferRequest>;
  grpc::ByteBuffer bytes(in);
  if (Traits::Deserialize(&bytes, &messages_->request()).ok()) return true;
  Finish({grpc::StatusCode::INVALID_ARGUMENT, "the request is not a ModelInferRequest message"});
  return false;
}

void UnaryInferCall::done(absl::Status status) {
  if (status.ok()) *out_ = serialize(*response, std::move(outputs));
  Finish(to_grpc(status));
}

grpc::ByteBuffer serialize(const inference::ModelInferResponse& response,
                           std::vector<OutputBytes> outputs) {
  size_t size = response.ByteSizeLong();
  for (const OutputBytes& output : outputs) {
    const std::string_view bytes = output.view();
    size += frame_size(bytes) + (is_shared(bytes) ? 0 : bytes.size());
  }
  // All that is copied lies in one piece, between whose parts the large outputs go.
  const grpc::Slice copied(size);
  auto* const start = const_cast<uint8_t*>(copied.begin());
  uint8_t* to = response.SerializeWithCachedSizesToArray(start);
  std::vector<grpc::Slice> slices;
  size_t sent = 0;
  for (OutputBytes& output : outputs) {
    const std::string_view bytes = output.view();
    to = CodedOutputStream::WriteTagToArray(kContentsTag, to);
    to = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(bytes.size()), to);
    if (is_shared(bytes)) {
      const auto written = static_cast<size_t>(to - start);
      slices.push_back(copied.sub(sent, written));
      slices.push_back(shared_slice(std::move(output)));
      sent = written;
    } else if (!bytes.empty()) {
      std::memcpy(to, bytes.data(), bytes.size());
      to += bytes.size();
    }
  }
  if (sent < size || slices.empty()) slices.push_back(copied.sub(sent, size));
  return {slices.data(), slices.size()};
}

Deadline deadline_of(const grpc::CallbackServerContext& context) {
  const gpr_timespec deadline = context.raw_deadline();
  if (gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) == 0) return kNoDeadline;
  const gpr_timespec steady = gpr_convert_clock_type(deadline, GPR_CLOCK_MONOTONIC);
  return Deadline(std::chrono::seconds(steady.tv_sec) + std::chrono::nanoseconds(steady.tv_nsec));
}

}  // namespace temper
