#pragma once
// Values of number and string tokens.

#include "core/value/ivalue.h"
#include "ir/script/ast.h"

namespace temper::ir {

// int, float or complex, as the text says; `negative` is the sign before it, which belongs to the
// value so that INT64_MIN can be written.
IValue number_value(const Expr& number, bool negative);
// The text between the quotes with its escapes replaced. `token` includes the quotes.
std::string unescape(std::string_view token, const SourceRange& range);

}  // namespace temper::ir
