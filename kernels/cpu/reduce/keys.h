#pragma once
// Elements as unsigned keys in the same order, and sorting by them: no comparison looks at an
// element through an index, and most lines are sorted digit by digit. NaN counts as the largest
// value, equal zeros as equal; equal keys keep the order of their places.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/tensor/dispatch.h"

namespace temper {

template <class T>
using KeyOf = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;

// With `descending` the order is turned around.
template <class T>
KeyOf<T> key_of(T element, bool descending) {
  using K = KeyOf<T>;
  using C = Compute<T>;
  const C value = static_cast<C>(element);
  K key;
  constexpr K kSign = K(1) << (8 * sizeof(K) - 1);
  if constexpr (std::is_floating_point_v<C>) {
    const K bits = std::bit_cast<K>(value + C(0));  // one zero only
    key = value != value ? ~K(0) : (bits & kSign) != 0 ? ~bits : bits | kSign;
  } else if constexpr (std::is_signed_v<C>) {
    key = static_cast<K>(static_cast<std::make_signed_t<K>>(value)) ^ kSign;
  } else {
    key = static_cast<K>(value);
  }
  return descending ? ~key : key;
}

// A key and its place: one number where both are short.
struct ShortEntry {
  static constexpr int kKeyBits = 32;
  static constexpr int64_t kMostPlaces = int64_t{1} << 32;
  uint64_t bits;
  static ShortEntry make(uint32_t key, int64_t place) {
    return {static_cast<uint64_t>(key) << 32 | static_cast<uint64_t>(place)};
  }
  uint64_t key() const { return bits >> 32; }
  int64_t place() const { return static_cast<int64_t>(bits & 0xffffffffu); }
  bool operator<(const ShortEntry& other) const { return bits < other.bits; }
};

struct LongEntry {
  static constexpr int kKeyBits = 64;
  uint64_t bits;
  int64_t at;
  static LongEntry make(uint64_t key, int64_t place) { return {key, place}; }
  uint64_t key() const { return bits; }
  int64_t place() const { return at; }
  bool operator<(const LongEntry& other) const {
    return bits < other.bits || (bits == other.bits && at < other.at);
  }
};

// Distributes by the digit of `width` bits at `shift`; false when all have the same.
template <class Entry>
bool distribute(const Entry* from, Entry* to, int64_t n, int shift, int width, int64_t* counts) {
  const uint64_t mask = (uint64_t{1} << width) - 1;
  const auto digit = [&](const Entry& e) { return (e.key() >> shift) & mask; };
  std::fill(counts, counts + mask + 1, 0);
  for (int64_t i = 0; i < n; ++i) ++counts[digit(from[i])];
  if (counts[digit(from[0])] == n) return false;
  int64_t start = 0;
  for (uint64_t d = 0; d <= mask; ++d) start += std::exchange(counts[d], start);
  for (int64_t i = 0; i < n; ++i) to[counts[digit(from[i])]++] = from[i];
  return true;
}

// `scratch` has as many entries; places rise. Digits only where the line is long enough to pay for
// counting.
template <class Entry>
void sort_entries(Entry* entries, Entry* scratch, int64_t n) {
  constexpr int64_t kCompared = 64 * Entry::kKeyBits / 32, kWideDigits = 16384;
  if (n <= kCompared) return std::sort(entries, entries + n);
  const int width = n < kWideDigits ? 8 : 11;
  int64_t counts[2048];
  Entry *from = entries, *to = scratch;
  for (int shift = 0; shift < Entry::kKeyBits; shift += width) {
    if (distribute(from, to, n, shift, width, counts)) std::swap(from, to);
  }
  if (from != entries) std::copy(from, from + n, entries);
}

// The first `keep` entries of a line in order, when they are few: the best so far are in a heap,
// the worst of them on top.
template <class Entry, class T>
void few_entries(const T* line, int64_t n, int64_t keep, bool descending,
                 std::vector<Entry>& entries) {
  constexpr int64_t kPiece = 64;
  using K = KeyOf<T>;
  entries.clear();
  for (int64_t i = 0; i < keep; ++i) entries.push_back(Entry::make(key_of(line[i], descending), i));
  std::make_heap(entries.begin(), entries.end());
  K keys[kPiece], worst = keep > 0 ? static_cast<K>(entries[0].key()) : 0;
  for (int64_t at = keep; keep > 0 && at < n; at += kPiece) {
    const int64_t count = std::min(kPiece, n - at);
    int better = 0;  // whether any element of the piece is
    for (int64_t k = 0; k < count; ++k) {
      keys[k] = key_of(line[at + k], descending);
      better |= keys[k] < worst ? 1 : 0;
    }
    for (int64_t k = 0; better && k < count; ++k) {
      if (keys[k] >= worst) continue;
      std::pop_heap(entries.begin(), entries.end());
      entries.back() = Entry::make(keys[k], at + k);
      std::push_heap(entries.begin(), entries.end());
      worst = static_cast<K>(entries[0].key());
    }
  }
  std::sort_heap(entries.begin(), entries.end());
}

// At least the first `keep` entries of a line in order.
template <class Entry, class T>
void first_entries(const T* line, int64_t n, int64_t keep, bool descending,
                   std::vector<Entry>& entries, std::vector<Entry>& scratch) {
  if (keep <= n / 16) return few_entries(line, n, keep, descending, entries);
  entries.resize(static_cast<size_t>(n));
  scratch.resize(static_cast<size_t>(n));
  for (int64_t i = 0; i < n; ++i) {
    entries[static_cast<size_t>(i)] = Entry::make(key_of(line[i], descending), i);
  }
  sort_entries(entries.data(), scratch.data(), n);
}

// Calls body<Entry>() with the entry that holds keys of T and places below n.
template <class T, class Body>
void with_entry(int64_t n, const Body& body) {
  if constexpr (sizeof(T) < 8) {
    if (n <= ShortEntry::kMostPlaces) return body.template operator()<ShortEntry>();
  }
  body.template operator()<LongEntry>();
}

// The places of all elements in rising order.
template <class T>
std::vector<int64_t> sorted_places(const T* line, int64_t n) {
  std::vector<int64_t> places(static_cast<size_t>(n));
  with_entry<T>(n, [&]<class Entry>() {
    std::vector<Entry> entries, scratch;
    first_entries<Entry>(line, n, n, false, entries, scratch);
    for (size_t i = 0; i < places.size(); ++i) places[i] = entries[i].place();
  });
  return places;
}

}  // namespace temper
