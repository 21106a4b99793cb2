#include "ir/export/literals.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/base/error.h"
#include "core/value/function.h"

namespace temper::ir {
namespace {

// Longer lists are read from the table: text is parsed at every load.
constexpr size_t kMaxItems = 1000;

constexpr std::string_view kKeywords[] = {
    "Ellipsis", "False", "None",   "NoneType", "True",   "and",   "as",
    "assert",   "break", "class",  "continue", "def",    "del",   "elif",
    "else",     "for",   "global", "if",       "import", "in",    "is",
    "not",      "or",    "pass",   "raise",    "return", "while", "with"};

// What printed code calls by a bare name.
constexpr std::string_view kCalled[] = {
    "CONSTANTS",      "__torch__",    "annotate", "fork",  "getattr", "inf",
    "isinstance",     "nan",          "ops",      "print", "range",   "torch",
    "unchecked_cast", "uninitialized"};

bool is_keyword(std::string_view name) {
  return std::find(std::begin(kKeywords), std::end(kKeywords), name) != std::end(kKeywords);
}

// A value that text can hold, whatever it is inside of.
bool has_text(const IValue& value) {
  switch (value.tag()) {
    case Tag::kNone:
    case Tag::kBool:
    case Tag::kInt:
    case Tag::kDouble:
    case Tag::kString:
    case Tag::kDevice:
    case Tag::kEnum:
    case Tag::kFunction: return true;
    case Tag::kList: {
      const std::vector<IValue>& items = value.to_list().items;
      return items.size() <= kMaxItems && std::all_of(items.begin(), items.end(), has_text);
    }
    case Tag::kTuple: {
      const std::vector<IValue>& items = value.to_tuple().items;
      return std::all_of(items.begin(), items.end(), has_text);
    }
    default: return false;
  }
}

// A point keeps it from being read as an int.
std::string float_literal(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char buffer[40];
  std::snprintf(buffer, sizeof(buffer), "%.17g", value);
  std::string text = buffer;
  if (text.find_first_of(".e") == std::string::npos) text += '.';
  return text;
}

std::string items_text(const std::vector<IValue>& items, ConstantTable& table) {
  std::string text;
  for (const IValue& item : items) text += (text.empty() ? "" : ", ") + literal(item, table);
  return text;
}

std::string list_literal(const ListValue& list, ConstantTable& table) {
  const std::string text = str_cat("[", items_text(list.items, table), "]");
  switch (list.element_type->kind()) {
    case TypeKind::kInt:
    case TypeKind::kFloat:
    case TypeKind::kBool:
    case TypeKind::kString:
      if (!list.items.empty()) return text;
      [[fallthrough]];
    default:
      return str_cat("annotate(", annotation_of(list_of(list.element_type)), ", ", text, ")");
  }
}

std::string tuple_literal(const TupleValue& tuple, ConstantTable& table) {
  const std::string items = items_text(tuple.items, table);
  const auto* named = tuple.type ? tuple.type->as<TupleType>() : nullptr;
  if (named && !named->name().empty()) return str_cat(named->name(), "(", items, ")");
  return str_cat("(", items, tuple.items.size() == 1 ? ",)" : ")");
}

IValue without_gradients(const IValue& value) {
  if (value.is_tensor()) {
    const Tensor tensor = value.to_tensor();
    if (!tensor.defined() || !tensor.impl()->requires_grad) return value;
    Tensor plain = tensor.alias();
    plain.impl()->requires_grad = false;
    return plain;
  }
  if (!value.is_list() && !value.is_tuple()) return value;
  const bool list = value.is_list();
  std::vector<IValue> items;
  for (const IValue& item : list ? value.to_list().items : value.to_tuple().items) {
    items.push_back(without_gradients(item));
  }
  if (list) return make_list(value.to_list().element_type, std::move(items));
  return make_ref<TupleValue>(std::move(items), value.to_tuple().type);
}

}  // namespace

std::string ConstantTable::add(const IValue& value) {
  const RefCounted* identity = value.to_reference();
  const auto known = identity ? places_.find(identity) : places_.end();
  const size_t place = known == places_.end() ? values_.size() : known->second;
  if (place == values_.size()) {
    values_.push_back(without_gradients(value));
    added_.push_back(value);
  }
  if (identity) places_[identity] = place;
  return str_cat("CONSTANTS.c", place);
}

std::string literal(const IValue& value, ConstantTable& table) {
  if (!has_text(value)) return table.add(value);
  switch (value.tag()) {
    case Tag::kBool: return value.to_bool() ? "True" : "False";
    case Tag::kInt: return str_cat(value.to_int());
    case Tag::kDouble: return float_literal(value.to_double());
    case Tag::kString: return quoted(value.to_string());
    case Tag::kDevice: return str_cat("torch.device(", quoted(to_string(value.to_device())), ")");
    case Tag::kEnum: return str_cat(value.to_enum().type->name(), ".", value.to_enum().name);
    case Tag::kFunction: return value.to_function().qualified_name();
    case Tag::kList: return list_literal(value.to_list(), table);
    case Tag::kTuple: return tuple_literal(value.to_tuple(), table);
    default: return "None";
  }
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (c == '\n') {
      result += "\\n";
    } else if (byte < 0x20 || byte >= 0x7f) {
      char octal[5];
      std::snprintf(octal, sizeof(octal), "\\%03o", byte);
      result += octal;
    } else {
      result += c;
    }
  }
  return result + "\"";
}

bool is_identifier(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9') || is_keyword(name)) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool is_reserved(std::string_view name) {
  return is_keyword(name) ||
         std::find(std::begin(kCalled), std::end(kCalled), name) != std::end(kCalled);
}

std::string annotation_of(const TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::kGenerator:
    case TypeKind::kStorage:
    case TypeKind::kQScheme:
    case TypeKind::kQuantizer:
    case TypeKind::kStream:
    case TypeKind::kFunction:
    case TypeKind::kTypeVar: unimplemented("saved code cannot name the type ", type->ir_text());
    default: break;
  }
  for (const TypePtr& part : type->contained()) annotation_of(part);
  return type->annotation();
}

}  // namespace temper::ir
