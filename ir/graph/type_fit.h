#pragma once
// Which value may stand where, by its type; and which overload a text means.

#include <map>
#include <string>

#include "ir/graph/graph.h"

namespace temper::ir {

// Whether a value of `actual` may stand where `formal` is declared. What is known of a tensor's
// shape never decides: refinements are hints that a pass may add or drop at any place.
bool type_fits(const TypePtr& actual, const TypePtr& formal);

// Matches a schema type, which may have variables, against an argument; binds the variables.
using TypeBindings = std::map<std::string, TypePtr, std::less<>>;
bool match_schema_type(const TypePtr& formal, const TypePtr& actual, TypeBindings* bound);
// The schema type with its variables replaced; unbound ones stay.
TypePtr substitute(const TypePtr& formal, const TypeBindings& bound);

// The first overload of `name` that takes these inputs as they are; null when there is none.
// `outputs` may be empty: any.
const OpDef* find_overload(const OpRegistry& ops, std::string_view name,
                           absl::Span<Value* const> inputs, absl::Span<const TypePtr> outputs);

}  // namespace temper::ir
