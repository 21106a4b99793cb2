// Steps of recurrent cells and the activations they are made of, on every instruction set that this
// processor has.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/cpu/nn/loops.h"

namespace temper {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::vector<NnLoops> all_sets() {
  std::vector<NnLoops> sets(1);
  isa_baseline::fill(sets.back());
#if defined(__x86_64__)
  if (has_avx2()) isa_avx2::fill(sets.emplace_back(sets.back()));
  if (has_avx512()) isa_avx512::fill(sets.emplace_back(sets.back()));
#endif
  return sets;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// Small and large ones of both signs, and those that end in 0, 1 or infinity.
std::vector<float> numbers() {
  std::vector<float> all = {0.0f,  -0.0f,  1e-30f, -1e-30f, 0.625f,    -0.625f,
                            88.5f, -88.5f, 200.0f, -200.0f, kInfinity, -kInfinity};
  for (int i = -1200; i <= 1200; ++i) all.push_back(static_cast<float>(i) * 0.0137f);
  return all;
}

TEST(Cells, TanhIsAccurateAndKeepsNan) {
  const std::vector<float> x = numbers();
  for (const NnLoops& loops : all_sets()) {
    std::vector<float> y(x.size());
    loops.tanh_each(x.data(), y.data(), static_cast<int64_t>(x.size()));
    for (size_t i = 0; i < x.size(); ++i) {
      const double expected = std::tanh(double{x[i]});
      ASSERT_NEAR(y[i], expected, std::abs(expected) * 4e-7) << x[i];
      ASSERT_EQ(std::signbit(y[i]), std::signbit(x[i]));
    }
    const float nan = std::nanf("");
    float result = 0;
    loops.tanh_each(&nan, &result, 1);
    EXPECT_TRUE(std::isnan(result));
  }
}

// Gates [kinds][n] that meet all the numbers in different orders.
std::vector<float> gates_of(int64_t kinds) {
  const std::vector<float> x = numbers();
  std::vector<float> gates;
  for (int64_t k = 0; k < kinds; ++k) {
    for (size_t i = 0; i < x.size(); ++i) {
      gates.push_back(x[(i * static_cast<size_t>(2 * k + 1)) % x.size()]);
    }
  }
  return gates;
}

TEST(Cells, LstmStepsAsItsFormula) {
  const std::vector<float> gates = gates_of(4);
  const auto n = gates.size() / 4;
  for (const NnLoops& loops : all_sets()) {
    std::vector<float> c(n), c_out(n), h_out(n);
    for (size_t i = 0; i < n; ++i) c[i] = static_cast<float>(i % 17) * 0.25f - 2;
    loops.lstm_cell(gates.data(), c.data(), c_out.data(), h_out.data(), static_cast<int64_t>(n));
    for (size_t i = 0; i < n; ++i) {
      const auto gate = [&](size_t k) { return double{gates[k * n + i]}; };
      const double next = sigmoid(gate(1)) * double{c[i]} + sigmoid(gate(0)) * std::tanh(gate(2));
      ASSERT_NEAR(c_out[i], next, 1e-6) << i;
      ASSERT_NEAR(h_out[i], sigmoid(gate(3)) * std::tanh(next), 1e-6) << i;
    }
  }
}

TEST(Cells, GruStepsAsItsFormula) {
  std::vector<float> input = gates_of(3);
  const auto n = input.size() / 3;
  for (float& x : input) x = std::isinf(x) ? 30.0f : x;
  std::vector<float> hidden(input.rbegin(), input.rend());
  for (const NnLoops& loops : all_sets()) {
    std::vector<float> h(n), h_out(n);
    for (size_t i = 0; i < n; ++i) h[i] = static_cast<float>(i % 13) * 0.125f - 0.75f;
    loops.gru_cell(input.data(), hidden.data(), h.data(), h_out.data(), static_cast<int64_t>(n));
    for (size_t i = 0; i < n; ++i) {
      const auto sum = [&](size_t k) {
        return double{input[k * n + i]} + double{hidden[k * n + i]};
      };
      const double reset = sigmoid(sum(0)), update = sigmoid(sum(1));
      const double fresh = std::tanh(double{input[2 * n + i]} + reset * double{hidden[2 * n + i]});
      ASSERT_NEAR(h_out[i], (double{h[i]} - fresh) * update + fresh, 2e-5) << i;
    }
  }
}

}  // namespace
}  // namespace temper
