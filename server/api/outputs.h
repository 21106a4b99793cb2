#pragma once
// The result of a method -> the outputs of a response.

#include <string>
#include <utility>
#include <vector>

#include "core/value/ivalue.h"
#include "protos/inference.pb.h"
#include "server/engine/signature.h"

namespace temper {

// Tensors, numbers, texts and lists of numbers or texts in the order of the result, each with its
// name: OUTPUT__<i> for items of a tuple or list, the field or key of a NamedTuple or dict, a dot
// before the name of an item inside of an item. None has no place. Throws Error for what a response
// cannot carry.
std::vector<std::pair<std::string, IValue>> flatten_result(const IValue& result);

// Appends the outputs that the request asks for (all, when it asks for none) to the response.
void write_outputs(const Signature& signature, const IValue& result,
                   const inference::ModelInferRequest& request,
                   inference::ModelInferResponse* response);

}  // namespace temper
