#include "server/grpc/infer_call.h"

#include <grpc/support/time.h>

#include "server/grpc/status.h"

namespace temper {

google::protobuf::ArenaOptions InferMessages::options(char* block) {
  google::protobuf::ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = sizeof block_;
  return options;
}

InferMessages::InferMessages() : arena_(options(block_)) {
  retain();
  set_request(google::protobuf::Arena::CreateMessage<inference::ModelInferRequest>(&arena_));
  set_response(google::protobuf::Arena::CreateMessage<inference::ModelInferResponse>(&arena_));
}

UnaryInferCall::UnaryInferCall(grpc::CallbackServerContext* context,
                               const inference::ModelInferRequest* in,
                               inference::ModelInferResponse* out) {
  request = in;
  response = out;
  owner = Ref<RefCounted>(static_cast<InferMessages*>(context->GetRpcAllocatorState()));
  deadline = deadline_of(*context);
}

void UnaryInferCall::done(absl::Status status) { Finish(to_grpc(status)); }

Deadline deadline_of(const grpc::CallbackServerContext& context) {
  const gpr_timespec deadline = context.raw_deadline();
  if (gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) == 0) return kNoDeadline;
  const gpr_timespec steady = gpr_convert_clock_type(deadline, GPR_CLOCK_MONOTONIC);
  return Deadline(std::chrono::seconds(steady.tv_sec) + std::chrono::nanoseconds(steady.tv_nsec));
}

}  // namespace temper
