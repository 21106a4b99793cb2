#include "ir/script/literals.h"

#include <cerrno>
#include <cstdlib>

#include "ir/script/diagnostics.h"

namespace temper::ir {
namespace {

IValue integer_value(const Expr& number, bool negative) {
  const std::string text = (negative ? "-" : "") + number.text;
  char* end = nullptr;
  errno = 0;
  const long long value = std::strtoll(text.c_str(), &end, 0);
  if (errno == ERANGE) fail_at(number.range, "integer ", text, " does not fit in 64 bits");
  if (*end != '\0') fail_at(number.range, "malformed integer ", text);
  return IValue(static_cast<int64_t>(value));
}

bool is_octal(char c) { return c >= '0' && c <= '7'; }

// Appends the character of the escape whose letter is body[i]; returns the index of its last byte.
size_t append_escape(std::string_view body, size_t i, const SourceRange& range, std::string* out) {
  static constexpr std::string_view kLetters = "\\'\"abfntv";
  static constexpr std::string_view kValues = "\\'\"\a\b\f\n\t\v";
  const char c = body[i];
  if (c == '\n') return out->push_back(c), i;
  if (const size_t found = kLetters.find(c); found != std::string_view::npos) {
    out->push_back(kValues[found]);
    return i;
  }
  if (i + 2 < body.size() && is_octal(c) && is_octal(body[i + 1]) && is_octal(body[i + 2])) {
    const int code = (c - '0') * 64 + (body[i + 1] - '0') * 8 + (body[i + 2] - '0');
    if (code > 0xff) fail_at(range, "octal escape out of range");
    out->push_back(static_cast<char>(code));
    return i + 2;
  }
  fail_at(range, "unknown escape '\\", body.substr(i, 1), "' in a string");
}

}  // namespace

IValue number_value(const Expr& number, bool negative) {
  const std::string& text = number.text;
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const bool imaginary = text.ends_with('j');
  const bool fraction = text.find_first_of(hexadecimal ? ".pP" : ".eE") != std::string::npos;
  if (!imaginary && !fraction) return integer_value(number, negative);
  const double magnitude = std::strtod(text.c_str(), nullptr);
  const double value = negative ? -magnitude : magnitude;
  if (imaginary) return IValue(std::complex<double>(negative ? -0.0 : 0.0, value));
  return IValue(value);
}

std::string unescape(std::string_view token, const SourceRange& range) {
  const bool triple = token.size() >= 6 && token[1] == token[0] && token[2] == token[0];
  const size_t quotes = triple ? 3 : 1;
  const std::string_view body = token.substr(quotes, token.size() - 2 * quotes);
  std::string out;
  out.reserve(body.size());
  for (size_t i = 0; i < body.size(); ++i) {
    if (body[i] != '\\') {
      out.push_back(body[i]);
    } else {
      if (++i == body.size()) fail_at(range, "a string ends in a lone backslash");
      i = append_escape(body, i, range, &out);
    }
  }
  return out;
}

}  // namespace temper::ir
