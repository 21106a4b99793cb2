#pragma once
// The result of a method -> the outputs of a response.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/value/ivalue.h"
#include "protos/inference.pb.h"
#include "server/engine/signature.h"

namespace temper {

// The bytes of one output. A tensor that nobody else sees stays where the kernels wrote it; of
// others, which a later request may write, it is a copy.
class OutputBytes {
 public:
  explicit OutputBytes(std::string text) : text_(std::move(text)) {}
  explicit OutputBytes(Tensor tensor);
  std::string_view view() const;

 private:
  Tensor tensor_;  // dense, or undefined
  std::string text_;
};

// Tensors, numbers, texts and lists of numbers or texts in the order of the result, each with its
// name: OUTPUT__<i> for items of a tuple or list, the field or key of a NamedTuple or dict, a dot
// before the name of an item inside of an item. None has no place. Throws Error for what a response
// cannot carry.
std::vector<std::pair<std::string, IValue>> flatten_result(const IValue& result);

// Appends the outputs that the request asks for (all, when it asks for none) to the response, and
// their bytes to `bytes`, since responses need not hold them.
void write_outputs(const Signature& signature, IValue result,
                   const inference::ModelInferRequest& request,
                   inference::ModelInferResponse* response, std::vector<OutputBytes>* bytes);

// For transports whose responses do.
void add_contents(const std::vector<OutputBytes>& bytes, inference::ModelInferResponse* response);

}  // namespace temper
