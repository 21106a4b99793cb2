#pragma once
// A point of the steady clock after which an answer is worthless. max() is none.

#include <chrono>
#include <cstdint>

namespace temper {

using Deadline = std::chrono::steady_clock::time_point;

inline constexpr Deadline kNoDeadline = Deadline::max();

// Far futures saturate to none; zero and less are already over.
inline Deadline deadline_after(int64_t microseconds) {
  constexpr int64_t kYear = int64_t{365} * 24 * 3600 * 1'000'000;
  if (microseconds > kYear) return kNoDeadline;
  return std::chrono::steady_clock::now() + std::chrono::microseconds(microseconds);
}

inline bool passed(Deadline deadline) {
  return deadline != kNoDeadline && std::chrono::steady_clock::now() >= deadline;
}

}  // namespace temper
