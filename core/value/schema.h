#pragma once
// Operator and function signatures, parsed from schema text:
//   ns::name.overload(type name=default, *, type name) -> (type name, ...)

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/ivalue.h"
#include "core/value/type.h"

namespace temper {

// The parenthesised annotation of a type: (a), (a!), (a -> *), (a|b)...
struct AliasInfo {
  std::vector<std::string> before;  // sets before the call; "*" is the wildcard
  std::vector<std::string> after;   // sets after it; same as before unless "->" is written
  bool is_write = false;
  std::vector<AliasInfo> contained;  // annotation of the element type of a list
};

struct Argument {
  std::string name;
  TypePtr type;
  std::optional<int> fixed_size;  // N of int[N]
  std::optional<IValue> default_value;
  bool keyword_only = false;
  std::optional<AliasInfo> alias;
  // The type as written when it differs from `type`: ScalarType, Layout, MemoryFormat, SymInt.
  std::string written_type;

  bool is_write() const { return alias && alias->is_write; }
};

struct Schema {
  std::string name;      // "aten::add"
  std::string overload;  // "Tensor", may be empty
  std::vector<Argument> arguments;
  std::vector<Argument> returns;
  bool vararg = false;  // accepts further positional arguments
  bool varret = false;

  std::string key() const { return overload.empty() ? name : name + "." + overload; }
  int find_argument(std::string_view argument) const;  // -1 when absent
  bool has_writes() const;
  bool returns_named() const;  // all returns have names (a named tuple in an expression)
  std::string text() const;
};

Schema parse_schema(std::string_view text);  // throws with the position
TypePtr parse_schema_type(std::string_view text);

}  // namespace temper
