#pragma once
// Numbers and strings as the IR text shows them, and back.

#include <complex>
#include <optional>
#include <string>
#include <string_view>

namespace temper::ir {

// "2.", "-0.", "0.10000000000000001", "inf". Whole numbers from 1e10 to 1e17 have no dot, as in
// TorchScript: is_float_text() tells whether the text alone says that it is a float.
std::string float_text(double value);
bool is_float_text(std::string_view text);
std::string complex_text(std::complex<double> value);

// Quoted, with TorchScript's escapes. Bytes from 0x80 come out as "\" and three characters below
// '0': the digits of the negative char that TorchScript computes.
std::string quote(std::string_view text);
// The bytes of a quoted string at the start of `text`; advances `end` behind the closing quote.
std::optional<std::string> unquote(std::string_view text, size_t* end);

}  // namespace temper::ir
