#pragma once
// The one pool of compute threads. At most `threads` pieces of work run at once, whether on the
// pool's own threads or on callers that took a slot. Callers' loops get equal parts of the threads
// that are free. Idle threads spin for some tens of microseconds, one at a time, then block.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "core/sync/parallel.h"

namespace temper {

class ThreadPool final : public ParallelRunner {
 public:
  explicit ThreadPool(int threads);
  // Runs what was submitted, then joins. Nothing may be submitted any more.
  ~ThreadPool() override;
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Runs `work` later on a pool thread, in order of submission. It must not throw.
  void submit(std::function<void()> work);

  void parallel_for(int64_t begin, int64_t end, int64_t grain,
                    absl::FunctionRef<void(int64_t, int64_t)> body) override;
  int threads() const override { return static_cast<int>(workers_.size()); }
  // The threads halved as often as there are doublings of callers: few different answers, because
  // what is prepared for a number of threads is prepared for each of them.
  int share() const override;

  // One who computes with the pool, on whatever thread, while alive.
  class Caller {
   public:
    explicit Caller(ThreadPool* pool) : pool_(pool) {
      if (pool_) pool_->callers_.fetch_add(1, std::memory_order_relaxed);
    }
    ~Caller() {
      if (pool_) pool_->callers_.fetch_sub(1, std::memory_order_relaxed);
    }
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;

   private:
    ThreadPool* const pool_;
  };

  // Lets the calling thread count as one of the pool's while it runs short work itself. False when
  // all slots are taken or work is waiting. Every success needs a release_slot().
  bool try_take_slot();
  void release_slot();

  // Pieces of work that run, and that wait. For metrics.
  int running() const { return running_.load(std::memory_order_relaxed); }
  int waiting() const { return waiting_.load(std::memory_order_relaxed); }

 private:
  struct Loop;
  void work();
  void spin_for_work();
  bool has_work() const;  // without the lock: a hint
  bool run_one(std::unique_lock<std::mutex>& lock);
  Loop& neediest_loop();
  void help(Loop& loop, std::unique_lock<std::mutex>& lock);
  void wake(int count);

  const int slots_;
  std::atomic<int> running_{0};
  std::atomic<int> waiting_{0};  // submitted, not started
  std::atomic<int> open_loops_{0};
  std::atomic<int> callers_{0};
  std::atomic<bool> spinning_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  int sleeping_ = 0;                         // guarded by mutex_
  bool stopping_ = false;                    // guarded by mutex_
  std::deque<std::function<void()>> queue_;  // guarded by mutex_
  std::vector<Loop*> loops_;                 // guarded by mutex_: loops with chunks left
  std::vector<std::thread> workers_;
};

}  // namespace temper
