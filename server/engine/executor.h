#pragma once
// Decides where a request runs: brief work on the thread that brought it, if the pool has a free
// slot; everything else in the pool's bounded queue. Thread-safe.

#include <utility>

#include "core/sync/thread_pool.h"

namespace temper {

class Executor {
 public:
  // At most `max_waiting` requests wait for a thread.
  Executor(ThreadPool& pool, int max_waiting) : pool_(pool), max_waiting_(max_waiting) {}

  // False when the queue is full: `work` will not run. `work` must not throw.
  template <class Work>
  bool run(bool brief, Work work) {
    if (brief && pool_.try_take_slot()) {
      work();
      pool_.release_slot();
      return true;
    }
    if (pool_.waiting() >= max_waiting_) return false;
    pool_.submit(std::move(work));
    return true;
  }
  ThreadPool& pool() const { return pool_; }
  int max_waiting() const { return max_waiting_; }

 private:
  ThreadPool& pool_;
  const int max_waiting_;
};

}  // namespace temper
