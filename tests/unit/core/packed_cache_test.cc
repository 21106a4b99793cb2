#include "core/op/packed_cache.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <thread>

#include "core/base/error.h"

namespace temper {
namespace {

using Kind = PackedStore::Kind;

constexpr int64_t kMb = 1 << 20;
Ref<PackedLayout> layout_of(int64_t number) {
  PackedKey key(1);
  return make_ref<PackedLayout>(key.add(number));
}
const Ref<PackedLayout> kLayout = layout_of(0);

Tensor weight_of(int64_t bytes, uint8_t value = 1) {
  const Tensor t = empty({bytes}, DType::kUInt8);
  std::memset(t.raw(), value, static_cast<size_t>(bytes));
  return t;
}

// "Packs" by copying; counts.
struct Packer {
  int made = 0;
  Ref<PackedWeights> operator()(PackedCache& cache, const Tensor& source,
                                const Ref<PackedLayout>& layout = kLayout,
                                const Tensor& scale = {}) {
    return cache.weights(source, scale, layout, [&] {
      ++made;
      const Ref<Storage> storage = Storage::allocate(source.nbytes());
      std::memcpy(storage->data(), source.raw(), static_cast<size_t>(source.nbytes()));
      return make_ref<PackedWeights>(storage);
    });
  }
};

class Primitive : public Kept {
 public:
  explicit Primitive(int64_t bytes) : bytes_(bytes) {}
  int64_t bytes() const override { return bytes_; }

 private:
  int64_t bytes_;
};

Ref<Kept> primitive(PackedCache& cache, int64_t number, int64_t bytes, int* made) {
  PackedKey key(2);
  return cache.primitive(key.add(number), [&]() -> Ref<Kept> {
    ++*made;
    return make_ref<Primitive>(bytes);
  });
}

TEST(PackedCache, WeightsArePackedOnceForAViewAndALayout) {
  const auto store = make_ref<PackedStore>();
  const auto cache = make_ref<PackedCache>(store);
  Packer pack;
  const Tensor weight = weight_of(4096), scale = weight_of(64);
  const Ref<PackedWeights> first = pack(*cache, weight);
  EXPECT_EQ(pack(*cache, weight), first);
  EXPECT_EQ(pack(*cache, weight.alias()), first);
  EXPECT_EQ(pack.made, 1);
  pack(*cache, weight, layout_of(7));
  pack(*cache, weight, kLayout, scale);
  pack(*cache, weight.narrow(0, 1024, 1024));
  EXPECT_EQ(pack.made, 4);
  pack(*cache, weight.view_as_shape({64, 64}));
  pack(*cache, weight.view_as_shape({64, 64}).transpose(0, 1));
  pack(*cache, weight.view_as_shape({32, 128}));
  EXPECT_EQ(pack.made, 7);
  EXPECT_EQ(pack(*cache, weight, layout_of(0)), first);
  weight.data<uint8_t>()[0] = 5;
  weight.mark_written();
  EXPECT_NE(pack(*cache, weight), first);
  EXPECT_EQ(pack.made, 8);
}

TEST(PackedCache, EqualWeightsOfTwoModelsAreKeptOnce) {
  const auto store = make_ref<PackedStore>();
  auto first = make_ref<PackedCache>(store), second = make_ref<PackedCache>(store);
  Packer pack;
  Ref<PackedWeights> one = pack(*first, weight_of(kMb, 3)), two = pack(*second, weight_of(kMb, 3));
  EXPECT_EQ(one, two);
  EXPECT_EQ(store->usage(Kind::kWeights).bytes, kMb);
  EXPECT_EQ(store->usage(Kind::kWeights).entries, 1);
  pack(*second, weight_of(kMb, 4));
  pack(*second, weight_of(kMb, 3), layout_of(9));
  EXPECT_EQ(store->usage(Kind::kWeights).bytes, 3 * kMb);
  one = two = nullptr;
  first = nullptr;
  EXPECT_EQ(store->usage(Kind::kWeights).bytes, 3 * kMb);
  second = nullptr;
  EXPECT_EQ(store->usage(Kind::kWeights).bytes, 0);
  EXPECT_EQ(store->usage(Kind::kWeights).entries, 0);
  EXPECT_EQ(store->usage(Kind::kWeights).evictions, 0u);
}

TEST(PackedCache, WeightsThatDifferAnywhereAreNotShared) {
  const auto store = make_ref<PackedStore>();
  const auto cache = make_ref<PackedCache>(store);
  Packer pack;
  const Ref<PackedWeights> first = pack(*cache, weight_of(100'003));
  for (const int64_t at : {0, 1, 50'001, 99'999, 100'002}) {
    const Tensor other = weight_of(100'003);
    other.data<uint8_t>()[at] = 9;
    const Ref<PackedWeights> packed = pack(*cache, other);
    EXPECT_NE(packed, first) << at;
    EXPECT_EQ(std::memcmp(packed->storage()->data(), other.raw(), 100'003), 0);
  }
}

// Zeros are equal in every shape, but what is packed is not.
TEST(PackedCache, EqualBytesInOtherFormsAreNotShared) {
  const auto store = make_ref<PackedStore>();
  const auto cache = make_ref<PackedCache>(store);
  Packer pack;
  const Ref<PackedWeights> wide = pack(*cache, weight_of(4096, 0).view_as_shape({32, 128}));
  EXPECT_NE(pack(*cache, weight_of(4096, 0).view_as_shape({128, 32})), wide);
  EXPECT_NE(pack(*cache, weight_of(4096, 0).view_as_shape({32, 128}), layout_of(1)), wide);
  EXPECT_EQ(pack(*cache, weight_of(4096, 0).view_as_shape({32, 128})), wide);
}

TEST(PackedCache, EachModelIsChargedForWhatItUses) {
  const auto store = make_ref<PackedStore>();
  const auto small = make_ref<MemoryAccount>(kMb + 10), other = make_ref<MemoryAccount>();
  auto first = make_ref<PackedCache>(store, small), second = make_ref<PackedCache>(store, other);
  Packer pack;
  pack(*first, weight_of(kMb, 3));
  pack(*second, weight_of(kMb, 3));
  pack(*second, weight_of(kMb, 3));  // the same bytes again
  EXPECT_EQ(small->used(), kMb);
  EXPECT_EQ(other->used(), kMb);
  EXPECT_THROW(pack(*first, weight_of(kMb, 5)), Error);
  EXPECT_EQ(small->used(), kMb);
  EXPECT_EQ(store->usage(Kind::kWeights).entries, 1);
  first = nullptr;
  EXPECT_EQ(small->used(), 0);
  EXPECT_EQ(other->used(), kMb);
  second = nullptr;
  EXPECT_EQ(other->used(), 0);
}

TEST(PackedCache, TheLeastRecentlyUsedWeightsGoFirst) {
  const auto store = make_ref<PackedStore>(4 * kMb);  // 3 of them for weights
  const auto account = make_ref<MemoryAccount>();
  const auto cache = make_ref<PackedCache>(store, account);
  Packer pack;
  std::vector<Tensor> weights;
  for (uint8_t i = 0; i < 4; ++i) weights.push_back(weight_of(kMb, i));
  for (int i = 0; i < 3; ++i) pack(*cache, weights[static_cast<size_t>(i)]);
  pack(*cache, weights[0]);
  EXPECT_EQ(pack.made, 3);
  pack(*cache, weights[3]);
  EXPECT_EQ(store->usage(Kind::kWeights).bytes, 3 * kMb);
  EXPECT_EQ(store->usage(Kind::kWeights).evictions, 1u);
  EXPECT_EQ(account->used(), 3 * kMb);
  pack(*cache, weights[0]);
  pack(*cache, weights[2]);
  EXPECT_EQ(pack.made, 4);
  pack(*cache, weights[1]);
  EXPECT_EQ(pack.made, 5);
}

TEST(PackedCache, WhatIsLargerThanTheLimitIsUsedButNotKept) {
  const auto store = make_ref<PackedStore>(kMb);
  const auto account = make_ref<MemoryAccount>();
  const auto cache = make_ref<PackedCache>(store, account);
  Packer pack;
  const Tensor weight = weight_of(2 * kMb);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(pack(*cache, weight)->bytes(), 2 * kMb);
    EXPECT_EQ(store->usage(Kind::kWeights).bytes, 0);
    EXPECT_EQ(account->used(), 0);
  }
  EXPECT_EQ(pack.made, 2);
}

TEST(PackedCache, PrimitivesAreSharedByModelsAndCostNoWeights) {
  const auto store = make_ref<PackedStore>(4 * kMb);
  const auto first = make_ref<PackedCache>(store), second = make_ref<PackedCache>(store);
  Packer pack;
  const Tensor weight = weight_of(2 * kMb);
  pack(*first, weight);
  int made = 0;
  const Ref<Kept> one = primitive(*first, 1, 1000, &made);
  EXPECT_EQ(primitive(*second, 1, 1000, &made), one);
  EXPECT_EQ(made, 1);
  for (int64_t i = 0; i < 500; ++i) {
    primitive(*second, i, 100'000, &made);
    EXPECT_LE(store->usage(Kind::kPrimitives).bytes, kMb);
  }
  EXPECT_EQ(store->usage(Kind::kPrimitives).entries, 10);
  EXPECT_EQ(store->usage(Kind::kPrimitives).evictions, 490u);
  primitive(*first, 499, 100'000, &made);
  EXPECT_EQ(made, 500);
  pack(*first, weight);
  EXPECT_EQ(pack.made, 1);
}

TEST(PackedCache, ManyThreadsAndModels) {
  const auto store = make_ref<PackedStore>(600'000);
  const auto account = make_ref<MemoryAccount>();
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 4; ++seed) {
    threads.emplace_back([&, seed] {
      std::mt19937 random(seed);
      for (int round = 0; round < 30; ++round) {
        const auto cache = make_ref<PackedCache>(store, account);
        std::vector<Tensor> weights;
        for (uint8_t i = 0; i < 8; ++i) weights.push_back(weight_of(60'000, i));
        for (int i = 0; i < 60; ++i) {
          const Tensor& weight = weights[random() % weights.size()];
          Packer pack;
          const Ref<PackedWeights> packed = pack(*cache, weight);
          ASSERT_EQ(*packed->storage()->data(), *weight.raw());
          int made = 0;
          primitive(*cache, random() % 20, 20'000, &made);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(account->used(), 0);
  EXPECT_EQ(store->usage(Kind::kWeights).bytes, 0);
  EXPECT_LE(store->usage(Kind::kPrimitives).bytes, 150'000);
}

}  // namespace
}  // namespace temper
