#include "ir/text/literal.h"

#include <cmath>
#include <cstdint>
#include <cstdio>

namespace temper::ir {
namespace {

constexpr std::string_view kEscapes = "\\\\\'\'\"\"a\ab\bf\fn\nr\rt\tv\v";  // pairs: letter, byte

std::string escape(char c) {
  for (size_t i = 0; i < kEscapes.size(); i += 2) {
    if (kEscapes[i + 1] == c) return {'\\', kEscapes[i]};
  }
  if (c >= 0x20 && c < 0x7f) return std::string(1, c);
  int rest = static_cast<signed char>(c);
  std::string digits = "000";
  for (int i = 2; i >= 0; --i) {
    digits[static_cast<size_t>(i)] = static_cast<char>('0' + rest % 8);
    rest /= 8;
  }
  return "\\" + digits;
}

}  // namespace

std::string float_text(double value) {
  char buffer[40];
  if ((std::isnormal(value) || value == 0) && std::fabs(value) < 1e10 &&
      value == std::trunc(value)) {
    std::snprintf(buffer, sizeof(buffer), "%s%lld.", std::signbit(value) ? "-" : "",
                  static_cast<long long>(std::fabs(value)));
    return buffer;
  }
  if (std::isnan(value)) return "nan";
  std::snprintf(buffer, sizeof(buffer), "%.17g", value);
  return buffer;
}

bool is_float_text(std::string_view text) {
  return text.find_first_of(".en") != std::string_view::npos;
}

std::string complex_text(std::complex<double> value) {
  // A negative zero keeps its sign, which TorchScript drops.
  const double imag = value.imag();
  const bool minus = !(imag >= 0) || (imag == 0 && std::signbit(imag));
  return float_text(value.real()) + (minus ? "-" : "+") + float_text(std::fabs(imag)) + "j";
}

std::string quote(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) result += escape(c);
  return result + "\"";
}

std::optional<std::string> unquote(std::string_view text, size_t* end) {
  if (text.empty() || text[0] != '"') return std::nullopt;
  std::string result;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      *end = i + 1;
      return result;
    }
    if (text[i] != '\\') {
      result += text[i];
      continue;
    }
    if (++i == text.size()) return std::nullopt;
    const char c = text[i];
    if (c >= ')' && c <= '7') {
      int value = 0;
      for (size_t digit = 0; digit < 3; ++digit, ++i) {
        if (i == text.size() || text[i] < ')' || text[i] > '7') return std::nullopt;
        value = value * 8 + (text[i] - '0');
      }
      --i;
      if (value < -128 || value > 255) return std::nullopt;
      result += static_cast<char>(value);
      continue;
    }
    bool known = false;
    for (size_t k = 0; k < kEscapes.size() && !known; k += 2) {
      if (kEscapes[k] != c) continue;
      result += kEscapes[k + 1];
      known = true;
    }
    if (!known) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace temper::ir
