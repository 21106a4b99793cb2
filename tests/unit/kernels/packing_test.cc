// What products and convolutions keep between calls, and with how many threads they run.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <random>

#include "core/op/packed_cache.h"
#include "core/sync/float_mode.h"
#include "core/sync/thread_pool.h"
#include "tests/unit/kernels/call.h"

namespace temper {
namespace {

using Kind = PackedStore::Kind;

Tensor random_of(DimsView sizes, unsigned seed) {
  const Tensor t = empty(sizes, DType::kFloat32);
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> numbers(-1, 1);
  for (int64_t i = 0; i < t.numel(); ++i) t.data<float>()[i] = numbers(random);
  return t;
}

Tensor constant_of(DimsView sizes, unsigned seed) {
  const Tensor t = random_of(sizes, seed);
  t.storage()->mark_constant();
  return t;
}

void expect_linear(const Tensor& x, const Tensor& w, const Tensor& bias, const Tensor& y) {
  const int64_t n = w.size(0), k = w.size(1);
  for (int64_t i = 0; i < x.size(0); ++i) {
    for (int64_t j = 0; j < n; ++j) {
      double sum = bias.data<float>()[j];
      for (int64_t p = 0; p < k; ++p) {
        sum += double{x.data<float>()[i * k + p]} * double{w.data<float>()[j * k + p]};
      }
      ASSERT_NEAR(y.data<float>()[i * n + j], sum, 1e-4) << i << ", " << j;
    }
  }
}

class Packing : public testing::Test {
 protected:
  Packing() { caller_.context().packed = cache_.get(); }
  Tensor linear(const Tensor& x, const Tensor& w, const Tensor& bias) {
    return caller_.tensor("aten::linear", {x, w, bias});
  }
  Tensor conv(const Tensor& x, const Tensor& w) {
    const IValue ones = make_int_list({1, 1});
    return caller_.tensor("aten::conv2d", {x, w, IValue(), ones, ones, ones, 1});
  }
  PackedStore::Usage weights() const { return store_->usage(Kind::kWeights); }
  PackedStore::Usage primitives() const { return store_->usage(Kind::kPrimitives); }

  KernelCaller caller_;
  Ref<PackedStore> store_ = make_ref<PackedStore>(int64_t{64} << 20);
  Ref<PackedCache> cache_ = make_ref<PackedCache>(store_);
};

TEST_F(Packing, OneCopyOfAWeightServesEveryBatch) {
  // Neither number is a multiple of what layouts are filled up to.
  const Tensor w = constant_of({203, 171}, 1), bias = constant_of({203}, 2);
  const auto ask = [&](int64_t rows) {
    const Tensor x = random_of({rows, 171}, static_cast<unsigned>(rows));
    expect_linear(x, w, bias, linear(x, w, bias));
  };
  for (const int64_t rows : {1, 2, 3, 4}) ask(rows);
  EXPECT_EQ(weights().entries, 1);
  ask(7);
#if defined(__x86_64__)
  // The library's products and those of few rows take the same panels here.
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq")) {
    EXPECT_EQ(weights().entries, 1);
  }
#endif
  const PackedStore::Usage before = weights();
  for (const int64_t rows : {5, 16, 33, 64, 100, 300, 1}) ask(rows);
  EXPECT_EQ(weights().entries, before.entries);
  EXPECT_EQ(weights().bytes, before.bytes);
  EXPECT_LE(before.bytes, 2 * 256 * 176 * 4);
}

TEST_F(Packing, OneCopyOfAConvolutionsWeightServesEveryBatch) {
  const Tensor w = constant_of({64, 32, 3, 3}, 1);
  const Tensor first = conv(random_of({1, 32, 28, 28}, 3), w);
  EXPECT_EQ(weights().entries, 1);
  const Tensor batch = empty({5, 32, 28, 28}, DType::kFloat32);
  for (int64_t i = 0; i < 5; ++i) copy_into(batch.select(0, i), random_of({32, 28, 28}, 3));
  const Tensor all = conv(batch, w);
  EXPECT_EQ(weights().entries, 1);
  EXPECT_EQ(primitives().entries, 2);
  for (int64_t i = 0; i < all.numel(); ++i) {
    ASSERT_NEAR(all.data<float>()[i], first.data<float>()[i % first.numel()], 1e-4);
  }
}

TEST_F(Packing, WeightsThatAreNotConstantAreNotKept) {
  const Tensor bias = constant_of({64}, 2);
  for (unsigned i = 0; i < 5; ++i) {
    const Tensor w = random_of({64, 300}, i), x = random_of({20, 300}, i + 10);
    expect_linear(x, w, bias, linear(x, w, bias));
    const Tensor y = conv(random_of({1, 8, 9, 9}, i), random_of({16, 8, 3, 3}, i));
  }
  EXPECT_EQ(weights().entries, 0);
  EXPECT_EQ(primitives().entries, 2);
}

TEST_F(Packing, LayersOfEqualShapeShareAPrimitiveAndModelsEqualWeights) {
  const Tensor x = random_of({32, 256}, 1), bias = constant_of({128}, 2);
  linear(x, constant_of({128, 256}, 3), bias);
  linear(x, constant_of({128, 256}, 4), bias);
  EXPECT_EQ(primitives().entries, 1);
  EXPECT_EQ(weights().entries, 2);
  const auto other = make_ref<PackedCache>(store_);
  caller_.context().packed = other.get();
  const Tensor same = constant_of({128, 256}, 3);
  expect_linear(x, same, bias, linear(x, same, bias));
  EXPECT_EQ(weights().entries, 2);
  EXPECT_EQ(primitives().entries, 1);
}

int64_t resident_bytes() {
  int64_t total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * 4096;
}

TEST_F(Packing, EverNewShapesTakeNoMoreThanTheLimit) {
  const Tensor w = constant_of({48, 16, 3, 3}, 1), matrix = constant_of({64, 96}, 2);
  const Tensor bias = constant_of({64}, 3);
  std::mt19937 random(5);
  int64_t settled = 0;
  for (int i = 0; i < 500; ++i) {
    const int64_t height = 3 + random() % 60, width = 3 + random() % 60;
    conv(random_of({1 + i % 3, 16, height, width}, 4), w);
    linear(random_of({5 + i, 96}, 5), matrix, bias);
    if (i == 200) settled = resident_bytes();
  }
  EXPECT_LE(primitives().bytes, int64_t{16} << 20);
  EXPECT_GT(primitives().evictions, 100u);
  EXPECT_LE(weights().entries, 5);
  EXPECT_EQ(weights().evictions, 0u);
  EXPECT_LT(resident_bytes() - settled, int64_t{64} << 20);
}

TEST_F(Packing, ThePrimitivesThreadsAreTheCallersShare) {
  ThreadPool pool(4);
  caller_.context().workers = &pool;
  const Tensor x = random_of({64, 256}, 1), w = constant_of({128, 256}, 3);
  const Tensor bias = constant_of({128}, 2);
  linear(x, w, bias);
  {
    const ThreadPool::Caller first(&pool), second(&pool);
    expect_linear(x, w, bias, linear(x, w, bias));
    EXPECT_EQ(primitives().entries, 2);
    const ThreadPool::Caller third(&pool), fourth(&pool), fifth(&pool);
    expect_linear(x, w, bias, linear(x, w, bias));
    EXPECT_EQ(primitives().entries, 3);
  }
  linear(x, w, bias);
  EXPECT_EQ(primitives().entries, 3);
  EXPECT_EQ(weights().entries, 1);
}

// Products of 1e-20 and 1e-20: normal numbers with a denormal result.
TEST_F(Packing, TheLibrarysThreadsFlushDenormalsAsTheCallerDoes) {
  ThreadPool pool(4);
  caller_.context().workers = &pool;
  const Tensor x = empty({512, 64}, DType::kFloat32), w = empty({512, 64}, DType::kFloat32);
  const Tensor image = empty({4, 32, 64, 64}, DType::kFloat32);
  const Tensor taps = empty({64, 32, 1, 1}, DType::kFloat32);
  for (const Tensor& t : {x, w, image, taps}) {
    std::fill_n(t.data<float>(), t.numel(), 1e-20f);
  }
  const Tensor bias = zeros({512}, DType::kFloat32);
  const auto zeros_of = [](const Tensor& t) {
    return std::count_if(t.data<float>(), t.data<float>() + t.numel(),
                         [](float v) { return std::fpclassify(v) == FP_ZERO; });
  };
  for (const bool flush : {false, true, false, true, true, false}) {
    Tensor product, picture;
    {
      const DenormalScope mode(flush);
      product = linear(x, w, bias);
      picture = caller_.tensor("aten::conv2d", {image, taps});
    }
    EXPECT_EQ(zeros_of(product), flush ? product.numel() : 0);
    EXPECT_EQ(zeros_of(picture), flush ? picture.numel() : 0);
  }
}

}  // namespace
}  // namespace temper
