// 3x3 convolutions by minimal filtering.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "core/op/packed_cache.h"
#include "core/sync/thread_pool.h"
#include "kernels/cpu/tile_side.h"
#include "tests/unit/kernels/call.h"

namespace temper {
namespace {

TEST(TileSide, LargeTilesWherePixelsOutweighWeights) {
  EXPECT_EQ(tile_side({256, 256, 3, 3}, {1, 256, 56, 56}, 1), 4);
  EXPECT_EQ(tile_side({256, 256, 3, 3}, {1, 256, 14, 14}, 1), 2);
  EXPECT_EQ(tile_side({512, 512, 3, 3}, {1, 512, 5, 5}, 1), 0);
  EXPECT_EQ(tile_side({512, 512, 3, 3}, {8, 512, 7, 7}, 1), 4);
}

TEST(TileSide, NoneForFewChannelsOrMoreMemoryThanWeightsAreWorth) {
  EXPECT_EQ(tile_side({64, 3, 3, 3}, {1, 64, 224, 224}, 1), 0);
  EXPECT_EQ(tile_side({16, 16, 3, 3}, {1, 16, 112, 112}, 1), 0);
  EXPECT_EQ(tile_side({512, 2048, 3, 3}, {1, 512, 28, 28}, 1), 2);
  EXPECT_EQ(tile_side({4096, 4096, 3, 3}, {8, 4096, 28, 28}, 1), 0);
}

struct Case {
  Dims input, weight, padding, dilation = {1, 1};
  bool channels_last = true, bias = true, scale = false, residual = false;
  const char* activation = "";
  double alpha = 0, beta = 0;
};

class Tiled : public ::testing::Test {
 protected:
  Tensor numbers(const Dims& sizes, double range = 1) {
    const Tensor t = empty(sizes, DType::kFloat32);
    std::uniform_real_distribution<float> of(-static_cast<float>(range), static_cast<float>(range));
    for (int64_t i = 0; i < t.numel(); ++i) t.data<float>()[i] = of(random_);
    return t;
  }
  static Tensor last(const Tensor& t) {
    const Tensor out = empty(t.sizes(), DType::kFloat32, MemoryFormat::kChannelsLast);
    copy_into(out, t);
    return out;
  }

  double expected(const Case& c, int64_t n, int64_t o, int64_t y, int64_t x) const {
    double sum = 0;
    for (int64_t i = 0; i < c.weight[1]; ++i) {
      for (int64_t a = 0; a < 3; ++a) {
        for (int64_t b = 0; b < 3; ++b) {
          const int64_t row = y + a * c.dilation[0] - c.padding[0];
          const int64_t column = x + b * c.dilation[1] - c.padding[1];
          if (row < 0 || column < 0 || row >= c.input[2] || column >= c.input[3]) continue;
          sum +=
              double{image_.data<float>()[((n * c.input[1] + i) * c.input[2] + row) * c.input[3] +
                                          column]} *
              double{weight_.data<float>()[((o * c.weight[1] + i) * 3 + a) * 3 + b]};
        }
      }
    }
    if (c.scale) sum *= double{scale_.data<float>()[o]};
    if (c.bias) sum += double{bias_.data<float>()[o]};
    return sum;
  }

  static double ended(const Case& c, double sum) {
    const std::string_view name = c.activation;
    if (name == "relu") return std::max(sum, 0.0);
    if (name == "clip") return std::min(std::max(sum, c.alpha), c.beta);
    if (name == "leaky_relu") return sum < 0 ? c.alpha * sum : sum;
    if (name == "silu") return sum / (1 + std::exp(-sum));
    return sum;
  }

  void check(const Case& c) {
    const Dims sizes = {c.input[0], c.weight[0], c.input[2] + 2 * c.padding[0] - 2 * c.dilation[0],
                        c.input[3] + 2 * c.padding[1] - 2 * c.dilation[1]};
    const int64_t down = c.dilation[0], across = c.dilation[1];
    const Dims phases = {down * across * sizes[0], sizes[1], sizes[2] / down, sizes[3] / across};
    ASSERT_NE(tile_side(c.weight, phases, ops_.context().workers->share()), 0);
    image_ = numbers(c.input);
    weight_ = numbers(c.weight, 1.0 / std::sqrt(9.0 * static_cast<double>(c.weight[1])));
    bias_ = numbers({c.weight[0]});
    scale_ = numbers({c.weight[0]});
    const Tensor added = numbers(sizes);
    for (const Tensor& t : {weight_, bias_, scale_}) t.storage()->mark_constant();
    const auto list = [](const Dims& values) { return make_int_list(values); };
    const IValue out = ops_.run(
        "temper::conv",
        {IValue(c.channels_last ? last(image_) : image_), IValue(weight_),
         c.bias ? IValue(bias_) : IValue(), c.scale ? IValue(scale_) : IValue(), list({1, 1}),
         list(c.padding), list(c.dilation), IValue(false), list({0, 0}), IValue(int64_t{1}),
         c.residual ? IValue(c.channels_last ? last(added) : added) : IValue(), IValue(false),
         IValue(std::string(c.activation)), IValue(c.alpha), IValue(c.beta), IValue(false)})[0];
    const Tensor got = out.to_tensor();
    ASSERT_EQ(Dims(got.sizes().begin(), got.sizes().end()), sizes);
    EXPECT_EQ(got.is_channels_last(), c.channels_last);
    const Tensor flat = got.contiguous();
    int64_t at = 0;
    for (int64_t n = 0; n < sizes[0]; ++n) {
      for (int64_t o = 0; o < sizes[1]; ++o) {
        for (int64_t y = 0; y < sizes[2]; ++y) {
          for (int64_t x = 0; x < sizes[3]; ++x, ++at) {
            double sum = expected(c, n, o, y, x);
            if (c.residual) sum += double{added.data<float>()[at]};
            ASSERT_NEAR(flat.data<float>()[at], ended(c, sum), 1e-5)
                << n << ", " << o << ", " << y << ", " << x;
          }
        }
      }
    }
  }

  KernelCaller ops_;
  std::mt19937 random_{7};
  Tensor image_, weight_, bias_, scale_;
};

TEST_F(Tiled, SizesThatTilesDoNotDivide) {
  for (const int64_t height : {21, 22, 23, 24}) {
    check({.input = {1, 80, height, 19}, .weight = {80, 80, 3, 3}, .padding = {1, 1}});
  }
}

TEST_F(Tiled, PaddingOfAnyWidth) {
  for (const int64_t padding : {0, 1, 2, 3}) {
    check({.input = {2, 80, 16, 12}, .weight = {67, 80, 3, 3}, .padding = {padding, 1}});
  }
}

TEST_F(Tiled, ChannelsThatNoVectorDivides) {
  check({.input = {3, 87, 13, 11}, .weight = {75, 87, 3, 3}, .padding = {1, 1}, .bias = false});
}

TEST_F(Tiled, SmallTilesForFewPixels) {
  const Dims weight = {256, 256, 3, 3};
  ASSERT_EQ(tile_side(weight, {1, 256, 9, 9}, 1), 2);
  check({.input = {1, 256, 9, 9}, .weight = weight, .padding = {1, 1}, .residual = true});
}

TEST_F(Tiled, InputsInPartsAndManyBlocksOfTiles) {
  check({.input = {1, 577, 15, 14}, .weight = {80, 577, 3, 3}, .padding = {1, 1}});
  check({.input = {1, 1030, 11, 11}, .weight = {80, 1030, 3, 3}, .padding = {1, 1}});
  check({.input = {2, 64, 60, 70}, .weight = {64, 64, 3, 3}, .padding = {1, 1}, .residual = true});
}

TEST_F(Tiled, Endings) {
  Case c{.input = {1, 80, 17, 22}, .weight = {80, 80, 3, 3}, .padding = {1, 1}};
  c.activation = "relu";
  check(c);
  c.residual = c.scale = true;
  check(c);
  c.activation = "silu";
  check(c);
  c.activation = "leaky_relu";
  c.alpha = 0.1;
  check(c);
  c.activation = "clip";
  c.alpha = -0.25;
  c.beta = 0.5;
  check(c);
}

TEST_F(Tiled, OtherLayouts) {
  Case c{.input = {2, 80, 18, 14}, .weight = {80, 80, 3, 3}, .padding = {1, 1}};
  c.channels_last = false;
  check(c);
  c.residual = true;
  c.activation = "relu";
  check(c);
}

TEST_F(Tiled, OnSeveralThreads) {
  ThreadPool pool(3);
  ops_.context().workers = &pool;
  check({.input = {2, 80, 41, 35}, .weight = {80, 80, 3, 3}, .padding = {1, 1}, .residual = true});
  check({.input = {2, 1030, 17, 16}, .weight = {80, 1030, 3, 3}, .padding = {1, 1}});
}

TEST_F(Tiled, PackedWeightsOfViewsStayApart) {
  PackedCache cache(make_ref<PackedStore>());
  ops_.context().packed = &cache;
  const Tensor x = last(numbers({1, 80, 22, 22}));
  const Tensor weight = numbers({80, 80, 3, 3});
  weight.storage()->mark_constant();
  const auto convolved = [&](const Tensor& kernels) {
    const IValue ones = make_int_list({1, 1});
    return ops_.tensor(
        "temper::conv",
        {IValue(x), IValue(kernels), IValue(), IValue(), ones, ones, ones, IValue(false),
         make_int_list({0, 0}), IValue(int64_t{1}), IValue(), IValue(false), IValue(std::string()),
         IValue(0.0), IValue(0.0), IValue(false)});
  };
  convolved(weight);
  const Tensor turned = weight.transpose(2, 3);
  const Tensor copy = turned.contiguous();
  copy.storage()->mark_constant();
  EXPECT_EQ(values_of<float>(convolved(turned)), values_of<float>(convolved(copy)));
}

TEST_F(Tiled, Dilated) {
  check(
      {.input = {1, 80, 31, 26}, .weight = {80, 80, 3, 3}, .padding = {2, 2}, .dilation = {2, 2}});
}

}  // namespace
}  // namespace temper
