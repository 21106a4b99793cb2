#include "core/value/schema.h"

#include <algorithm>

#include "core/base/strings.h"
#include "core/value/containers.h"

namespace temper {
namespace {

std::string join_sets(const std::vector<std::string>& sets) {
  std::string text;
  for (const std::string& set : sets) text += (text.empty() ? "" : "|") + set;
  return text;
}

std::string alias_text(const AliasInfo& alias) {
  // A set of its own that the reader made up for a bare mark.
  if (!alias.before.empty() && alias.before[0].starts_with('$')) return "!";
  std::string text = join_sets(alias.before);
  if (alias.is_write) text += "!";
  if (alias.after != alias.before) text += " -> " + join_sets(alias.after);
  return "(" + text + ")";
}

// Annotations stand behind the base type: Tensor(a)[] and t[](a!).
std::string typed_text(const Argument& argument) {
  std::string text =
      argument.written_type.empty() ? argument.type->ir_text() : argument.written_type;
  if (!argument.alias) return text;
  const AliasInfo& alias = *argument.alias;
  if (!alias.before.empty() || !alias.after.empty()) return text + alias_text(alias);
  for (const AliasInfo& inner : alias.contained) {
    const size_t bracket = text.find('[');
    text.insert(bracket == std::string::npos ? text.size() : bracket, alias_text(inner));
  }
  return text;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    switch (c) {
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      case '\f': out += "\\f"; break;
      case '\v': out += "\\v"; break;
      case '"':
      case '\'':
      case '\\': out += '\\'; [[fallthrough]];
      default: out += c;
    }
  }
  return out + "\"";
}

bool writes_anywhere(const AliasInfo& alias) {
  return alias.is_write || std::ranges::any_of(alias.contained, writes_anywhere);
}

std::string argument_text(const Argument& argument) {
  std::string text = typed_text(argument);
  if (argument.fixed_size) {
    const size_t at = text.rfind("[]");
    if (at != std::string::npos) text.insert(at + 1, str_cat(*argument.fixed_size));
  }
  if (!argument.name.empty()) text += " " + argument.name;
  if (argument.default_value) {
    const IValue& value = *argument.default_value;
    text += "=" + (value.is_string() ? quoted(value.to_string()) : to_text(value));
  }
  return text;
}

}  // namespace

int Schema::find_argument(std::string_view argument) const {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].name == argument) return static_cast<int>(i);
  }
  return -1;
}

bool Schema::has_writes() const {
  return std::any_of(arguments.begin(), arguments.end(),
                     [](const Argument& a) { return a.alias && writes_anywhere(*a.alias); });
}

bool Schema::returns_named() const {
  return returns.size() > 1 && std::all_of(returns.begin(), returns.end(),
                                           [](const Argument& r) { return !r.name.empty(); });
}

std::string Schema::text() const {
  std::string text = key() + "(";
  bool keyword_only = false;
  bool first = true;
  const auto separate = [&] {
    if (!first) text += ", ";
    first = false;
  };
  for (const Argument& argument : arguments) {
    if (argument.keyword_only && !keyword_only) {
      separate();
      text += "*";
      keyword_only = true;
    }
    separate();
    text += argument_text(argument);
  }
  if (vararg) {
    separate();
    text += "...";
  }
  text += ") -> ";
  if (varret) return text + "...";
  // A lone tuple would read as the returns themselves.
  const bool lone = returns.size() == 1 && returns[0].name.empty();
  if (lone && returns[0].type->kind() != TypeKind::kTuple) return text + argument_text(returns[0]);
  text += "(";
  for (size_t i = 0; i < returns.size(); ++i) text += (i ? ", " : "") + argument_text(returns[i]);
  return text + ")";
}

}  // namespace temper
