#pragma once
// Methods of str on bytes, with the reference's departures from Python.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/value/ivalue.h"

namespace temper::text {

using Strings = std::vector<std::string>;

// Position of `part` in the bytes [start, end) of `s`, or -1. end = -1 is the end of the string.
int64_t find(const std::string& s, const std::string& part, int64_t start, int64_t end);
int64_t rfind(const std::string& s, const std::string& part, int64_t start, int64_t end);
int64_t count(const std::string& s, const std::string& part, int64_t start, int64_t end);
bool starts_with(const std::string& s, const std::string& part, int64_t start, int64_t end);
bool ends_with(const std::string& s, const std::string& part, int64_t start, int64_t end);

std::string capitalize(const std::string& s);
std::string title(const std::string& s);
std::string lower(const std::string& s);
std::string upper(const std::string& s);
std::string swap_case(const std::string& s);
bool is_lower(const std::string& s);
bool is_upper(const std::string& s);
bool is_title(const std::string& s);
bool is_identifier(const std::string& s);
// Whether every byte satisfies `test`; an empty string does not.
bool all_bytes(const std::string& s, int (*test)(int));
bool is_printable(const std::string& s);

std::string center(const std::string& s, int64_t width, const std::string& fill);
std::string left_justify(const std::string& s, int64_t width, const std::string& fill);
std::string right_justify(const std::string& s, int64_t width, const std::string& fill);
std::string expand_tabs(const std::string& s, int64_t tab_size);
std::string replace(const std::string& s, const std::string& from, const std::string& to,
                    int64_t max);
std::string strip(const std::string& s, const std::string& chars, bool left, bool right);
std::string join(const std::string& separator, const std::vector<IValue>& items);

Strings split(const std::string& s, const std::optional<std::string>& separator, int64_t max);
Strings rsplit(const std::string& s, const std::string& separator, int64_t max);
Strings split_lines(const std::string& s, bool keep_ends);
// {before, separator, after}
Strings partition(const std::string& s, const std::string& separator);
Strings rpartition(const std::string& s, const std::string& separator);

}  // namespace temper::text
