#pragma once
// Annotation expressions -> types.

#include <functional>

#include "core/value/type.h"
#include "ir/script/ast.h"

namespace temper::ir {

// Classes, interfaces, enums and NamedTuples by qualified name; null when there is none.
using TypeFinder = std::function<TypePtr(std::string_view qualified_name)>;

// Throws with the place of the part that is no type.
TypePtr resolve_annotation(const Expr& annotation, const TypeFinder& find);
// For parameters: BroadcastingListN[T] sets `fixed_size` to N.
TypePtr resolve_parameter_annotation(const Expr& annotation, const TypeFinder& find,
                                     std::optional<int>* fixed_size);
// "a.b.c" of a chain of attributes of a name; empty when it is something else.
std::string dotted_path(const Expr& expr);
// The T of Final[T], or null.
const Expr* final_annotation(const Expr& annotation);

}  // namespace temper::ir
