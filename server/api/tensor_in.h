#pragma once
// One input tensor of a request, checked, and the values that it can stand for.

#include <string>
#include <string_view>
#include <vector>

#include "core/tensor/tensor.h"
#include "core/value/ivalue.h"
#include "core/value/type.h"
#include "protos/inference.pb.h"
#include "server/api/datatype.h"

namespace temper {

using WireInput = inference::ModelInferRequest::InferInputTensor;

class TensorIn {
 public:
  // `raw` is null when the data is in the input's typed contents. Tensors borrow the raw bytes,
  // which live as long as `owner`. Throws Error for a bad datatype, shape, size or content.
  TensorIn(const WireInput& wire, const std::string* raw, const Ref<RefCounted>& owner);

  const std::string& name() const { return wire_->name(); }
  const Datatype& datatype() const { return *datatype_; }
  DimsView shape() const {
    return {wire_->shape().data(), static_cast<size_t>(wire_->shape_size())};
  }
  int64_t count() const { return count_; }
  std::string text() const;  // "input 'x' (FP32 [1, 3])": for messages

  // A tensor over the request's bytes, or a copy where their alignment does not allow it.
  Tensor tensor() const;
  // An int, float, bool, str or a list of them, as `type` wants. Throws Error when it does not fit.
  IValue value(const TypePtr& type) const;

 private:
  void check_contents() const;
  void check_size() const;
  Tensor typed_tensor() const;
  std::vector<std::string_view> elements() const;
  IValue scalar(const TypePtr& type) const;
  IValue scalar_at(const Tensor& flat, int64_t index, const TypePtr& type) const;
  IValue list(const TypePtr& type) const;
  void check_lists(const TypePtr& type) const;
  IValue nested(const TypePtr& type, size_t dim, int64_t from, int64_t length, const Tensor& flat,
                const std::vector<std::string_view>& texts) const;
  [[noreturn]] void refuse(const TypePtr& type) const;

  const WireInput* wire_;
  const std::string* raw_;
  const Ref<RefCounted>* owner_;
  const Datatype* datatype_;
  int64_t count_ = 0;
};

}  // namespace temper
