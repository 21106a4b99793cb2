// Methods of str, formatting, and conversions between characters and numbers.
#include "kernels/cpu/strings.h"

#include <cctype>

#include "kernels/cpu/format.h"
#include "kernels/cpu/slice_range.h"
#include "kernels/ops/families.h"
#include "kernels/ops/overloads.h"

namespace temper {
namespace {

IValue string_list(const text::Strings& items) {
  return make_list(Type::string(), std::vector<IValue>(items.begin(), items.end()));
}

template <std::string (*kMethod)(const std::string&)>
void change(OpCall& call) {
  call.ret(kMethod(call.string(0)));
}
template <bool (*kMethod)(const std::string&)>
void test(OpCall& call) {
  call.ret(kMethod(call.string(0)));
}
template <int (*kTest)(int)>
void test_bytes(OpCall& call) {
  call.ret(text::all_bytes(call.string(0), kTest));
}

using Search = int64_t (*)(const std::string&, const std::string&, int64_t, int64_t);
template <Search kMethod>
void search(OpCall& call) {
  call.ret(kMethod(call.string(0), call.string(1), call.integer(2), call.integer(3)));
}
template <Search kMethod>
void search_or_fail(OpCall& call) {
  const int64_t at = kMethod(call.string(0), call.string(1), call.integer(2), call.integer(3));
  if (at < 0) fail("ValueError: substring not found");
  call.ret(at);
}
template <bool (*kMethod)(const std::string&, const std::string&, int64_t, int64_t)>
void affix(OpCall& call) {
  call.ret(kMethod(call.string(0), call.string(1), call.integer(2), call.integer(3)));
}

template <std::string (*kMethod)(const std::string&, int64_t, const std::string&)>
void justify(OpCall& call) {
  call.ret(kMethod(call.string(0), call.integer(1), call.string(2)));
}
void zero_fill(OpCall& call) {
  call.ret(text::right_justify(call.string(0), call.integer(1), "0"));
}
void expand_tabs(OpCall& call) { call.ret(text::expand_tabs(call.string(0), call.integer(1))); }
void replace(OpCall& call) {
  call.ret(text::replace(call.string(0), call.string(1), call.string(2), call.integer(3)));
}
template <bool kLeft, bool kRight>
void strip(OpCall& call) {
  call.ret(text::strip(call.string(0), call.string(1), kLeft, kRight));
}

void join(OpCall& call) { call.ret(text::join(call.string(0), call.in(1).to_list().items)); }
void split(OpCall& call) {
  std::optional<std::string> separator;
  if (!call.is_none(1)) separator = call.string(1);
  call.ret(string_list(text::split(call.string(0), separator, call.integer(2))));
}
void rsplit(OpCall& call) {
  call.ret(string_list(text::rsplit(call.string(0), call.string(1), call.integer(2))));
}
void split_lines(OpCall& call) {
  call.ret(string_list(text::split_lines(call.string(0), call.boolean(1))));
}
template <text::Strings (*kMethod)(const std::string&, const std::string&)>
void partition(OpCall& call) {
  const text::Strings parts = kMethod(call.string(0), call.string(1));
  for (size_t i = 0; i < 3; ++i) call.ret(i, parts[i]);
}

void length(OpCall& call) { call.ret(static_cast<int64_t>(call.string(0).size())); }
void characters(OpCall& call) {
  std::vector<IValue> items;
  for (char c : call.string(0)) items.push_back(std::string(1, c));
  call.ret(make_list(Type::string(), std::move(items)));
}
void character(OpCall& call) {
  const std::string& s = call.string(0);
  const int64_t index = wrap_index(call.integer(1), static_cast<int64_t>(s.size()));
  if (index < 0 || index >= static_cast<int64_t>(s.size())) {
    fail("basic_string::at: __n (which is ", static_cast<uint64_t>(index),
         ") >= this->size() (which is ", s.size(), ")");
  }
  call.ret(std::string(1, s[static_cast<size_t>(index)]));
}
void slice(OpCall& call) {
  const std::string& s = call.string(0);
  const SliceRange range =
      slice_range(call.in(1), call.in(2), call.integer(3), static_cast<int64_t>(s.size()));
  std::string out;
  for (int64_t i = 0; i < range.count; ++i) {
    out += s[static_cast<size_t>(range.start + i * range.step)];
  }
  call.ret(std::move(out));
}

void ord(OpCall& call) {
  const std::string& s = call.string(0);
  if (s.size() != 1) fail("String for ord() must be 1 character, found ", s.size());
  call.ret(static_cast<int64_t>(static_cast<unsigned char>(s[0])));
}
void chr(OpCall& call) {
  const int64_t code = call.integer(0);
  if (code < 0 || code > 0x10ffff) fail("chr() arg not in range(0x110000), found ", code);
  call.ret(std::string(1, static_cast<char>(code)));
}

template <int kBitsPerDigit>
void in_base(OpCall& call) {
  const int64_t value = call.integer(0);
  uint64_t rest = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  std::string digits;
  do {
    digits += "0123456789abcdef"[rest & ((1 << kBitsPerDigit) - 1)];
    rest >>= kBitsPerDigit;
  } while (rest != 0);
  digits += kBitsPerDigit == 4 ? "x0" : kBitsPerDigit == 3 ? "o0" : "b0";
  if (value < 0) digits += '-';
  call.ret(std::string(digits.rbegin(), digits.rend()));
}

std::vector<IValue> arguments_from(const OpCall& call, size_t first) {
  std::vector<IValue> out;
  for (size_t i = first; i < call.size(); ++i) out.push_back(call.in(i));
  return out;
}
void format(OpCall& call) {
  call.ret(text::format_braces(call.string(0), arguments_from(call, 1)));
}
void percent_format(OpCall& call) {
  const IValue args = call.size() > 1 ? call.in(1) : make_tuple({});
  call.ret(text::format_percent(call.string(0), args));
}
void to_string(OpCall& call) { call.ret(to_text(call.in(0))); }

}  // namespace

void add_strings(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::capitalize", change<text::capitalize>},
      {"aten::center", justify<text::center>},
      {"aten::count", search<text::count>},
      {"aten::endswith", affix<text::ends_with>},
      {"aten::expandtabs", expand_tabs},
      {"aten::find", search<text::find>},
      {"aten::index.str", search_or_fail<text::find>},
      {"aten::isalnum", test_bytes<std::isalnum>},
      {"aten::isalpha", test_bytes<std::isalpha>},
      {"aten::isdecimal", test_bytes<std::isdigit>},
      {"aten::isdigit", test_bytes<std::isdigit>},
      {"aten::isidentifier", test<text::is_identifier>},
      {"aten::islower", test<text::is_lower>},
      {"aten::isnumeric", test_bytes<std::isdigit>},
      {"aten::isprintable", test<text::is_printable>},
      {"aten::isspace", test_bytes<std::isspace>},
      {"aten::istitle", test<text::is_title>},
      {"aten::isupper", test<text::is_upper>},
      {"aten::join", join},
      {"aten::ljust", justify<text::left_justify>},
      {"aten::lower", change<text::lower>},
      {"aten::lstrip", strip<true, false>},
      {"aten::partition", partition<text::partition>},
      {"aten::replace", replace},
      {"aten::rfind", search<text::rfind>},
      {"aten::rindex", search_or_fail<text::rfind>},
      {"aten::rjust", justify<text::right_justify>},
      {"aten::rpartition", partition<text::rpartition>},
      {"aten::rsplit", rsplit},
      {"aten::rstrip", strip<false, true>},
      {"aten::split.str", split},
      {"aten::splitlines", split_lines},
      {"aten::startswith", affix<text::starts_with>},
      {"aten::strip", strip<true, true>},
      {"aten::swapcase", change<text::swap_case>},
      {"aten::title", change<text::title>},
      {"aten::upper", change<text::upper>},
      {"aten::zfill", zero_fill},
      {"aten::len.str", length, kCheap},
      {"aten::list", characters},
      {"aten::__getitem__.str", character, kCheap},
      {"prim::StringIndex", character, kCheap},
      {"aten::slice.str", slice},
      {"aten::ord", ord, kCheap},
      {"aten::chr", chr, kCheap},
      {"aten::hex", in_base<4>},
      {"aten::oct", in_base<3>},
      {"aten::bin", in_base<1>},
      {"aten::format", format},
      {"aten::percentFormat", percent_format},
      {"aten::str", to_string},
  };
  registry.add(kRows);
}

}  // namespace temper
