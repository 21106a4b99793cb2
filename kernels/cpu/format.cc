#include "kernels/cpu/format.h"

#include <cstdio>

#include "core/base/error.h"

namespace temper::text {
namespace {

// The kind of a value as messages call it.
std::string_view kind_of(const IValue& value) {
  switch (value.tag()) {
    case Tag::kBool: return "Bool";
    case Tag::kInt: return "Int";
    case Tag::kDouble: return "Double";
    case Tag::kComplex: return "ComplexDouble";
    case Tag::kString: return "String";
    case Tag::kTuple: return "Tuple";
    case Tag::kDict: return "GenericDict";
    case Tag::kObject: return "Object";
    case Tag::kList: return "GenericList";
    default: return tag_name(value.tag());
  }
}

double number_of(char key, const IValue& value) {
  if (!value.is_int() && !value.is_double()) {
    fail("%", std::string(1, key), " requires a number for formatting, but got ", kind_of(value));
  }
  return value.scalar_as_double();
}

// The reference converts through 32-bit floats, and out-of-range integers to the smallest one.
std::string number_text(char key, double value) {
  char text[400];
  const char format[] = {'%', '.', '6', key, 0};
  std::snprintf(text, sizeof text, format, static_cast<double>(static_cast<float>(value)));
  return text;
}

std::string truncated(double value) {
  const bool fits = value > -0x1p31 - 1 && value < 0x1p31;
  return str_cat(fits ? static_cast<int32_t>(value) : INT32_MIN);
}

std::string argument_text(char key, const IValue& value) {
  switch (key) {
    case 'd':
    case 'i':
      if (value.is_int()) return str_cat(value.to_int());
      return truncated(number_of(key, value));
    case 'e':
    case 'E':
    case 'f': return number_text(key, number_of(key, value));
    case 'F': return number_text('f', number_of(key, value));
    case 'c':
      if (value.is_int()) return std::string(1, static_cast<char>(value.to_int()));
      if (value.is_string() && value.to_string().size() == 1) return value.to_string();
      fail("%c requires an int or char for formatting, but got ", kind_of(value));
    case 's': return to_text(value);
    default:
      fail("The specifier %", std::string(1, key),
           " is not supported in TorchScript format strings");
  }
}

}  // namespace

std::string format_braces(const std::string& format, const std::vector<IValue>& args) {
  std::string out;
  size_t used = 0, from = 0;
  for (size_t at; (at = format.find("{}", from)) != std::string::npos; from = at + 2) {
    if (used >= args.size()) fail("Too few arguments for format string: ", format);
    out.append(format, from, at - from).append(to_text(args[used++]));
  }
  return out.append(format, from, std::string::npos);
}

std::string format_percent(const std::string& format, const IValue& args) {
  const size_t count = args.is_tuple() ? args.to_tuple().items.size() : 1;
  std::string out;
  size_t used = 0, from = 0;
  for (size_t at; (at = format.find('%', from)) != std::string::npos; from = at + 2) {
    if (at + 1 >= format.size()) fail("Incomplete format specifier");
    out.append(format, from, at - from);
    if (format[at + 1] == '%') {
      out += '%';
      continue;
    }
    if (used >= count) fail("Too few arguments for format string");
    const IValue& argument = args.is_tuple() ? args.to_tuple().items[used] : args;
    out += argument_text(format[at + 1], argument);
    ++used;
  }
  if (used != count) fail("Too many arguments for format string");
  return out.append(format, from, std::string::npos);
}

}  // namespace temper::text
