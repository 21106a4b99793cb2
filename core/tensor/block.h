#pragma once
// Blocks of memory that tensors lie in.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace temper {

inline constexpr size_t kAlignment = 64;

// Uninitialized bytes, aligned to kAlignment; null when there is no memory. Large blocks are pages
// of their own, which the system has again once they are freed: a heap keeps most of what weights
// and activations leave behind, and grows with every model that comes and goes.
std::byte* allocate_block(int64_t bytes);
void free_block(std::byte* block, int64_t bytes);  // `bytes` as they were asked for

// Large blocks that were freed and wait to be used again: fresh pages cost more than a small
// kernel. Thread-safe.
class BlockCache {
 public:
  // The block sizes that requests for `bytes` are rounded to; 0: too small to be kept.
  static int64_t rounded(int64_t bytes);
  std::byte* take(int64_t size);              // null when there is none of that rounded size
  bool give(std::byte* block, int64_t size);  // false: full, the caller frees it
  void shrink(int64_t most);                  // frees what waits beyond so many bytes
  void clear() { shrink(0); }
  // While one lives, what waits gives way before more is taken than was ever used at once: good for
  // calls that are not repeated as they are.
  class Frugal {
   public:
    explicit Frugal(BlockCache& cache) : cache_(cache) { ++cache_.frugal_; }
    ~Frugal() { --cache_.frugal_; }
    Frugal(const Frugal&) = delete;
    Frugal& operator=(const Frugal&) = delete;

   private:
    BlockCache& cache_;
  };
  bool frugal() const { return frugal_.load(std::memory_order_relaxed) > 0; }
  ~BlockCache() { clear(); }

 private:
  static constexpr int64_t kMaxBytes = int64_t{256} << 20;
  std::mutex mutex_;
  std::unordered_map<int64_t, std::vector<std::byte*>> free_;
  int64_t bytes_ = 0;
  std::atomic<int> frugal_{0};
};

}  // namespace temper
