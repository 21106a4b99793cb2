#pragma once
// Overloads of operators that are small programs themselves: "2 * tensor", str in str...

#include <string>
#include <string_view>

namespace temper::ir {

// The source. A function named "mul__as_int" is an overload of aten::mul, tried after the
// registered ones.
std::string builtin_source();
// "mul__as_int" -> "aten::mul".
std::string builtin_operator(std::string_view function);

}  // namespace temper::ir
