#pragma once
// The inputs of a request -> the arguments of a method.

#include <vector>

#include "core/value/ivalue.h"
#include "protos/inference.pb.h"
#include "server/engine/signature.h"

namespace temper {

struct Arguments {
  std::vector<IValue> values;  // one per argument, without self
  int64_t batch = 1;           // > 1 only for models that are configured to batch
};

// Tensors borrow the request's bytes, which live as long as `owner`. Throws Error that says what
// was expected and what came.
Arguments read_inputs(const Signature& signature, const inference::ModelInferRequest& request,
                      const Ref<RefCounted>& owner);

}  // namespace temper
