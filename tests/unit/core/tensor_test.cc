#include "core/tensor/tensor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/base/error.h"

namespace temper {
namespace {

Tensor iota(DimsView sizes, DType dtype = DType::kFloat32) {
  Tensor t = empty(sizes, DType::kInt64);
  std::iota(t.data<int64_t>(), t.data<int64_t>() + t.numel(), 0);
  return to_dtype(t, dtype);
}

std::vector<float> values(const Tensor& t) {
  const Tensor c = to_dtype(t, DType::kFloat32).contiguous();
  return {c.data<float>(), c.data<float>() + c.numel()};
}

TEST(Tensor, ViewsShareStorage) {
  const Tensor t = iota({2, 3});
  t.select(0, 1).data<float>()[0] = 42;
  EXPECT_EQ(t.data<float>()[3], 42);
  EXPECT_EQ(values(iota({2, 3}).transpose(0, 1)), (std::vector<float>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(values(iota({6}).slice(0, 1, 6, 2)), (std::vector<float>{1, 3, 5}));
  EXPECT_EQ(values(iota({6}).slice(0, -2, 100)), (std::vector<float>{4, 5}));
}

TEST(Tensor, ReshapeViewsWhenStridesAllow) {
  const Tensor t = iota({2, 3, 4});
  EXPECT_EQ(t.reshape({6, 4}).storage(), t.storage());
  EXPECT_NE(t.transpose(0, 1).reshape({6, 4}).storage(), t.storage());
  EXPECT_EQ(t.transpose(0, 1).reshape({-1}).data<float>()[4], 12);
  EXPECT_THROW(t.transpose(0, 1).view_as_shape({6, 4}), Error);
  EXPECT_THROW(t.reshape({5, -1}), Error);
}

TEST(Tensor, ExpandBroadcastsWithoutCopy) {
  const Tensor t = iota({3, 1}).expand({2, 3, 4});
  EXPECT_EQ(t.stride(0), 0);
  EXPECT_EQ(t.stride(2), 0);
  EXPECT_EQ(values(t)[4], 1);
  EXPECT_THROW(iota({3}).expand({4}), Error);
}

TEST(Tensor, CopyCastsAndBroadcasts) {
  const Tensor to = zeros({2, 3}, DType::kInt32);
  const Tensor from = full({3}, -2.7, DType::kFloat64);
  copy_into(to, from);
  EXPECT_EQ(to.data<int32_t>()[5], -2);
  EXPECT_EQ(values(to_dtype(full({2}, 0.5, DType::kFloat16), DType::kBool))[0], 1);
}

TEST(Tensor, CopyTransposesPlanesOfAnyNumberOfLines) {
  for (const DType dtype : {DType::kUInt8, DType::kFloat32, DType::kFloat64}) {
    for (int64_t lines = 1; lines < 20; ++lines) {
      const Tensor wide = iota({2, lines, 5}, dtype);
      const Tensor tall = wide.transpose(1, 2).contiguous();
      const Tensor back = tall.transpose(1, 2).contiguous();
      EXPECT_EQ(values(back), values(wide)) << lines;
      for (int64_t i = 0; i < lines; ++i) {
        EXPECT_EQ(values(tall.select(2, i)), values(wide.select(1, i))) << lines;
      }
    }
  }
}

TEST(Tensor, AnyByteButZeroIsTrue) {
  const Tensor bytes = iota({9}, DType::kUInt8);
  const Tensor truths = from_storage(bytes.storage(), DType::kBool, {9}, {1}, 0);
  EXPECT_EQ(values(truths), (std::vector<float>{0, 1, 1, 1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(values(truths.slice(0, 0, 9, 3)), (std::vector<float>{0, 1, 1}));
  EXPECT_EQ(values(to_dtype(truths, DType::kFloat16))[8], 1);
}

TEST(Tensor, CopyOfOverlappingViewsReadsFirst) {
  const Tensor t = iota({5});
  copy_into(t.slice(0, 1, 5), t.slice(0, 0, 4));
  EXPECT_EQ(values(t), (std::vector<float>{0, 0, 1, 2, 3}));
}

TEST(Tensor, ChannelsLastIsRecognised) {
  const Tensor t = empty({2, 3, 4, 5}, DType::kFloat32, MemoryFormat::kChannelsLast);
  EXPECT_TRUE(t.is_channels_last());
  EXPECT_FALSE(t.is_contiguous());
  EXPECT_EQ(t.clone().stride(1), 1);
}

TEST(Tensor, StorageBoundsAreChecked) {
  EXPECT_THROW(iota({4}).as_strided({3}, {2}, 0), Error);
  EXPECT_NO_THROW(iota({4}).as_strided({2}, {2}, 1));
  EXPECT_THROW(iota({4}).as_strided({1}, {INT64_MAX}, 0), Error);
}

TEST(MemoryAccount, ChargesAndRefuses) {
  auto account = make_ref<MemoryAccount>(1000);
  AccountScope scope(account.get());
  {
    const Tensor t = empty({100}, DType::kFloat32);
    EXPECT_EQ(account->used(), 400);
    EXPECT_THROW(empty({200}, DType::kFloat32), Error);
  }
  EXPECT_EQ(account->used(), 0);
  EXPECT_EQ(account->peak(), 400);
  EXPECT_NO_THROW(check_scratch(100, 8));
  EXPECT_THROW(check_scratch(200, 8), Error);
  EXPECT_THROW(check_scratch(INT64_MAX, 8), Error);
  EXPECT_EQ(account->used(), 0);
}

TEST(Half, RoundTripsEveryValue) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float f = half_bits_to_float(static_cast<uint16_t>(bits));
    if (std::isnan(f)) continue;
    ASSERT_EQ(float_to_half_bits(f), bits);
  }
  EXPECT_EQ(float_to_half_bits(65520.0f), 0x7c00);
  EXPECT_EQ(float_to_half_bits(65519.0f), 0x7bff);
}

TEST(Float8, RoundTripsEveryValue) {
  for (const DType dtype :
       {DType::kFloat8E5M2, DType::kFloat8E4M3FN, DType::kFloat8E5M2FNUZ, DType::kFloat8E4M3FNUZ}) {
    const Tensor all = empty({256}, dtype);
    for (int bits = 0; bits < 256; ++bits) {
      reinterpret_cast<uint8_t*>(all.raw())[bits] = static_cast<uint8_t>(bits);
    }
    const Tensor wide = to_dtype(all, DType::kFloat64), back = to_dtype(wide, dtype);
    for (int bits = 0; bits < 256; ++bits) {
      if (std::isnan(wide.data<double>()[bits])) continue;
      EXPECT_EQ(reinterpret_cast<uint8_t*>(back.raw())[bits], bits) << dtype_name(dtype);
    }
  }
}

TEST(WideUnsigned, ConvertsTheUpperHalfOfItsRange) {
  const Tensor large = empty({1}, DType::kUInt64);
  *large.data<uint64_t>() = 0xffff'ffff'ffff'f800;
  EXPECT_EQ(*to_dtype(large, DType::kFloat64).data<double>(), 18446744073709549568.0);
  EXPECT_EQ(*to_dtype(to_dtype(large, DType::kFloat64), DType::kUInt64).data<uint64_t>(),
            0xffff'ffff'ffff'f800);
  EXPECT_EQ(*to_dtype(large, DType::kInt64).data<int64_t>(), -2048);
  EXPECT_EQ(*to_dtype(large, DType::kUInt16).data<uint16_t>(), 0xf800);
  EXPECT_THROW(to_dtype(large, DType::kBits16), Error);
}

TEST(DType, PromotionFollowsTheLattice) {
  EXPECT_EQ(promote(DType::kUInt8, DType::kInt8), DType::kInt16);
  EXPECT_EQ(promote(DType::kInt64, DType::kFloat16), DType::kFloat16);
  EXPECT_EQ(promote(DType::kFloat16, DType::kBFloat16), DType::kFloat32);
  EXPECT_EQ(promote(DType::kComplex64, DType::kFloat64), DType::kComplex128);
  EXPECT_EQ(promote(DType::kBool, DType::kUInt8), DType::kUInt8);
  EXPECT_EQ(promote(DType::kUInt16, DType::kUInt16), DType::kUInt16);
  EXPECT_EQ(promote(DType::kUInt16, DType::kFloat16), DType::kFloat16);
  EXPECT_THROW(promote(DType::kUInt16, DType::kInt16), Error);
  EXPECT_THROW(promote(DType::kFloat8E5M2, DType::kFloat32), Error);
}

}  // namespace
}  // namespace temper
