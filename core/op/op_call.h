#pragma once
// One call of a kernel: its arguments and results as registers of the caller's frame, and the
// context that the request runs in. Accessors unbox; a wrong tag throws kInternal because overload
// resolution has checked the types.

#include <optional>
#include <vector>

#include "core/tensor/tensor.h"
#include "core/value/containers.h"
#include "core/value/ivalue.h"

namespace temper {

class OpDef;
class RunContext;

using Register = uint32_t;

class OpCall {
 public:
  // `dying`: bit i says that nobody reads input i after the call.
  OpCall(const OpDef& op, RunContext& context, IValue* registers, const Register* inputs,
         size_t num_inputs, const Register* outputs, size_t num_outputs, uint32_t dying = 0)
      : op_(&op),
        context_(&context),
        registers_(registers),
        inputs_(inputs),
        outputs_(outputs),
        num_inputs_(static_cast<uint32_t>(num_inputs)),
        num_outputs_(static_cast<uint32_t>(num_outputs)),
        dying_(dying) {}

  const OpDef& op() const { return *op_; }
  RunContext& context() const { return *context_; }
  size_t size() const { return num_inputs_; }
  size_t num_outputs() const { return num_outputs_; }

  IValue& in(size_t i) const { return registers_[inputs_[i]]; }
  IValue& out(size_t i) const { return registers_[outputs_[i]]; }
  // The kernel may take input i for itself: its register is not read again.
  bool dies(size_t i) const { return i < 32 && (dying_ >> i & 1) != 0; }

  bool is_none(size_t i) const { return in(i).is_none(); }
  Tensor tensor(size_t i) const { return in(i).to_tensor(); }
  Tensor opt_tensor(size_t i) const;  // undefined when None
  std::vector<Tensor> tensors(size_t i) const;
  std::vector<Tensor> opt_tensors(size_t i) const;  // None elements become undefined tensors
  int64_t integer(size_t i) const { return in(i).to_int(); }
  int64_t integer_or(size_t i, int64_t fallback) const {
    return is_none(i) ? fallback : integer(i);
  }
  std::optional<int64_t> opt_integer(size_t i) const;
  // Accepts int and bool too: a Scalar or float argument.
  double number(size_t i) const { return in(i).scalar_as_double(); }
  double number_or(size_t i, double fallback) const { return is_none(i) ? fallback : number(i); }
  bool boolean(size_t i) const { return in(i).to_bool(); }
  bool boolean_or(size_t i, bool fallback) const { return is_none(i) ? fallback : boolean(i); }
  const std::string& string(size_t i) const { return in(i).to_string(); }
  Dims ints(size_t i) const;  // int[]; a lone int counts as a list of one
  std::optional<Dims> opt_ints(size_t i) const;
  std::vector<double> numbers(size_t i) const;     // float[]
  std::vector<bool> booleans(size_t i) const;      // bool[]
  DType dtype_or(size_t i, DType fallback) const;  // int? dtype
  std::optional<DType> opt_dtype(size_t i) const;

  void ret(size_t i, IValue value) const { out(i) = std::move(value); }
  void ret(IValue value) const { out(0) = std::move(value); }

 private:
  const OpDef* op_;
  RunContext* context_;
  IValue* registers_;
  const Register* inputs_;
  const Register* outputs_;
  uint32_t num_inputs_;
  uint32_t num_outputs_;
  uint32_t dying_;
};

using Kernel = void (*)(OpCall&);

}  // namespace temper
