#pragma once
// Bytes that tensors view, with accounting. A storage is shared by reference; writers bump its
// version so that caches of packed weights notice.

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/base/ref.h"
#include "core/tensor/arena.h"
#include "core/tensor/block.h"
#include "core/tensor/device.h"

namespace temper {

// Counts the live bytes of one owner (a model, a request class) and refuses more than a limit.
// Thread-safe; outlives every storage charged to it because each storage holds a reference.
class MemoryAccount : public RefCounted {
 public:
  explicit MemoryAccount(int64_t limit_bytes = INT64_MAX) : limit_(limit_bytes) {}
  // Throws kResourceExhausted when over the limit.
  void charge(int64_t bytes);
  void refund(int64_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }
  int64_t used() const { return used_.load(std::memory_order_relaxed); }
  int64_t peak() const { return peak_.load(std::memory_order_relaxed); }
  int64_t limit() const { return limit_.load(std::memory_order_relaxed); }
  void set_limit(int64_t bytes) { limit_.store(bytes, std::memory_order_relaxed); }
  BlockCache& blocks() { return blocks_; }

 private:
  std::atomic<int64_t> used_{0};
  std::atomic<int64_t> peak_{0};
  std::atomic<int64_t> limit_;
  BlockCache blocks_;
};

// Charges allocations of this thread to `account` while alive. Scopes nest. Without a scope nothing
// is charged.
class AccountScope {
 public:
  explicit AccountScope(MemoryAccount* account);
  ~AccountScope();
  AccountScope(const AccountScope&) = delete;
  AccountScope& operator=(const AccountScope&) = delete;
  static MemoryAccount* current();

 private:
  MemoryAccount* previous_;
};

// Before memory that no account sees, whose size a program chose: throws kResourceExhausted when
// this thread's account could not hold it.
void check_scratch(int64_t items, int64_t item_bytes);

class Storage : public RefCounted {
 public:
  // Uninitialized bytes, aligned to kAlignment. Throws kResourceExhausted.
  static Ref<Storage> allocate(int64_t bytes, Device device = {});
  // Borrows `data`, which lives as long as `owner`.
  static Ref<Storage> borrow(void* data, int64_t bytes, Ref<RefCounted> owner);

  std::byte* data() const { return data_; }
  int64_t size() const { return size_; }
  Device device() const { return device_; }
  uint32_t version() const { return version_.load(std::memory_order_relaxed); }
  void bump_version() { version_.fetch_add(1, std::memory_order_relaxed); }
  bool borrowed() const { return owner_.get() != nullptr; }
  // Nobody writes the bytes any more: what is derived from them may be kept. Set once the owner of
  // every program that sees the storage knows.
  bool constant() const { return constant_.load(std::memory_order_relaxed); }
  void mark_constant() { constant_.store(true, std::memory_order_relaxed); }

  // Grows (never shrinks) to `bytes`, keeping the content: the rule of resize_().
  void grow(int64_t bytes);

  ~Storage() override;

 private:
  Storage() = default;
  // A handful of elements lives inside the object, which saves an allocation per small tensor. The
  // slack lets the bytes be aligned wherever the object is.
  static constexpr int64_t kInlineBytes = 64;
  std::byte* inline_bytes() {
    const auto address = reinterpret_cast<uintptr_t>(inline_);
    return inline_ + (-address & (kAlignment - 1));
  }
  void allocate_bytes(int64_t bytes);
  void free_bytes();

  std::byte* data_ = nullptr;
  int64_t size_ = 0;
  Device device_;
  std::atomic<uint32_t> version_{0};
  std::atomic<bool> constant_{false};
  Ref<RefCounted> owner_;
  Ref<MemoryAccount> account_;
  Ref<Arena> arena_;  // told when the bytes are given back
  uint32_t ticket_ = Arena::kNoTicket;
  bool planned_ = false;  // the bytes are the arena's
  alignas(
      std::max_align_t) std::byte inline_[kInlineBytes + kAlignment - alignof(std::max_align_t)];
};

}  // namespace temper
