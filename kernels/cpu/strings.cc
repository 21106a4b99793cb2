#include "kernels/cpu/strings.h"

#include <algorithm>
#include <cctype>

#include "core/base/error.h"
#include "kernels/cpu/limits.h"

namespace temper::text {
namespace {

// Bytes that end a line. The last five are those of U+2028 and U+2029 in UTF-8.
constexpr char kLineEnds[] = "\n\r\v\f\x1c\x1d\x1e\x85\xe2\x80\xa8\xa9";

int byte(char c) { return static_cast<unsigned char>(c); }
bool is_alpha(char c) { return std::isalpha(byte(c)) != 0; }
char to_lower(char c) { return static_cast<char>(std::tolower(byte(c))); }
char to_upper(char c) { return static_cast<char>(std::toupper(byte(c))); }

// Negative positions count from the end; end = -1 is the end of the string.
struct Window {
  Window(const std::string& s, int64_t first, int64_t last) {
    const int64_t size = static_cast<int64_t>(s.size());
    start = first < 0 ? std::max<int64_t>(0, size + first) : first;
    end = last < 0 ? std::max<int64_t>(0, size + last + 1) : last;
  }
  int64_t start;
  int64_t end;
};

std::string_view cut(const std::string& s, int64_t start, uint64_t length) {
  if (start > static_cast<int64_t>(s.size())) {
    fail("basic_string::substr: __pos (which is ", start, ") > this->size() (which is ", s.size(),
         ")");
  }
  return std::string_view(s).substr(static_cast<size_t>(start), length);
}

// What find() searches: nothing when the window is empty.
std::string_view searched(const std::string& s, const Window& w) {
  if (w.end <= w.start) return {};
  return cut(s, w.start, static_cast<uint64_t>(w.end - w.start));
}

// What startswith() compares: everything from the start when the window ends before it.
std::string_view compared(const std::string& s, const Window& w) {
  return cut(s, w.start, static_cast<uint64_t>(w.end) - static_cast<uint64_t>(w.start));
}

size_t padding(const std::string& s, int64_t width, const std::string& fill) {
  if (fill.size() != 1) fail("TypeError: The fill character must be exactly one character long");
  const int64_t size = static_cast<int64_t>(s.size());
  if (width <= size) return 0;
  check_text_size(static_cast<uint64_t>(width));
  return static_cast<size_t>(width - size);
}

template <class Change>
std::string changed(std::string s, Change change) {
  std::transform(s.begin(), s.end(), s.begin(), change);
  return s;
}

// Every letter is of one case and there is a letter.
bool one_case(const std::string& s, int (*in_case)(int)) {
  bool letters = false;
  for (char c : s) {
    if (!is_alpha(c)) continue;
    letters = true;
    if (!in_case(byte(c))) return false;
  }
  return letters;
}

Strings split_at(const std::string& s, const std::string& separator, int64_t max) {
  if (separator.empty()) fail("ValueError: empty separator");
  Strings out;
  size_t from = 0;
  for (int64_t done = 0; max < 0 || done < max; ++done) {
    const size_t at = s.find(separator, from);
    if (at == std::string::npos) break;
    out.push_back(s.substr(from, at - from));
    from = at + separator.size();
  }
  out.push_back(s.substr(from));
  return out;
}

}  // namespace

int64_t find(const std::string& s, const std::string& part, int64_t start, int64_t end) {
  const Window w(s, start, end);
  const size_t at = searched(s, w).find(part);
  return at == std::string_view::npos ? -1 : static_cast<int64_t>(at) + w.start;
}

int64_t rfind(const std::string& s, const std::string& part, int64_t start, int64_t end) {
  const Window w(s, start, end);
  const size_t at = searched(s, w).rfind(part);
  return at == std::string_view::npos ? -1 : static_cast<int64_t>(at) + w.start;
}

int64_t count(const std::string& s, const std::string& part, int64_t start, int64_t end) {
  const int64_t size = static_cast<int64_t>(s.size());
  if (start > size) return 0;
  const Window w(s, start, end);
  if (part.empty()) return std::max<int64_t>(0, std::min(w.end, size) - w.start + 1);
  int64_t found = 0;
  for (size_t at = s.find(part, static_cast<size_t>(w.start));
       at != std::string::npos && static_cast<int64_t>(at) < w.end;
       at = s.find(part, at + part.size())) {
    ++found;
  }
  return found;
}

bool starts_with(const std::string& s, const std::string& part, int64_t start, int64_t end) {
  return compared(s, Window(s, start, end)).starts_with(part);
}

bool ends_with(const std::string& s, const std::string& part, int64_t start, int64_t end) {
  return compared(s, Window(s, start, end)).ends_with(part);
}

std::string lower(const std::string& s) { return changed(s, to_lower); }
std::string upper(const std::string& s) { return changed(s, to_upper); }

std::string capitalize(const std::string& s) {
  std::string out = lower(s);
  if (!out.empty()) out[0] = to_upper(out[0]);
  return out;
}

std::string title(const std::string& s) {
  bool inside = false;
  return changed(s, [&](char c) {
    const char out = inside ? to_lower(c) : to_upper(c);
    inside = is_alpha(c);
    return out;
  });
}

std::string swap_case(const std::string& s) {
  return changed(s, [](char c) { return std::islower(byte(c)) ? to_upper(c) : to_lower(c); });
}

bool is_lower(const std::string& s) { return one_case(s, std::islower); }
bool is_upper(const std::string& s) { return one_case(s, std::isupper); }

bool is_title(const std::string& s) {
  bool inside = false, words = false;
  for (char c : s) {
    if (c != (inside ? to_lower(c) : to_upper(c))) return false;
    inside = is_alpha(c);
    words = words || inside;
  }
  return words;
}

bool is_identifier(const std::string& s) {
  return !s.empty() && is_alpha(s[0]) &&
         std::all_of(s.begin(), s.end(), [](char c) { return std::isalnum(byte(c)); });
}

bool all_bytes(const std::string& s, int (*test)(int)) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [&](char c) { return test(byte(c)); });
}

bool is_printable(const std::string& s) {
  return std::all_of(s.begin(), s.end(), [](char c) {
    return std::isalnum(byte(c)) || std::ispunct(byte(c)) || c == ' ';
  });
}

std::string center(const std::string& s, int64_t width, const std::string& fill) {
  const size_t total = padding(s, width, fill);
  size_t left = total / 2;
  if (width % 2 != 0) left = total - left;
  return std::string(left, fill[0]) + s + std::string(total - left, fill[0]);
}

std::string left_justify(const std::string& s, int64_t width, const std::string& fill) {
  const size_t total = padding(s, width, fill);
  return s + std::string(total, fill[0]);
}

std::string right_justify(const std::string& s, int64_t width, const std::string& fill) {
  const size_t total = padding(s, width, fill);
  return std::string(total, fill[0]) + s;
}

std::string expand_tabs(const std::string& s, int64_t tab_size) {
  std::string out;
  for (char c : s) {
    if (c != '\t') {
      out += c;
    } else if (tab_size > 0) {
      const size_t blanks =
          static_cast<size_t>(tab_size) - out.size() % static_cast<size_t>(tab_size);
      check_text_size(out.size() + blanks);
      out.append(blanks, ' ');
    }
  }
  return out;
}

std::string replace(const std::string& s, const std::string& from, const std::string& to,
                    int64_t max) {
  // The reference inserts at the front, and never stops without a maximum.
  if (from.empty() && (max < 0 || max > kMaxTextBytes)) fail("replace() of an empty string");
  std::string out;
  size_t at = 0;
  for (int64_t done = 0; max < 0 || done < max; ++done) {
    const size_t next = s.find(from, at);
    if (next == std::string::npos) break;
    out.append(s, at, next - at).append(to);
    check_text_size(out.size());
    at = next + from.size();
  }
  return out.append(s, at, std::string::npos);
}

std::string strip(const std::string& s, const std::string& chars, bool left, bool right) {
  const size_t first = left ? s.find_first_not_of(chars) : 0;
  if (first == std::string::npos) return "";
  const size_t last = right ? s.find_last_not_of(chars) : s.size() - 1;
  if (last == std::string::npos || s.empty()) return "";
  return s.substr(first, last - first + 1);
}

std::string join(const std::string& separator, const std::vector<IValue>& items) {
  std::string out;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += separator;
    out += items[i].to_string();
    check_text_size(out.size());
  }
  return out;
}

Strings split(const std::string& s, const std::optional<std::string>& separator, int64_t max) {
  if (separator) return split_at(s, *separator, max);
  // Without a separator the reference ignores the maximum.
  const std::string blanks = std::string(" \t") + kLineEnds;
  Strings out;
  size_t from = 0;
  while (from < s.size()) {
    const size_t at = std::min(s.find_first_of(blanks, from), s.size());
    if (at > from) out.push_back(s.substr(from, at - from));
    from = at + 1;
  }
  return out;
}

Strings rsplit(const std::string& s, const std::string& separator, int64_t max) {
  const std::string backwards(s.rbegin(), s.rend());
  Strings out = split_at(backwards, std::string(separator.rbegin(), separator.rend()), max);
  std::reverse(out.begin(), out.end());
  for (std::string& piece : out) std::reverse(piece.begin(), piece.end());
  return out;
}

Strings split_lines(const std::string& s, bool keep_ends) {
  Strings out;
  size_t from = 0;
  for (size_t at; (at = s.find_first_of(kLineEnds, from)) != std::string::npos; from = at + 1) {
    out.push_back(s.substr(from, at - from));
    if (keep_ends) out.push_back(s.substr(at, 1));
  }
  if (from < s.size()) out.push_back(s.substr(from));
  return out;
}

Strings partition(const std::string& s, const std::string& separator) {
  const size_t at = s.find(separator);
  if (at == std::string::npos) return {s, "", ""};
  return {s.substr(0, at), separator, s.substr(at + separator.size())};
}

Strings rpartition(const std::string& s, const std::string& separator) {
  const size_t at = s.rfind(separator);
  if (at == std::string::npos) return {"", "", s};
  return {s.substr(0, at), separator, s.substr(at + separator.size())};
}

}  // namespace temper::text
