#include "kernels/cpu/batch_parts.h"

#include <gtest/gtest.h>

#include "core/value/containers.h"
#include "tests/unit/kernels/call.h"

namespace temper {
namespace {

constexpr double kMb = 1 << 20;

TEST(BatchParts, WholeWhileTheCacheHoldsIt) {
  EXPECT_EQ(images_at_a_time(1, 900 * kMb, 1), 1);
  EXPECT_EQ(images_at_a_time(8, 1 * kMb, 1), 8);
  EXPECT_EQ(images_at_a_time(0, 0, 1), 0);
}

TEST(BatchParts, PartsLeaveRoomAndKeepThreadsAtWork) {
  EXPECT_EQ(images_at_a_time(8, 7 * kMb, 1), 1);
  EXPECT_EQ(images_at_a_time(64, 2 * kMb, 1), 6);
  EXPECT_EQ(images_at_a_time(64, 7 * kMb, 32), 8);
  EXPECT_EQ(images_at_a_time(4, 900 * kMb, 64), 4);
  for (int64_t images : {2, 7, 100}) {
    for (double bytes : {0.01 * kMb, 5 * kMb, 1e15}) {
      const int64_t step = images_at_a_time(images, bytes, 2);
      EXPECT_GE(step, 1);
      EXPECT_LE(step, images);
    }
  }
}

TEST(BatchParts, PartsAreViewsThatMakeTheWholeAgain) {
  KernelCaller ops;
  const Tensor x = empty({5, 3, 64, 64}, DType::kFloat32);
  for (int64_t i = 0; i < x.numel(); ++i) x.data<float>()[i] = static_cast<float>(i);
  const IValue live(200.0);  // 10 MB an image
  const IValue parts = ops.run("temper::split_batch", {IValue(x), IValue(int64_t{3}), live})[0];
  ASSERT_EQ(parts.to_list().items.size(), 5u);
  EXPECT_EQ(parts.to_list().items[1].to_tensor().data<float>(), x.data<float>() + 3 * 64 * 64);
  const Tensor whole = ops.run("temper::join_batch", {parts})[0].to_tensor();
  EXPECT_EQ(values_of<float>(whole), values_of<float>(x));
  EXPECT_EQ(whole.strides(), x.strides());
}

TEST(BatchParts, OthersStayAsTheyCame) {
  KernelCaller ops;
  const Tensor x = empty({8, 3, 512, 512}, DType::kFloat32);
  const auto parts_of = [&](const Tensor& self, int64_t channels) {
    return ops.run("temper::split_batch", {IValue(self), IValue(channels), IValue(9.0)})[0];
  };
  EXPECT_EQ(parts_of(x, 3).to_list().items.size(), 8u);
  const IValue wrong = parts_of(x, 4), image = parts_of(x.select(0, 0), 3);
  EXPECT_EQ(wrong.to_list().items.size(), 1u);
  EXPECT_EQ(image.to_list().items.size(), 1u);
  EXPECT_EQ(wrong.to_list().items[0].to_tensor().data<float>(), x.data<float>());
  EXPECT_EQ(ops.run("temper::join_batch", {wrong})[0].to_tensor().data<float>(), x.data<float>());
}

}  // namespace
}  // namespace temper
