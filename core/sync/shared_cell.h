#pragma once
// A shared pointer that many threads read and few replace. Readers of different threads touch
// different locks and different reference counts, so they do not slow each other down.

#include <array>
#include <atomic>
#include <memory>
#include <mutex>

namespace temper {

template <class T>
class SharedCell {
 public:
  explicit SharedCell(std::shared_ptr<T> value = nullptr) { store(std::move(value)); }
  SharedCell(const SharedCell&) = delete;
  SharedCell& operator=(const SharedCell&) = delete;

  // What was stored last; stays valid while the caller holds it.
  std::shared_ptr<T> load() const {
    Shard& shard = shards_[shard_index()];
    const std::lock_guard lock(shard.mutex);
    return shard.value;
  }

  // Readers see the new value when this returns, some earlier.
  void store(std::shared_ptr<T> value) {
    for (Shard& shard : shards_) {
      // Each shard counts references of its own to one shared holder.
      auto holder = std::make_shared<std::shared_ptr<T>>(value);
      // Declared before the lock: the old value is released after it.
      std::shared_ptr<T> own(holder, holder->get());
      const std::lock_guard lock(shard.mutex);
      shard.value.swap(own);
    }
  }

 private:
  static constexpr size_t kShards = 16;
  struct alignas(64) Shard {
    std::mutex mutex;
    std::shared_ptr<T> value;
  };
  static size_t shard_index() {
    static std::atomic<size_t> next{0};
    thread_local const size_t index = next.fetch_add(1, std::memory_order_relaxed) % kShards;
    return index;
  }
  mutable std::array<Shard, kShards> shards_;
};

}  // namespace temper
