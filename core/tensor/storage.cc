#include "core/tensor/storage.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "core/base/error.h"

namespace temper {
namespace {

thread_local MemoryAccount* current_account = nullptr;

std::byte* allocate_bytes(int64_t bytes) {
  const size_t rounded = (static_cast<size_t>(bytes) + kAlignment - 1) & ~(kAlignment - 1);
  void* data = std::aligned_alloc(kAlignment, rounded == 0 ? kAlignment : rounded);
  if (!data) {
    throw_error(ErrorKind::kResourceExhausted,
                str_cat("out of memory allocating ", bytes, " bytes"));
  }
  return static_cast<std::byte*>(data);
}

}  // namespace

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
  Ref<Storage> storage(new Storage);
  if (current_account) {
    current_account->charge(bytes);
    storage->account_ = Ref<MemoryAccount>(current_account);
  }
  storage->size_ = bytes;
  storage->device_ = device;
  if (device.kind == DeviceKind::kCpu) {
    storage->data_ = bytes <= kInlineBytes ? storage->inline_bytes() : allocate_bytes(bytes);
  }
  return storage;
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
  if (account_) account_->charge(bytes - size_);
  std::byte* larger = allocate_bytes(bytes);
  if (data_) std::memcpy(larger, data_, static_cast<size_t>(size_));
  free_bytes();
  owner_ = nullptr;
  data_ = larger;
  size_ = bytes;
}

void Storage::free_bytes() {
  if (!owner_ && data_ != inline_bytes()) std::free(data_);
}

Storage::~Storage() {
  free_bytes();
  if (account_ && !owner_) account_->refund(size_);
}

}  // namespace temper
