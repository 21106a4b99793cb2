#pragma once
// String building. Debian's Abseil is built for C++14, where absl::string_view is its own type:
// this is the one place that converts.

#include <string>
#include <string_view>
#include <type_traits>

#include "absl/strings/str_cat.h"

namespace temper {

inline absl::string_view as_absl(std::string_view text) { return {text.data(), text.size()}; }

template <class T>
decltype(auto) str_cat_piece(const T& value) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    return as_absl(value);
  } else {
    return (value);
  }
}

template <class... Parts>
std::string str_cat(const Parts&... parts) {
  return absl::StrCat(str_cat_piece(parts)...);
}

}  // namespace temper
