#include "server/engine/signature.h"

#include "core/base/strings.h"

namespace temper {
namespace {

struct Plain {
  const char* datatype;
  std::vector<int64_t> dims;
};

// Types that travel as one tensor.
std::optional<Plain> plain_type(const TypePtr& declared) {
  const TypePtr type = may_be_none(declared) ? without_none(declared) : declared;
  switch (type->kind()) {
    case TypeKind::kTensor: return Plain{"FP32", {-1}};
    case TypeKind::kInt: return Plain{"INT64", {1}};
    case TypeKind::kFloat:
    case TypeKind::kNumber: return Plain{"FP64", {1}};
    case TypeKind::kBool: return Plain{"BOOL", {1}};
    case TypeKind::kString:
    case TypeKind::kDevice: return Plain{"BYTES", {1}};
    case TypeKind::kList: {
      const std::optional<Plain> element = plain_type(type->contained()[0]);
      if (!element || type->contained()[0]->kind() == TypeKind::kTensor) return std::nullopt;
      std::vector<int64_t> dims = element->dims;
      if (type->contained()[0]->kind() == TypeKind::kList) {
        dims.insert(dims.begin(), -1);
      } else {
        dims = {-1};
      }
      return Plain{element->datatype, dims};
    }
    default: return std::nullopt;
  }
}

void describe(const TypePtr& declared, const std::string& prefix, bool top,
              std::vector<OutputSlot>& out) {
  const TypePtr type = may_be_none(declared) ? without_none(declared) : declared;
  if (const auto* tuple = type->as<TupleType>()) {
    for (size_t i = 0; i < tuple->elements().size(); ++i) {
      const std::string part = tuple->named() ? tuple->fields()[i] : str_cat(i);
      const std::string name = !top             ? str_cat(prefix, ".", part)
                               : tuple->named() ? part
                                                : str_cat("OUTPUT__", i);
      describe(tuple->elements()[i], name, false, out);
    }
    return;
  }
  if (const std::optional<Plain> plain = plain_type(type)) {
    out.push_back({top ? "OUTPUT__0" : prefix, plain->datatype, plain->dims});
  }
}

}  // namespace

int index_suffix(std::string_view name) {
  const size_t split = name.rfind("__");
  if (split == std::string_view::npos || split + 2 >= name.size() || name.size() - split > 8) {
    return -1;
  }
  int index = 0;
  for (const char c : name.substr(split + 2)) {
    if (c < '0' || c > '9') return -1;
    index = index * 10 + (c - '0');
  }
  return index;
}

int Signature::find_input(std::string_view name) const {
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].name == name || (!inputs[i].alias.empty() && inputs[i].alias == name)) {
      return static_cast<int>(i);
    }
  }
  if (!name.starts_with("INPUT__")) return -1;
  const int index = index_suffix(name);
  return index < static_cast<int>(inputs.size()) ? index : -1;
}

std::string Signature::input_names() const {
  std::string names;
  for (const InputSlot& input : inputs) {
    names += str_cat(names.empty() ? "" : ", ", "'", input.shown_name(), "'");
    if (input.may_be_left_out()) names += " (optional)";
  }
  return names.empty() ? "none" : names;
}

Signature make_signature(const Schema& schema) {
  Signature signature;
  for (size_t i = 1; i < schema.arguments.size(); ++i) {
    const Argument& argument = schema.arguments[i];
    signature.inputs.push_back({argument.name, "", argument.type, argument.default_value, {}});
  }
  signature.result = schema.returns.empty() ? Type::none() : schema.returns[0].type;
  return signature;
}

std::vector<OutputSlot> describe_outputs(const TypePtr& type) {
  std::vector<OutputSlot> outputs;
  describe(type, "", true, outputs);
  return outputs;
}

OutputSlot describe_input(const InputSlot& input) {
  const std::optional<Plain> plain = plain_type(input.type);
  if (!plain) return {input.name, "FP32", {-1}};
  return {input.name, plain->datatype, plain->dims};
}

}  // namespace temper
