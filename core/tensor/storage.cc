#include "core/tensor/storage.h"

#include <algorithm>
#include <cstring>

#include "core/base/error.h"

namespace temper {
namespace {

thread_local MemoryAccount* current_account = nullptr;

std::byte* take_block(int64_t bytes, MemoryAccount* account) {
  const int64_t block = account ? BlockCache::rounded(bytes) : 0;
  if (block > 0) {
    if (std::byte* cached = account->blocks().take(block)) return cached;
    bytes = block;
    if (account->blocks().frugal()) {
      account->blocks().shrink(std::max<int64_t>(0, account->peak() - account->used()));
    }
  }
  if (std::byte* fresh = allocate_block(bytes)) return fresh;
  throw_error(ErrorKind::kResourceExhausted, str_cat("out of memory allocating ", bytes, " bytes"));
}

}  // namespace

void MemoryAccount::charge(int64_t bytes) {
  const int64_t before = used_.fetch_add(bytes, std::memory_order_relaxed);
  int64_t now = 0;
  if (__builtin_add_overflow(before, bytes, &now) || now > limit()) {
    refund(bytes);
    throw_error(ErrorKind::kResourceExhausted,
                str_cat("allocating ", bytes, " bytes would exceed the memory limit of ", limit(),
                        " bytes (", before, " in use); raise the limit"));
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

void check_scratch(int64_t items, int64_t item_bytes) {
  int64_t bytes = 0;
  if (__builtin_mul_overflow(items, item_bytes, &bytes)) {
    throw_error(ErrorKind::kResourceExhausted, str_cat("out of memory for ", items, " items"));
  }
  if (!current_account) return;
  current_account->charge(bytes);
  current_account->refund(bytes);
}

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
  data_ = take_block(bytes, current_account);
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
  std::byte* larger = take_block(bytes, account_.get());
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
  if (!data_) return;
  const int64_t block = account_ ? BlockCache::rounded(size_) : 0;
  if (block > 0 && account_->blocks().give(data_, block)) return;
  free_block(data_, block > 0 ? block : size_);
}

Storage::~Storage() {
  free_bytes();
  if (account_ && !owner_) account_->refund(size_);
}

}  // namespace temper
