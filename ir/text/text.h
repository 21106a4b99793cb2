#pragma once
// The IR as text, in TorchScript's format, and back. Everything that print() writes, parse() reads.

#include <string>
#include <string_view>

#include "ir/graph/graph.h"

namespace temper::ir {

struct PrintOptions {
  bool ranges = true;  // "# file:line:col" after nodes that have one; parse() skips them
  // Adds what TorchScript's format leaves out: the data of tensors, full names of functions, types
  // of constants that their text does not tell. Without it parse() refuses texts that need these.
  bool lossless = true;
  // When set, an operator whose overload its inputs do not tell is printed as "aten::max.other".
  const OpRegistry* ops = nullptr;
};
std::string print(const Graph& graph, const PrintOptions& options = {});

// Resolves names of classes, enums and functions that a text may mention.
class NameSource {
 public:
  virtual ~NameSource() = default;
  virtual TypePtr find_type(std::string_view qualified_name) const = 0;  // null when unknown
  virtual Ref<Function> find_function(std::string_view qualified_name) const = 0;
};

// Throws kInvalidArgument with line and column. `names` may be null.
std::shared_ptr<Graph> parse_graph(std::string_view text, const OpRegistry& ops,
                                   const NameSource* names = nullptr);

}  // namespace temper::ir
