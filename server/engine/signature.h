#pragma once
// What a method takes and gives, in terms of named tensors. Immutable once made.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/schema.h"

namespace temper {

// What a configuration promises about a tensor; a model without one promises nothing.
struct TensorLimits {
  std::string datatype;       // "FP32"; empty: any
  std::vector<int64_t> dims;  // without the batch; -1 is any
};

struct InputSlot {
  std::string name;   // of the argument
  std::string alias;  // the configuration's name; empty without one
  TypePtr type;
  std::optional<IValue> default_value;
  std::optional<TensorLimits> limits;

  // None stands for what a caller leaves out, because no tensor can say None.
  bool may_be_left_out() const { return default_value || may_be_none(type); }
  const std::string& shown_name() const { return alias.empty() ? name : alias; }
};

// One tensor of a result, as far as the declared type tells it.
struct OutputSlot {
  std::string name;
  std::string datatype;
  std::vector<int64_t> dims;
};

struct Signature {
  std::vector<InputSlot> inputs;
  TypePtr result;
  std::vector<std::string> output_names;  // given by a configuration, in its order
  int64_t max_batch = 0;                  // > 0: the first dim of every tensor is a batch

  // Index of the slot that `name` stands for: an argument, a configured name, or INPUT__<index>;
  // -1 when there is none.
  int find_input(std::string_view name) const;
  std::string input_names() const;  // "a, b, INPUT__0...": for messages
};

// From a method's schema; the first argument is the receiver.
Signature make_signature(const Schema& schema);

// The outputs that a declared result type promises: dicts and lists of tensors promise none,
// because only the values tell how many there are.
std::vector<OutputSlot> describe_outputs(const TypePtr& type);
// Datatype and dims of an input of this type; tensors say FP32 and one open dim.
OutputSlot describe_input(const InputSlot& input);

// The index behind the last "__": 3 for "INPUT__3"; -1 when there is none.
int index_suffix(std::string_view name);

}  // namespace temper
