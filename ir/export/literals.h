#pragma once
// Values as text of the serialized dialect, and the table for those that have none.

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/value/containers.h"

namespace temper::ir {

// The values behind CONSTANTS.cN.
class ConstantTable {
 public:
  // The expression that reads the value; a value that is here already keeps its place. Tensors are
  // kept without a wish for gradients: PyTorch refuses constants that have one.
  std::string add(const IValue& value);
  const std::vector<IValue>& values() const { return values_; }

 private:
  std::vector<IValue> values_;
  std::vector<IValue> added_;  // as they were given, so that no address is used again
  std::unordered_map<const RefCounted*, size_t> places_;
};

// An expression that gives `value`: a literal where the dialect has one, else a read of the table.
std::string literal(const IValue& value, ConstantTable& table);

// A string literal that every reader of the dialect takes.
std::string quoted(std::string_view text);

// Whether the name may stand after a dot.
bool is_identifier(std::string_view name);
// Words that variables must not take: keywords, and what printed code calls by a bare name.
bool is_reserved(std::string_view name);

// Annotation text; throws when the type cannot be written.
std::string annotation_of(const TypePtr& type);

}  // namespace temper::ir
