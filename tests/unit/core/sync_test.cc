#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/sync/budget.h"
#include "core/sync/cancel.h"
#include "core/sync/deadline.h"
#include "core/sync/float_mode.h"
#include "core/sync/thread_pool.h"

namespace temper {
namespace {

std::vector<int> touched(ParallelRunner& runner, int64_t size, int64_t grain) {
  std::vector<std::atomic<int>> counts(static_cast<size_t>(size));
  runner.parallel_for(0, size, grain, [&](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; ++i) counts[static_cast<size_t>(i)].fetch_add(1);
  });
  return {counts.begin(), counts.end()};
}

TEST(ThreadPool, LoopTouchesEveryIndexOnce) {
  for (int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    for (int64_t size : {0, 1, 7, 1000, 4097}) {
      for (int64_t grain : {0, 1, 3, 100, 5000}) {
        EXPECT_EQ(touched(pool, size, grain), std::vector<int>(static_cast<size_t>(size), 1));
      }
    }
  }
}

TEST(ThreadPool, RangesAreAsLongAsTheGrain) {
  ThreadPool pool(3);
  std::atomic<int> shorter{0};
  pool.parallel_for(10, 1010, 64, [&](int64_t from, int64_t to) {
    if (to - from < 64 && to != 1010) ++shorter;
  });
  EXPECT_EQ(shorter, 0);
}

TEST(ThreadPool, SmallLoopsRunInline) {
  ThreadPool pool(4);
  const auto self = std::this_thread::get_id();
  pool.parallel_for(0, 10, 100, [&](int64_t from, int64_t to) {
    EXPECT_EQ(std::this_thread::get_id(), self);
    EXPECT_EQ(to - from, 10);
  });
}

TEST(ThreadPool, LoopsUseSeveralThreads) {
  ThreadPool pool(4);
  std::promise<void> second;
  std::shared_future<void> arrived = second.get_future().share();
  std::atomic<int> entered{0};
  pool.parallel_for(0, 2, 1, [&](int64_t, int64_t) {
    if (entered.fetch_add(1) == 1) second.set_value();
    EXPECT_EQ(arrived.wait_for(std::chrono::seconds(30)), std::future_status::ready);
  });
}

TEST(ThreadPool, LoopsNest) {
  ThreadPool pool(3);
  std::atomic<int> sum{0};
  pool.parallel_for(0, 20, 1, [&](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; ++i) {
      pool.parallel_for(0, 50, 1, [&](int64_t a, int64_t b) { sum += static_cast<int>(b - a); });
    }
  });
  EXPECT_EQ(sum, 1000);
}

TEST(ThreadPool, AnExceptionReachesTheCallerAndThePoolGoesOn) {
  ThreadPool pool(3);
  for (int round = 0; round < 50; ++round) {
    EXPECT_THROW(pool.parallel_for(0, 100, 1,
                                   [](int64_t from, int64_t to) {
                                     if (from <= 40 && 40 < to) throw std::runtime_error("no");
                                   }),
                 std::runtime_error);
  }
  EXPECT_EQ(touched(pool, 100, 1), std::vector<int>(100, 1));
}

TEST(ThreadPool, RunsWhatWasSubmittedBeforeItEnds) {
  std::atomic<int> done{0};
  {
    ThreadPool pool(2);
    for (int i = 0; i < 1000; ++i) pool.submit([&] { ++done; });
  }
  EXPECT_EQ(done, 1000);
}

TEST(ThreadPool, LoopsOfManyThreadsShareThePool) {
  ThreadPool pool(3);
  std::vector<std::thread> callers;
  std::atomic<int64_t> sum{0};
  for (int caller = 0; caller < 6; ++caller) {
    callers.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        pool.parallel_for(0, 64, 1, [&](int64_t from, int64_t to) { sum += to - from; });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(sum, 6 * 200 * 64);
}

TEST(ThreadPool, SlotsBoundWhatRuns) {
  ThreadPool pool(2);
  ASSERT_TRUE(pool.try_take_slot());
  ASSERT_TRUE(pool.try_take_slot());
  EXPECT_FALSE(pool.try_take_slot());
  std::promise<void> ran;
  auto done = ran.get_future();
  pool.submit([&] { ran.set_value(); });
  EXPECT_EQ(done.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  EXPECT_FALSE(pool.try_take_slot());
  pool.release_slot();
  EXPECT_EQ(done.wait_for(std::chrono::seconds(30)), std::future_status::ready);
  pool.release_slot();
}

TEST(ThreadPool, SlotsAndSubmissionsNeverStall) {
  ThreadPool pool(2);
  std::atomic<int> done{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        if (pool.try_take_slot()) {
          pool.release_slot();
          ++done;
        } else {
          pool.submit([&] { ++done; });
        }
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (int wait = 0; wait < 3000 && done < 8000; ++wait) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(done, 8000);
}

TEST(ThreadPool, CallersShareTheThreads) {
  ThreadPool pool(8), odd(6), single(1);
  EXPECT_EQ(pool.share(), 8);
  const ThreadPool::Caller nobody(nullptr);
  std::vector<std::unique_ptr<ThreadPool::Caller>> callers;
  std::vector<int> shares, odd_shares;
  for (int i = 0; i < 9; ++i) {
    callers.push_back(std::make_unique<ThreadPool::Caller>(&pool));
    callers.push_back(std::make_unique<ThreadPool::Caller>(&odd));
    callers.push_back(std::make_unique<ThreadPool::Caller>(&single));
    shares.push_back(pool.share());
    odd_shares.push_back(odd.share());
    EXPECT_EQ(single.share(), 1);
  }
  EXPECT_EQ(shares, (std::vector<int>{8, 4, 2, 2, 1, 1, 1, 1, 1}));
  EXPECT_EQ(odd_shares, (std::vector<int>{6, 3, 1, 1, 1, 1, 1, 1, 1}));
  callers.clear();
  EXPECT_EQ(pool.share(), 8);
}

// Helpers of a long loop leave it for another that has none.
TEST(ThreadPool, ALaterLoopGetsItsPartOfTheThreads) {
  ThreadPool pool(2);
  const auto patience = std::chrono::seconds(30);
  std::promise<void> promises[3];
  std::shared_future<void> busy = promises[0].get_future().share();
  std::shared_future<void> opened = promises[1].get_future().share();
  std::shared_future<void> helped = promises[2].get_future().share();
  std::atomic<int> first_helpers{0}, second_entered{0};
  std::thread caller([&] {
    const auto self = std::this_thread::get_id();
    pool.parallel_for(0, 8, 1, [&](int64_t, int64_t) {
      const bool early = opened.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
      if (std::this_thread::get_id() == self || !early) {
        EXPECT_EQ(helped.wait_for(patience), std::future_status::ready);
      } else {
        if (first_helpers.fetch_add(1) == 1) promises[0].set_value();
        EXPECT_EQ(opened.wait_for(patience), std::future_status::ready);
      }
    });
  });
  ASSERT_EQ(busy.wait_for(patience), std::future_status::ready);
  pool.parallel_for(0, 2, 1, [&](int64_t, int64_t) {
    promises[second_entered.fetch_add(1) == 0 ? 1 : 2].set_value();
    EXPECT_EQ(helped.wait_for(patience), std::future_status::ready);
  });
  caller.join();
}

// A denormal result, computed where the compiler cannot.
bool keeps_denormals() {
  volatile float tiny = 1e-38f, factor = 0.01f;
  const volatile float product = tiny * factor;
  return product != 0;
}

TEST(DenormalScope, NestsAndRestores) {
  ASSERT_TRUE(keeps_denormals());
  {
    const DenormalScope flush(true);
    EXPECT_FALSE(keeps_denormals());
    EXPECT_TRUE(flushes_denormals());
    {
      const DenormalScope keep(false);
      EXPECT_TRUE(keeps_denormals());
    }
    EXPECT_FALSE(keeps_denormals());
  }
  EXPECT_TRUE(keeps_denormals());
  EXPECT_FALSE(flushes_denormals());
}

TEST(DenormalScope, HelpersComputeAsTheCallerOfALoop) {
  ThreadPool pool(3);
  for (const bool flush : {true, false, true}) {
    const DenormalScope mode(flush);
    std::atomic<int> keeping{0}, pieces{0};
    std::set<std::thread::id> threads;
    std::mutex mutex;
    for (int round = 0; round < 50; ++round) {
      pool.parallel_for(0, 64, 1, [&](int64_t, int64_t) {
        keeping += keeps_denormals();
        ++pieces;
        std::this_thread::sleep_for(std::chrono::microseconds(20));
        const std::lock_guard lock(mutex);
        threads.insert(std::this_thread::get_id());
      });
    }
    EXPECT_EQ(keeping, flush ? 0 : pieces.load());
    EXPECT_GT(threads.size(), 1u);
  }
  std::promise<bool> kept;
  pool.submit([&] { kept.set_value(keeps_denormals()); });
  EXPECT_TRUE(kept.get_future().get());
}

TEST(CancelToken, StaysCancelled) {
  CancelToken token;
  EXPECT_FALSE(token.cancelled());
  token.cancel();
  EXPECT_TRUE(token.cancelled());
  EXPECT_TRUE(token.flag()->load());
}

TEST(Deadline, Saturates) {
  EXPECT_EQ(deadline_after(INT64_MAX), kNoDeadline);
  EXPECT_FALSE(passed(kNoDeadline));
  EXPECT_TRUE(passed(deadline_after(0)));
  EXPECT_TRUE(passed(deadline_after(-5)));
  EXPECT_FALSE(passed(deadline_after(60'000'000)));
}

class CgroupFiles : public testing::Test {
 protected:
  void SetUp() override {
    root_ = testing::TempDir() + "cgroup_" + std::to_string(getpid());
    std::filesystem::remove_all(root_);
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  void write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = root_ + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  std::string root_;
};

TEST_F(CgroupFiles, SecondVersionTakesTheTightestAncestor) {
  write("/a/b/cpu.max", "max 100000\n");
  write("/a/cpu.max", "150000 100000\n");
  write("/cpu.max", "400000 100000\n");
  EXPECT_EQ(cgroup_cpus(root_, "0::/a/b\n"), 1.5);
  EXPECT_EQ(cgroup_cpus(root_, "0::/\n"), 4.0);
}

TEST_F(CgroupFiles, FirstVersionReadsQuotaAndPeriod) {
  write("/cpu/job/cpu.cfs_quota_us", "250000\n");
  write("/cpu/job/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cgroup_cpus(root_, "5:memory:/job\n3:cpu,cpuacct:/job\n"), 2.5);
  write("/cpu/job/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(cgroup_cpus(root_, "3:cpu,cpuacct:/job\n"), std::nullopt);
}

// A container sees its own group as the root of the mount, and a path that is not there.
TEST_F(CgroupFiles, FirstVersionInAContainer) {
  write("/cpu/cpu.cfs_quota_us", "50000\n");
  write("/cpu/cpu.cfs_period_us", "100000\n");
  write("/memory/memory.limit_in_bytes", "536870912\n");
  const std::string groups = "9:memory:/docker/abc\n4:cpuacct,cpu:/docker/abc\n0::/docker/abc\n";
  EXPECT_EQ(cgroup_cpus(root_, groups), 0.5);
  EXPECT_EQ(cgroup_memory(root_, groups), 536870912.0);
}

TEST_F(CgroupFiles, MemoryTakesTheTightestAncestor) {
  write("/a/b/memory.max", "max\n");
  write("/a/memory.max", "1073741824\n");
  write("/memory/job/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(cgroup_memory(root_, "0::/a/b\n"), 1073741824.0);
  EXPECT_EQ(cgroup_memory(root_, "0::/c\n"), std::nullopt);
  EXPECT_GT(cgroup_memory(root_, "7:memory:/job\n"), 1e18);
  EXPECT_GT(memory_budget(), 1 << 20);
}

TEST_F(CgroupFiles, OtherControllersDoNotCount) {
  write("/cpuset/job/cpu.max", "100000 100000\n");
  write("/cpu/job/cpu.cfs_quota_us", "100000\n");
  write("/cpu/job/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cgroup_cpus(root_, "2:cpuset:/job\n"), std::nullopt);
  EXPECT_EQ(cgroup_cpus(root_, "2:cpuset,cpu:/job\n"), 1.0);
}

TEST(CpuBudget, QuotasAreRoundedUpAndAffinityIsTheMost) {
  EXPECT_EQ(cpu_budget(8, std::nullopt), 8);
  EXPECT_EQ(cpu_budget(8, 2.0), 2);
  EXPECT_EQ(cpu_budget(8, 2.5), 3);
  EXPECT_EQ(cpu_budget(8, 0.2), 1);
  EXPECT_EQ(cpu_budget(2, 6.0), 2);
  EXPECT_EQ(cpu_budget(0, std::nullopt), 1);
}

TEST(CpuBudget, FollowsTheAffinityMask) {
  int budget = 0;
  std::thread([&] {
    cpu_set_t all, one;
    ASSERT_EQ(sched_getaffinity(0, sizeof all, &all), 0);
    CPU_ZERO(&one);
    int first = 0;
    while (!CPU_ISSET(first, &all)) ++first;
    CPU_SET(first, &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    budget = cpu_budget();
  }).join();
  EXPECT_EQ(budget, 1);
}

TEST_F(CgroupFiles, NothingReadableIsNoQuota) {
  EXPECT_EQ(cgroup_cpus(root_, ""), std::nullopt);
  EXPECT_EQ(cgroup_cpus(root_, "nonsense\n0::/gone\n"), std::nullopt);
  EXPECT_GE(cpu_budget(), 1);
}

}  // namespace
}  // namespace temper
