#include <gtest/gtest.h>

#include <cmath>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "kernels/ops/registry.h"
#include "tests/unit/kernels/call.h"

namespace temper {
namespace {

class Pointwise : public ::testing::Test {
 protected:
  KernelCaller ops_;
};

TEST_F(Pointwise, AddsBroadcastsAndPromotes) {
  const Tensor a = vector_of<float>({1, 2, 3}), b = vector_of<int64_t>({10}).reshape({1, 1});
  const Tensor sum = ops_.tensor("aten::add.Tensor", {a, b, 2});
  EXPECT_EQ(sum.dtype(), DType::kFloat32);
  EXPECT_EQ(sum.sizes(), DimsView({1, 3}));
  EXPECT_EQ(values_of<float>(sum), (std::vector<float>{21, 22, 23}));
  EXPECT_EQ(
      ops_.tensor("aten::add.Tensor", {vector_of<uint8_t>({1}), full({}, 2.5, DType::kFloat64), 1})
          .dtype(),
      DType::kFloat64);
  EXPECT_EQ(ops_.tensor("aten::add.Scalar", {vector_of<int64_t>({1}), 1.5, 1}).dtype(),
            DType::kFloat32);
  EXPECT_EQ(ops_.tensor("aten::mul.Scalar", {vector_of<float>({1}), 1.5}).dtype(), DType::kFloat32);
  EXPECT_EQ(ops_.tensor("aten::add.Tensor", {vector_of<Bool8>({true}), vector_of<Bool8>({true}), 1})
                .dtype(),
            DType::kBool);
}

// Whether x + 1 of a tensor that dies with the call lies where the tensor was.
bool stored_over(KernelCaller& ops, Tensor x) {
  const std::byte* const place = x.raw();
  std::vector<IValue> inputs;
  inputs.emplace_back(std::move(x));
  inputs.emplace_back(1);
  inputs.emplace_back(1);
  const IValue result = ops.run("aten::add.Scalar", std::move(inputs), 1)[0];
  return result.to_tensor().raw() == place;
}

TEST_F(Pointwise, StoresOverArgumentsThatNobodyNeeds) {
  for (const int64_t size : {3, 1000}) {
    EXPECT_TRUE(stored_over(ops_, full({size, 1}, 2, DType::kFloat32)));
    const Tensor held = full({size, 1}, 2, DType::kFloat32);
    EXPECT_FALSE(stored_over(ops_, held));
    EXPECT_FALSE(stored_over(ops_, held.alias()));
    EXPECT_EQ(held.data<float>()[size - 1], 2);
    // The part of a larger tensor, a layout of its own, another dtype than that of the result.
    EXPECT_FALSE(stored_over(ops_, full({size + 1, 1}, 2, DType::kFloat32).narrow(0, 0, size)));
    EXPECT_FALSE(stored_over(ops_, empty_strided({size, 1}, {1, 7}, DType::kFloat32)));
    EXPECT_FALSE(stored_over(ops_, full({size, 1}, 1, DType::kBool)));
  }
  std::vector<IValue> inputs;
  inputs.emplace_back(vector_of<float>({1, 2}));
  inputs.emplace_back(vector_of<float>({10, 20}));
  inputs.emplace_back(3);
  const IValue result = ops_.run("aten::sub.Tensor", std::move(inputs), 2)[0];
  EXPECT_EQ(values_of<float>(result.to_tensor()), (std::vector<float>{-29, -58}));
}

TEST_F(Pointwise, IntegersWrapAndDivideLikePython) {
  EXPECT_EQ(values_of<int8_t>(ops_.tensor("aten::add.Scalar", {vector_of<int8_t>({127}), 1, 1}))[0],
            -128);
  EXPECT_EQ(values_of<int64_t>(ops_.tensor("aten::floor_divide",
                                           {vector_of<int64_t>({-7}), vector_of<int64_t>({2})}))[0],
            -4);
  EXPECT_EQ(
      values_of<int64_t>(ops_.tensor("aten::remainder.Scalar", {vector_of<int64_t>({-7}), 3}))[0],
      2);
  EXPECT_THROW(ops_.tensor("aten::remainder.Scalar", {vector_of<int64_t>({-7}), 0}), Error);
}

TEST_F(Pointwise, ElementaryFunctionsAreAccurate) {
  std::vector<float> xs;
  for (int i = -2000; i <= 2000; ++i) xs.push_back(static_cast<float>(i) * 0.05f);
  const Tensor x = vector_of<float>(xs);
  const auto check = [&](const char* op, double (*reference)(double), double tolerance) {
    const auto got = values_of<float>(ops_.tensor(op, {x}));
    for (size_t i = 0; i < xs.size(); ++i) {
      const double want = reference(xs[i]);
      if (std::isnan(want)) {
        EXPECT_TRUE(std::isnan(got[i])) << op << " " << xs[i];
      } else if (std::isfinite(static_cast<float>(want))) {
        EXPECT_NEAR(got[i], want, tolerance * std::fabs(want) + 1e-38) << op << " " << xs[i];
      }
    }
  };
  check("aten::exp", std::exp, 3e-7);
  check("aten::log", std::log, 3e-7);
  check("aten::tanh", std::tanh, 4e-7);
  check("aten::erf", std::erf, 6e-7);
}

TEST_F(Pointwise, SpecialValuesPropagate) {
  const float inf = INFINITY, nan = NAN;
  const Tensor x = vector_of<float>({nan, inf, -inf, 0.0f, -0.0f});
  const auto relu = values_of<float>(ops_.tensor("aten::relu", {x}));
  EXPECT_TRUE(std::isnan(relu[0]));
  EXPECT_EQ(relu[1], inf);
  EXPECT_EQ(relu[2], 0);
  const auto exp = values_of<float>(ops_.tensor("aten::exp", {x}));
  EXPECT_TRUE(std::isnan(exp[0]));
  EXPECT_EQ(exp[1], inf);
  EXPECT_EQ(exp[2], 0);
  const auto log = values_of<float>(ops_.tensor("aten::log", {x}));
  EXPECT_EQ(log[3], -inf);
  EXPECT_EQ(log[1], inf);
}

TEST_F(Pointwise, InPlaceKeepsTheDtypeAndRefusesToNarrow) {
  const Tensor x = vector_of<int64_t>({1, 2});
  EXPECT_EQ(ops_.tensor("aten::add_.Scalar", {x, 3, 1}).ref(), x.ref());
  EXPECT_EQ(values_of<int64_t>(x), (std::vector<int64_t>{4, 5}));
  EXPECT_THROW(ops_.tensor("aten::add_.Scalar", {x, 0.5, 1}), Error);
}

TEST_F(Pointwise, IntegersWrapAround) {
  const int64_t low = INT64_MIN, high = INT64_MAX;
  const Tensor x = vector_of<int64_t>({low, low, high});
  const Tensor y = vector_of<int64_t>({low, -1, 3});
  const auto run = [&](const char* key) { return values_of<int64_t>(ops_.tensor(key, {x, y})); };
  EXPECT_EQ(run("aten::gcd"), (std::vector<int64_t>{low, 1, 1}));
  EXPECT_EQ(run("aten::lcm"), (std::vector<int64_t>{low, low, high - 2}));
  EXPECT_EQ(values_of<int64_t>(ops_.tensor("aten::sum", {x})), (std::vector<int64_t>{high}));
  EXPECT_EQ(values_of<int64_t>(ops_.tensor("aten::cumsum", {x, 0})),
            (std::vector<int64_t>{low, 0, high}));
  EXPECT_EQ(values_of<int64_t>(ops_.tensor("aten::cumprod", {x, 0})),
            (std::vector<int64_t>{low, 0, 0}));
}

TEST_F(Pointwise, OutputKeepsDenseStrides) {
  const Tensor x = zeros({2, 3, 4, 5}, DType::kFloat32).permute({0, 2, 3, 1});
  EXPECT_EQ(ops_.tensor("aten::relu", {x}).strides(), x.strides());
}

TEST_F(Pointwise, OverlappingOperandsWithGapsAreReadFirst) {
  const Tensor x = vector_of<float>({1, 2, 3, 4, 5, 6});
  ops_.tensor("aten::add_.Tensor", {x.slice(0, 2, 6, 2), x.slice(0, 0, 4, 2), 1});
  EXPECT_EQ(values_of<float>(x), (std::vector<float>{1, 2, 4, 4, 8, 6}));
}

TEST_F(Pointwise, OverlappingDenseOperandsAreRefused) {
  const Tensor x = vector_of<float>({1, 2, 3, 4});
  EXPECT_THROW(ops_.tensor("aten::add_.Tensor", {x.slice(0, 1, 4), x.slice(0, 0, 3), 1}), Error);
  EXPECT_EQ(values_of<float>(x), (std::vector<float>{1, 2, 3, 4}));
}

}  // namespace
}  // namespace temper
