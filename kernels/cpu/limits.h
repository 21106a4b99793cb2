#pragma once
// How large the strings and lists of one request may grow. A program that doubles them in a loop
// is stopped here, long before the process runs out of memory.

#include <cstdint>

#include "core/base/error.h"

namespace temper {

inline constexpr int64_t kMaxTextBytes = int64_t{1} << 28;
inline constexpr int64_t kMaxListItems = int64_t{1} << 24;

inline void check_text_size(uint64_t bytes) {
  if (bytes <= static_cast<uint64_t>(kMaxTextBytes)) return;
  throw_error(ErrorKind::kResourceExhausted,
              str_cat("a string of ", bytes, " bytes is longer than the limit of ", kMaxTextBytes));
}

inline void check_list_size(uint64_t items) {
  if (items <= static_cast<uint64_t>(kMaxListItems)) return;
  throw_error(ErrorKind::kResourceExhausted,
              str_cat("a list of ", items, " items is longer than the limit of ", kMaxListItems));
}

}  // namespace temper
