#pragma once
// The order of equal elements. No order of them is promised, but programs see the one that PyTorch
// leaves them in, and that is the one of the C++ library's algorithms, which look at nothing but
// comparisons. So where an answer hangs on the order of equal elements, the same algorithms run on
// the keys.

#include <algorithm>
#include <vector>

#include "kernels/cpu/reduce/keys.h"

namespace temper {

// Longer lines keep equal elements in the order of their places: the algorithms take several times
// the time of sorting by digits, and long lines of numbers hold equal ones nearly always.
inline constexpr int64_t kMostOrderedTies = 16384;

struct KeyLess {
  template <class Entry>
  bool operator()(const Entry& a, const Entry& b) const {
    return a.key() < b.key();
  }
};

// Whether entries in order hold equal ones, from the first up to `last`.
template <class Entry>
bool holds_ties(const std::vector<Entry>& sorted,
                typename std::vector<Entry>::const_iterator last) {
  const auto same = [](const Entry& a, const Entry& b) { return a.key() == b.key(); };
  return std::adjacent_find(sorted.begin(), last, same) != last;
}

template <class Entry, class T>
void list_entries(const T* line, int64_t n, bool descending, std::vector<Entry>& entries) {
  entries.clear();
  for (int64_t i = 0; i < n; ++i) entries.push_back(Entry::make(key_of(line[i], descending), i));
}

template <class T>
bool occurs_again(const T* line, int64_t n, KeyOf<T> key, bool descending) {
  int64_t count = 0;
  for (int64_t i = 0; i < n; ++i) count += key_of(line[i], descending) == key;
  return count > 1;
}

// Whether sorting orders equal elements in a way of its own; `sorted` holds the line in order.
template <class Entry>
bool sort_mixes_ties(const std::vector<Entry>& sorted) {
  constexpr size_t kInserted = 16;  // lines up to here are sorted by insertion
  if (sorted.size() <= kInserted || sorted.size() > kMostOrderedTies) return false;
  return holds_ties(sorted, sorted.end());
}

template <class Entry, class T>
void sort_with_ties(const T* line, int64_t n, bool descending, std::vector<Entry>& entries) {
  list_entries(line, n, descending, entries);
  std::sort(entries.begin(), entries.end(), KeyLess());
}

// The first `keep` of a line, which the algorithm for few of many leaves in order; the other one
// does so for all but the last, and only where `sorted`.
inline bool keeps_few(int64_t n, int64_t keep) { return keep * 64 <= n; }

// Whether the first `keep` entries, in order, are the only answer.
template <class Entry, class T>
bool one_selection(const T* line, int64_t n, int64_t keep, bool descending,
                   const std::vector<Entry>& entries) {
  if (keep == 0) return true;
  const auto last = entries.begin() + keep;
  if (holds_ties(entries, last)) return false;
  const auto key = static_cast<KeyOf<T>>(std::prev(last)->key());
  return !occurs_again(line, n, key, descending);
}

template <class Entry, class T>
void select_with_ties(const T* line, int64_t n, int64_t keep, bool descending, bool sorted,
                      std::vector<Entry>& entries) {
  list_entries(line, n, descending, entries);
  if (keep == 0) return;
  const auto last = entries.begin() + keep;
  if (keeps_few(n, keep)) return std::partial_sort(entries.begin(), last, entries.end(), KeyLess());
  std::nth_element(entries.begin(), last - 1, entries.end(), KeyLess());
  if (sorted) std::sort(entries.begin(), last - 1, KeyLess());
}

// The entry of rank k, by quickselect with the median of three as its pivot (Hoare 1961; Sedgewick
// 1978), which also decides between equal ones.
template <class Entry>
Entry rank_with_ties(std::vector<Entry>& entries, int64_t k) {
  const auto above = [](const Entry& a, const Entry& b) { return b.key() < a.key(); };
  Entry* const e = entries.data();
  int64_t left = 0, right = static_cast<int64_t>(entries.size()) - 1;
  while (right > left + 1) {
    std::swap(e[(left + right) / 2], e[left + 1]);
    if (above(e[left + 1], e[right])) std::swap(e[left + 1], e[right]);
    if (above(e[left], e[right])) std::swap(e[left], e[right]);
    if (above(e[left + 1], e[left])) std::swap(e[left + 1], e[left]);
    int64_t i = left + 1, j = right;
    const Entry pivot = e[left];
    while (true) {
      do ++i;
      while (above(pivot, e[i]));
      do --j;
      while (above(e[j], pivot));
      if (j < i) break;
      std::swap(e[i], e[j]);
    }
    std::swap(e[left], e[j]);
    if (j <= k) left = i;
    if (j >= k) right = j - 1;
  }
  if (right == left + 1 && above(e[left], e[right])) std::swap(e[left], e[right]);
  return e[k];
}

}  // namespace temper
