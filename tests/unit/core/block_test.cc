#include "core/tensor/block.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <vector>

#include "core/tensor/storage.h"

namespace temper {
namespace {

int64_t resident_bytes() {
  int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  return pages * 4096;
}

TEST(Block, IsAlignedAtEverySize) {
  for (const int64_t bytes : {1, 64, 1000, 256 << 10, (256 << 10) + 1, 5 << 20}) {
    std::byte* block = allocate_block(bytes);
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % kAlignment, 0u);
    std::memset(block, 1, static_cast<size_t>(bytes));
    free_block(block, bytes);
  }
  EXPECT_EQ(allocate_block(int64_t{1} << 60), nullptr);
}

TEST(Block, LargeBlocksGoBackToTheSystemInAnyOrder) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer keeps what is freed";
#endif
  constexpr int64_t kBytes = 1 << 20, kBlocks = 64;
  const int64_t before = resident_bytes();
  std::vector<std::byte*> blocks;
  for (int64_t i = 0; i < kBlocks; ++i) {
    blocks.push_back(allocate_block(kBytes));
    std::memset(blocks.back(), 1, kBytes);
  }
  EXPECT_GT(resident_bytes() - before, kBytes * kBlocks / 2);
  // One in eight stays alive: the others do not wait for it.
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (i % 8 != 7) free_block(blocks[i], kBytes);
  }
  EXPECT_LT(resident_bytes() - before, kBytes * kBlocks / 4);
  for (size_t i = 7; i < blocks.size(); i += 8) free_block(blocks[i], kBytes);
}

TEST(Block, AnAccountKeepsSomeBlocksForReuse) {
  const auto account = make_ref<MemoryAccount>();
  const AccountScope scope(account.get());
  const std::byte* first = Storage::allocate(300'000)->data();
  EXPECT_EQ(Storage::allocate(299'999)->data(), first);
  account->blocks().clear();
  EXPECT_EQ(account->used(), 0);
}

TEST(Block, WhatWaitsGivesWayInFrugalCalls) {
  const auto account = make_ref<MemoryAccount>();
  const AccountScope scope(account.get());
  BlockCache& blocks = account->blocks();
  const int64_t small = BlockCache::rounded(300'000);
  Storage::allocate(300'000);
  Storage::allocate(900'000);  // the small one stays
  std::byte* kept = blocks.take(small);
  ASSERT_NE(kept, nullptr);
  EXPECT_TRUE(blocks.give(kept, small));
  const BlockCache::Frugal frugal(blocks);
  Storage::allocate(600'000);  // waiting ones may take 300,000 bytes with it: the small one goes
  EXPECT_EQ(blocks.take(small), nullptr);
  EXPECT_EQ(account->peak(), 900'000);
}

}  // namespace
}  // namespace temper
