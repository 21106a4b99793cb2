#include "core/tensor/block.h"

#include <sys/mman.h>

#include <bit>
#include <cstdlib>
#include <iterator>

namespace temper {
namespace {

// Under the address sanitizer all blocks are of the heap, which it watches.
#ifdef __SANITIZE_ADDRESS__
constexpr int64_t kSmallestMapped = INT64_MAX;
#else
constexpr int64_t kSmallestMapped = 256 << 10;
#endif
constexpr int64_t kPage = 4096, kLargePage = 2 << 20;

std::byte* map_pages(int64_t bytes) {
  void* pages = ::mmap(nullptr, static_cast<size_t>(bytes), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return pages == MAP_FAILED ? nullptr : static_cast<std::byte*>(pages);
}

// Large pages, where the system gives them to those who ask: kernels that walk through megabytes
// of weights miss the translation of most addresses otherwise. Only whole ones count, so the block
// starts with one.
std::byte* map_large_pages(int64_t bytes) {
  std::byte* first = map_pages(bytes + kLargePage);
  if (!first) return nullptr;
  const auto address = reinterpret_cast<uintptr_t>(first);
  constexpr auto kMask = static_cast<uintptr_t>(kLargePage) - 1;
  const auto before = static_cast<int64_t>(-address & kMask);
  const int64_t in_pages = (bytes + kPage - 1) / kPage * kPage;
  std::byte* block = first + before;
  if (before > 0) ::munmap(first, static_cast<size_t>(before));
  ::munmap(block + in_pages, static_cast<size_t>(kLargePage - before));
  ::madvise(block, static_cast<size_t>(bytes), MADV_HUGEPAGE);
  return block;
}

}  // namespace

std::byte* allocate_block(int64_t bytes) {
  if (bytes >= kSmallestMapped)
    return bytes >= kLargePage ? map_large_pages(bytes) : map_pages(bytes);
  const size_t rounded = (static_cast<size_t>(bytes) + kAlignment - 1) & ~(kAlignment - 1);
  return static_cast<std::byte*>(
      std::aligned_alloc(kAlignment, rounded == 0 ? kAlignment : rounded));
}

void free_block(std::byte* block, int64_t bytes) {
  if (bytes >= kSmallestMapped) {
    ::munmap(block, static_cast<size_t>(bytes));
  } else {
    std::free(block);
  }
}

// Eight sizes between powers of two.
int64_t BlockCache::rounded(int64_t bytes) {
  constexpr int64_t kSmallest = 64 << 10, kLargest = int64_t{64} << 20;
  if (bytes < kSmallest || bytes > kLargest) return 0;
  const int64_t step = static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(bytes))) / 8;
  return (bytes + step - 1) / step * step;
}

std::byte* BlockCache::take(int64_t size) {
  const std::lock_guard lock(mutex_);
  std::vector<std::byte*>& blocks = free_[size];
  if (blocks.empty()) return nullptr;
  std::byte* block = blocks.back();
  blocks.pop_back();
  bytes_ -= size;
  return block;
}

bool BlockCache::give(std::byte* block, int64_t size) {
  const std::lock_guard lock(mutex_);
  if (bytes_ + size > kMaxBytes) return false;
  free_[size].push_back(block);
  bytes_ += size;
  return true;
}

void BlockCache::shrink(int64_t most) {
  const std::lock_guard lock(mutex_);
  for (auto each = free_.begin(); each != free_.end() && bytes_ > most;) {
    auto& [size, blocks] = *each;
    for (; !blocks.empty() && bytes_ > most; blocks.pop_back(), bytes_ -= size) {
      free_block(blocks.back(), size);
    }
    each = blocks.empty() ? free_.erase(each) : std::next(each);
  }
}

}  // namespace temper
