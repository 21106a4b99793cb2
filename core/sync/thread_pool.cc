#include "core/sync/thread_pool.h"

#include <algorithm>
#include <bit>
#include <chrono>

#include "core/sync/float_mode.h"

namespace temper {
namespace {

constexpr auto kSpin = std::chrono::microseconds(30);
constexpr int64_t kChunksPerThread = 4;  // so that a late thread does not hold up the loop

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

// Polls until `done` or the spin time is over.
template <class Done>
bool spin_until(const Done& done) {
  const auto end = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int i = 0; i < 64; ++i) {
      if (done()) return true;
      pause();
    }
  } while (std::chrono::steady_clock::now() < end);
  return done();
}

}  // namespace

// Lives on the stack of the thread that calls parallel_for.
struct ThreadPool::Loop {
  absl::FunctionRef<void(int64_t, int64_t)> body;
  int64_t end;
  int64_t chunk;
  std::atomic<int64_t> next;
  const bool flush = flushes_denormals();  // helpers compute as the caller would
  std::atomic<int> helpers{0};             // changed under the pool's mutex
  std::atomic<bool> failed{false};
  std::exception_ptr error{};  // written once, by whoever sets `failed`
  std::condition_variable left{};

  bool exhausted() const { return next.load(std::memory_order_relaxed) >= end; }
  bool run_chunk() {
    const int64_t from = next.fetch_add(chunk, std::memory_order_relaxed);
    if (from >= end) return false;
    try {
      body(from, std::min(from + chunk, end));
    } catch (...) {
      if (!failed.exchange(true)) error = std::current_exception();
      next.store(end, std::memory_order_relaxed);
    }
    return true;
  }
};

ThreadPool::ThreadPool(int threads) : slots_(std::max(threads, 1)) {
  workers_.reserve(static_cast<size_t>(slots_));
  for (int i = 0; i < slots_; ++i) workers_.emplace_back([this] { work(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::wake(int count) {
  if (count > 1) {
    changed_.notify_all();
  } else if (count == 1) {
    changed_.notify_one();
  }
}

void ThreadPool::submit(std::function<void()> work) {
  int wanted = 0;
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(work));
    waiting_.fetch_add(1, std::memory_order_relaxed);
    wanted = std::min(sleeping_, 1);
  }
  // The spinning thread may be busy by now, so a sleeper is woken in any case.
  wake(wanted);
}

int ThreadPool::share() const {
  const int callers = std::max(1, callers_.load(std::memory_order_relaxed));
  return std::max(1, slots_ >> std::bit_width(static_cast<unsigned>(callers - 1)));
}

bool ThreadPool::try_take_slot() {
  if (waiting_.load(std::memory_order_relaxed) > 0) return false;
  int running = running_.load(std::memory_order_relaxed);
  while (running < slots_) {
    if (running_.compare_exchange_weak(running, running + 1, std::memory_order_relaxed))
      return true;
  }
  return false;
}

void ThreadPool::release_slot() {
  running_.fetch_sub(1, std::memory_order_seq_cst);
  if (!has_work()) return;
  // A thread that found all slots taken went to sleep over waiting work.
  const std::lock_guard lock(mutex_);
  wake(std::min(sleeping_, 1));
}

bool ThreadPool::has_work() const {
  return waiting_.load(std::memory_order_seq_cst) > 0 ||
         open_loops_.load(std::memory_order_seq_cst) > 0;
}

void ThreadPool::spin_for_work() {
  if (spinning_.exchange(true, std::memory_order_relaxed)) return;
  spin_until([this] { return has_work() && running_.load(std::memory_order_relaxed) < slots_; });
  spinning_.store(false, std::memory_order_relaxed);
}

void ThreadPool::work() {
  std::unique_lock lock(mutex_);
  bool spun = true;
  while (true) {
    if (run_one(lock)) {
      spun = false;
      continue;
    }
    if (stopping_ && queue_.empty()) return;
    if (!spun && !stopping_) {
      lock.unlock();
      spin_for_work();
      lock.lock();
      spun = true;
      continue;
    }
    ++sleeping_;
    changed_.wait(lock);
    --sleeping_;
    spun = true;
  }
}

// Runs a loop's chunks or one submitted piece; false when there is none or no slot is free.
// Loops come first: somebody is waiting inside of them.
bool ThreadPool::run_one(std::unique_lock<std::mutex>& lock) {
  std::erase_if(loops_, [](const Loop* loop) { return loop->exhausted(); });
  open_loops_.store(static_cast<int>(loops_.size()), std::memory_order_seq_cst);
  if (loops_.empty() && queue_.empty()) return false;
  if (running_.fetch_add(1, std::memory_order_seq_cst) >= slots_) {
    // The one who releases that slot looks for waiting work afterwards, or has not looked yet.
    const bool raced = running_.fetch_sub(1, std::memory_order_seq_cst) - 1 < slots_;
    return raced && run_one(lock);
  }
  if (!loops_.empty()) {
    help(neediest_loop(), lock);
  } else {
    std::function<void()> piece = std::move(queue_.front());
    queue_.pop_front();
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    lock.unlock();
    piece();
    piece = nullptr;
    lock.lock();
  }
  running_.fetch_sub(1, std::memory_order_seq_cst);
  return true;
}

// The newest of those with the fewest helpers.
ThreadPool::Loop& ThreadPool::neediest_loop() {
  const auto helpers = [](const Loop* loop) {
    return loop->helpers.load(std::memory_order_relaxed);
  };
  return **std::min_element(loops_.rbegin(), loops_.rend(),
                            [&](const Loop* a, const Loop* b) { return helpers(a) < helpers(b); });
}

void ThreadPool::help(Loop& loop, std::unique_lock<std::mutex>& lock) {
  loop.helpers.fetch_add(1, std::memory_order_relaxed);
  lock.unlock();
  {
    const DenormalScope mode(loop.flush);
    // Another loop may need this thread more.
    while (loop.run_chunk() && open_loops_.load(std::memory_order_relaxed) == 1) {
    }
  }
  lock.lock();
  if (loop.helpers.fetch_sub(1, std::memory_order_release) == 1) loop.left.notify_one();
}

void ThreadPool::parallel_for(int64_t begin, int64_t end, int64_t grain,
                              absl::FunctionRef<void(int64_t, int64_t)> body) {
  if (begin >= end) return;
  const int64_t total = end - begin;
  grain = std::max<int64_t>(grain, 1);
  const int64_t parts = std::min(total / grain, slots_ * kChunksPerThread);
  if (slots_ == 1 || parts <= 1) return body(begin, end);
  const int64_t chunk = (total + parts - 1) / parts;
  Loop loop{.body = body, .end = end, .chunk = chunk, .next = begin};
  {
    const std::lock_guard lock(mutex_);
    loops_.push_back(&loop);
    open_loops_.store(static_cast<int>(loops_.size()), std::memory_order_seq_cst);
    wake(static_cast<int>(std::min<int64_t>(sleeping_, parts - 1)));
  }
  while (loop.run_chunk()) {
  }
  spin_until([&] { return loop.helpers.load(std::memory_order_acquire) == 0; });
  {
    std::unique_lock lock(mutex_);
    std::erase(loops_, &loop);
    open_loops_.store(static_cast<int>(loops_.size()), std::memory_order_seq_cst);
    loop.left.wait(lock, [&] { return loop.helpers.load(std::memory_order_relaxed) == 0; });
  }
  if (loop.error) std::rethrow_exception(loop.error);
}

}  // namespace temper
