#include "core/tensor/storage.h"

#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>

#include "core/base/error.h"

namespace temper {
namespace {

thread_local MemoryAccount* current_account = nullptr;

std::byte* allocate_from_heap(int64_t bytes, MemoryAccount* account) {
  const int64_t block = account ? BlockCache::rounded(bytes) : 0;
  if (block > 0) {
    if (std::byte* cached = account->blocks().take(block)) return cached;
    bytes = block;
  }
  const size_t rounded = (static_cast<size_t>(bytes) + kAlignment - 1) & ~(kAlignment - 1);
  void* data = std::aligned_alloc(kAlignment, rounded == 0 ? kAlignment : rounded);
  if (!data) {
    throw_error(ErrorKind::kResourceExhausted,
                str_cat("out of memory allocating ", bytes, " bytes"));
  }
  return static_cast<std::byte*>(data);
}

}  // namespace

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

void BlockCache::clear() {
  const std::lock_guard lock(mutex_);
  for (const auto& [size, blocks] : free_) {
    for (std::byte* block : blocks) std::free(block);
  }
  free_.clear();
  bytes_ = 0;
}

void MemoryAccount::charge(int64_t bytes) {
  const int64_t now = used_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  if (now > limit()) {
    refund(bytes);
    throw_error(ErrorKind::kResourceExhausted,
                str_cat("allocating ", bytes, " bytes would exceed the memory limit of ", limit(),
                        " bytes (", now - bytes, " in use); raise the limit"));
  }
  int64_t peak = peak_.load(std::memory_order_relaxed);
  while (now > peak && !peak_.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
  }
}

AccountScope::AccountScope(MemoryAccount* account) : previous_(current_account) {
  current_account = account;
}
AccountScope::~AccountScope() { current_account = previous_; }
MemoryAccount* AccountScope::current() { return current_account; }

Ref<Storage> Storage::allocate(int64_t bytes, Device device) {
  if (device.kind == DeviceKind::kCuda) unimplemented("tensors on device ", to_string(device));
  auto storage = Ref<Storage>::to_new(new Storage);
  storage->size_ = bytes;
  storage->device_ = device;
  if (device.kind == DeviceKind::kCpu && bytes > kInlineBytes) {
    storage->allocate_bytes(bytes);
  } else {
    storage->data_ = device.kind == DeviceKind::kCpu ? storage->inline_bytes() : nullptr;
    if (current_account) {
      current_account->charge(bytes);
      storage->account_ = Ref<MemoryAccount>(current_account);
    }
  }
  return storage;
}

// The region of an arena is charged as a whole.
void Storage::allocate_bytes(int64_t bytes) {
  if (Arena* arena = ArenaScope::current()) {
    data_ = arena->allocate(bytes, &ticket_);
    if (ticket_ != Arena::kNoTicket) arena_ = Ref<Arena>(arena);
    planned_ = data_ != nullptr;
    if (planned_) return;
  }
  if (current_account) {
    current_account->charge(bytes);
    account_ = Ref<MemoryAccount>(current_account);
  }
  data_ = allocate_from_heap(bytes, current_account);
}

Ref<Storage> Storage::borrow(void* data, int64_t bytes, Ref<RefCounted> owner) {
  TEMPER_CHECK(owner);
  Ref<Storage> storage(new Storage);
  storage->data_ = static_cast<std::byte*>(data);
  storage->size_ = bytes;
  storage->owner_ = std::move(owner);
  return storage;
}

void Storage::grow(int64_t bytes) {
  if (bytes <= size_) return;
  if (planned_ && current_account) {
    current_account->charge(bytes);
    account_ = Ref<MemoryAccount>(current_account);
  } else if (account_) {
    account_->charge(bytes - size_);
  }
  std::byte* larger = allocate_from_heap(bytes, account_.get());
  if (data_) std::memcpy(larger, data_, static_cast<size_t>(size_));
  free_bytes();
  owner_ = nullptr;
  data_ = larger;
  size_ = bytes;
}

void Storage::free_bytes() {
  if (arena_) {
    arena_->give_back(planned_ ? data_ : nullptr, ticket_);
    arena_ = nullptr;
    if (std::exchange(planned_, false)) return;
  }
  if (owner_ || data_ == inline_bytes()) return;
  const int64_t block = account_ && data_ ? BlockCache::rounded(size_) : 0;
  if (block == 0 || !account_->blocks().give(data_, block)) std::free(data_);
}

Storage::~Storage() {
  free_bytes();
  if (account_ && !owner_) account_->refund(size_);
}

}  // namespace temper
