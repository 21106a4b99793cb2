#pragma once
// Tells running work that nobody waits for it any more. The interpreter looks at flag() between
// instructions. Any thread may cancel; nothing un-cancels.

#include <atomic>

namespace temper {

class CancelToken {
 public:
  CancelToken() = default;
  CancelToken(const CancelToken&) = delete;
  CancelToken& operator=(const CancelToken&) = delete;

  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }
  // For readers that know atomics only; lives as long as the token.
  const std::atomic<bool>* flag() const { return &cancelled_; }

 private:
  std::atomic<bool> cancelled_{false};
};

}  // namespace temper
