#include "core/tensor/arena.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "core/base/error.h"
#include "core/tensor/storage.h"

namespace temper {
namespace {

constexpr uint32_t kNever = BlockLife::kNever;

bool meet(const BlockLife& a, const BlockLife& b) { return a.begin <= b.end && b.begin <= a.end; }

void expect_apart(absl::Span<const BlockLife> lives, const ArenaPlan& plan) {
  for (size_t i = 0; i < lives.size(); ++i) {
    if (lives[i].end == kNever) {
      EXPECT_EQ(plan.blocks[i].offset, -1);
      continue;
    }
    EXPECT_EQ(plan.blocks[i].offset % static_cast<int64_t>(kAlignment), 0);
    EXPECT_LE(plan.blocks[i].offset + lives[i].bytes, plan.bytes);
    for (size_t j = 0; j < i; ++j) {
      if (lives[j].end == kNever || !meet(lives[i], lives[j])) continue;
      const bool apart = plan.blocks[i].offset + lives[i].bytes <= plan.blocks[j].offset ||
                         plan.blocks[j].offset + lives[j].bytes <= plan.blocks[i].offset;
      EXPECT_TRUE(apart) << "blocks " << i << " and " << j;
    }
  }
}

TEST(PackBlocks, SharesMemoryBetweenLivesThatDoNotMeet) {
  // A chain: each block lives until the next one has been written.
  const BlockLife lives[] = {{4096, 0, 2}, {8192, 1, 4}, {4096, 3, 6}, {8192, 5, 7}};
  const ArenaPlan plan = pack_blocks(lives);
  expect_apart(lives, plan);
  EXPECT_EQ(plan.bytes, 4096 + 8192);
}

TEST(PackBlocks, LeavesResultsToTheHeap) {
  const BlockLife lives[] = {{4096, 0, kNever}, {4096, 1, 2}};
  const ArenaPlan plan = pack_blocks(lives);
  EXPECT_EQ(plan.blocks[0].offset, -1);
  EXPECT_EQ(plan.bytes, 4096);
}

TEST(PackBlocks, KeepsRandomLivesApart) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<BlockLife> lives;
    for (uint32_t i = 0; i < 40; ++i) {
      const uint32_t begin = random() % 100;
      const uint32_t end = random() % 10 == 0 ? kNever : begin + 1 + random() % 30;
      lives.push_back({1 + static_cast<int64_t>(random() % 10000), begin, end});
    }
    expect_apart(lives, pack_blocks(lives));
  }
}

class ArenaTest : public ::testing::Test {
 protected:
  // A run like a chain of layers: two blocks alive at once, and a result.
  Ref<Storage> chain(int64_t bytes) {
    Ref<Storage> last = Storage::allocate(bytes);
    for (int i = 0; i < 10; ++i) last = Storage::allocate(bytes);
    return last;
  }

  template <class Body>
  Arena::Outcome run(std::shared_ptr<const ArenaPlan> plan, Body body) {
    arena->begin(std::move(plan));
    {
      const AccountScope account_scope(account.get());
      const ArenaScope scope(arena.get());
      body();
    }
    return arena->end();
  }

  Ref<MemoryAccount> account = make_ref<MemoryAccount>();
  Ref<Arena> arena = make_ref<Arena>(account);
  Ref<Storage> result;
};

TEST_F(ArenaTest, LaterRunsUseTheRecordedPlan) {
  const auto recorded = run(nullptr, [&] { result = chain(10000); }).recorded;
  ASSERT_TRUE(recorded);
  EXPECT_EQ(recorded->blocks.size(), 11u);
  const int64_t before = account->used();
  for (int i = 0; i < 3; ++i) {
    const Arena::Outcome outcome = run(recorded, [&] { result = chain(10000); });
    EXPECT_TRUE(outcome.planned && outcome.served && outcome.clean);
  }
  EXPECT_EQ(arena->capacity(), recorded->bytes);
  EXPECT_LE(arena->capacity(), 2 * 10048);
  EXPECT_EQ(account->used(), before + arena->capacity());
}

TEST_F(ArenaTest, HeapServesWhatThePlanDidNotForesee) {
  const auto recorded = run(nullptr, [&] { result = chain(10000); }).recorded;
  const Arena::Outcome other = run(recorded, [&] { result = chain(20000); });
  EXPECT_FALSE(other.served);
  EXPECT_TRUE(other.clean);
  EXPECT_EQ(result->size(), 20000);
}

TEST_F(ArenaTest, NeverHandsOutWhatIsAlive) {
  const auto recorded = run(nullptr, [&] { result = chain(10000); }).recorded;
  // This run keeps everything that the recorded one gave back.
  std::vector<Ref<Storage>> kept;
  const Arena::Outcome outcome = run(recorded, [&] {
    for (int i = 0; i < 11; ++i) {
      kept.push_back(Storage::allocate(10000));
      std::fill_n(kept.back()->data(), 10000, std::byte(i));
    }
  });
  for (int i = 0; i < 11; ++i) {
    for (int64_t at = 0; at < 10000; ++at) {
      ASSERT_EQ(kept[static_cast<size_t>(i)]->data()[at], std::byte(i));
    }
  }
  EXPECT_FALSE(outcome.clean);  // so the region is not used again
  arena = nullptr;
  std::thread([&] { kept.clear(); }).join();  // it dies with the last block
  EXPECT_EQ(account->used(), result->size());
}

TEST_F(ArenaTest, GrownBlocksMoveToTheHeap) {
  const auto body = [&] {
    result = Storage::allocate(5000);
    result->data()[0] = std::byte(3);
    const Ref<Storage> scratch = result;
    result->grow(9000);
  };
  const auto recorded = run(nullptr, body).recorded;
  EXPECT_TRUE(run(recorded, body).clean);
  EXPECT_EQ(result->data()[0], std::byte(3));
  EXPECT_EQ(result->size(), 9000);
  result = nullptr;
  EXPECT_EQ(account->used(), arena->capacity());
}

TEST_F(ArenaTest, RefusesARegionBeyondTheLimit) {
  const auto recorded = run(nullptr, [&] { result = chain(10000); }).recorded;
  account->set_limit(account->used() + 5000);
  EXPECT_THROW(arena->begin(recorded), Error);
  EXPECT_EQ(account->used(), result->size());
}

TEST_F(ArenaTest, ReleasesOfAnEarlierRunAreNotMistaken) {
  Ref<Storage> kept;
  run(nullptr, [&] { kept = Storage::allocate(4096); });
  const auto recorded = run(nullptr, [&] {
                          result = Storage::allocate(4096);
                          kept = nullptr;
                        }).recorded;
  EXPECT_EQ(recorded->blocks[0].offset, -1);
}

TEST_F(ArenaTest, ShrinksWhenItStaysEmpty) {
  const auto large = run(nullptr, [&] { result = chain(1000000); }).recorded;
  const auto small = run(nullptr, [&] { result = chain(10000); }).recorded;
  run(large, [&] { result = chain(1000000); });
  for (int i = 0; i < 100; ++i) run(small, [&] { result = chain(10000); });
  EXPECT_EQ(arena->capacity(), small->bytes);
}

}  // namespace
}  // namespace temper
