// Vector forms of elementary functions, on every instruction set that this processor has.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <random>

#include "kernels/cpu/pointwise/loops.h"

namespace temper {
namespace {

struct Set {
  const char* name;
  LoopTable table;
};

std::vector<Set> all_sets() {
  std::vector<Set> sets(1);
  sets[0].name = "baseline";
  isa_baseline::fill(sets[0].table);
  isa_baseline::fill_elementary(sets[0].table);
#if defined(__x86_64__)
  if (has_avx2()) {
    sets.push_back({"avx2", {}});
    isa_avx2::fill(sets.back().table);
    isa_avx2::fill_elementary(sets.back().table);
  }
  if (has_avx512()) {
    sets.push_back({"avx512", {}});
    isa_avx512::fill(sets.back().table);
    isa_avx512::fill_elementary(sets.back().table);
  }
#endif
  return sets;
}

template <class T>
constexpr ComputeType kType = std::is_same_v<T, float> ? ComputeType::kFloat : ComputeType::kDouble;

// Numbers of all magnitudes, both signs, and those that are special.
template <class T>
std::vector<T> many_numbers(double largest) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> exponent(-40, std::log2(largest)), sign(-1, 1);
  std::vector<T> out;
  for (int i = 0; i < 5000; ++i) {
    out.push_back(static_cast<T>(std::copysign(std::exp2(exponent(random)), sign(random))));
  }
  for (int i = -300; i <= 300; ++i) out.push_back(static_cast<T>(i * 0.125));
  for (double v : {0.0, 1.0, 0.5, 1e-30, 1e-38, 1e-44, 88.8, 89.0, 104.5, 709.9, 745.2, 1e30}) {
    if (v > largest) continue;
    out.push_back(static_cast<T>(v));
    out.push_back(static_cast<T>(-v));
  }
  return out;
}

// Distance in units of the last place of `want`, 0 when both are not numbers.
template <class T>
double error_of(T got, double want) {
  if (std::isnan(want)) return std::isnan(got) ? 0 : INFINITY;
  const T nearest = static_cast<T>(want);
  if (got == nearest) return 0;
  if (!std::isfinite(nearest) || !std::isfinite(got)) {
    // The last finite number is as good as the first infinite one.
    return std::fabs(static_cast<double>(got)) >= std::numeric_limits<T>::max() / 2 &&
                   (got < 0) == (want < 0)
               ? 0
               : INFINITY;
  }
  const T next = std::nextafter(std::fabs(nearest), std::numeric_limits<T>::infinity());
  const double unit = static_cast<double>(next) - std::fabs(static_cast<double>(nearest));
  return std::fabs(static_cast<double>(got) - want) / unit;
}

template <class T>
void check_unary(ScalarFn fn, double (*reference)(double), double largest, double units) {
  const std::vector<T> x = many_numbers<T>(largest);
  std::vector<T> got(x.size());
  for (const Set& set : all_sets()) {
    const Loop loop = set.table.loops[static_cast<int>(kType<T>)][static_cast<int>(fn)];
    ASSERT_TRUE(loop) << scalar_fn_name(fn);
    loop(got.data(), x.data(), nullptr, nullptr, static_cast<int64_t>(x.size()));
    double worst = 0;
    T at = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double error = error_of(got[i], reference(static_cast<double>(x[i])));
      if (error > worst) {
        worst = error;
        at = x[i];
      }
    }
    EXPECT_LE(worst, units) << scalar_fn_name(fn) << " of " << at << ", " << set.name;
  }
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

TEST(Elementary, FloatFunctionsAreAccurate) {
  check_unary<float>(ScalarFn::k_exp, std::exp, 1e4, 2);
  check_unary<float>(ScalarFn::k_log, std::log, 1e38, 2);
  check_unary<float>(ScalarFn::k_tanh, std::tanh, 1e4, 4);
  check_unary<float>(ScalarFn::k_sigmoid, sigmoid, 80, 4);
  check_unary<float>(ScalarFn::k_exp2, std::exp2, 1e3, 2);
  check_unary<float>(ScalarFn::k_expm1, std::expm1, 1e3, 3);
  check_unary<float>(ScalarFn::k_log2, std::log2, 1e38, 1);
  check_unary<float>(ScalarFn::k_log10, std::log10, 1e38, 1);
  check_unary<float>(ScalarFn::k_log1p, std::log1p, 1e38, 3);
  check_unary<float>(ScalarFn::k_sinh, std::sinh, 1e3, 1);
  check_unary<float>(ScalarFn::k_cosh, std::cosh, 1e3, 1);
  check_unary<float>(ScalarFn::k_sin, std::sin, 1e38, 2);
  check_unary<float>(ScalarFn::k_cos, std::cos, 1e38, 2);
  check_unary<float>(ScalarFn::k_tan, std::tan, 1e38, 4);
  check_unary<float>(ScalarFn::k_asin, std::asin, 2, 3);
  check_unary<float>(ScalarFn::k_acos, std::acos, 2, 3);
  check_unary<float>(ScalarFn::k_atan, std::atan, 1e38, 3);
}

TEST(Elementary, DoubleFunctionsAreAccurate) {
  check_unary<double>(ScalarFn::k_exp, std::exp, 1e4, 2);
  check_unary<double>(ScalarFn::k_log, std::log, 1e300, 2);
  check_unary<double>(ScalarFn::k_tanh, std::tanh, 1e4, 4);
  check_unary<double>(ScalarFn::k_sigmoid, sigmoid, 700, 4);
  check_unary<double>(ScalarFn::k_exp2, std::exp2, 1e3, 3);
  check_unary<double>(ScalarFn::k_expm1, std::expm1, 700, 3);
  check_unary<double>(ScalarFn::k_log2, std::log2, 1e300, 3);
  check_unary<double>(ScalarFn::k_log10, std::log10, 1e300, 3);
  check_unary<double>(ScalarFn::k_log1p, std::log1p, 1e300, 3);
  check_unary<double>(ScalarFn::k_sinh, std::sinh, 700, 6);
  check_unary<double>(ScalarFn::k_cosh, std::cosh, 700, 6);
  check_unary<double>(ScalarFn::k_sin, std::sin, 1e300, 2);
  check_unary<double>(ScalarFn::k_cos, std::cos, 1e300, 2);
}

template <class T>
void check_binary(ScalarFn fn, double (*reference)(double, double), double units) {
  const std::vector<T> numbers = many_numbers<T>(1e6);
  std::vector<T> x, y;
  std::mt19937 random(3);
  const auto pick = [&] { return numbers[random() % numbers.size()]; };
  for (int i = 0; i < 20000; ++i) {
    x.push_back(pick());
    y.push_back(i % 3 == 0 ? static_cast<T>(static_cast<int>(random() % 9) - 4) : pick());
  }
  const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  for (T a : {T(0), -T(0), T(1), -T(1), inf, -inf, nan}) {
    for (T b : {T(0), -T(0), T(1), -T(2.5), inf, -inf, nan}) {
      x.push_back(a);
      y.push_back(b);
    }
  }
  std::vector<T> got(x.size());
  for (const Set& set : all_sets()) {
    const Loop loop = set.table.loops[static_cast<int>(kType<T>)][static_cast<int>(fn)];
    ASSERT_TRUE(loop) << scalar_fn_name(fn);
    loop(got.data(), x.data(), y.data(), nullptr, static_cast<int64_t>(x.size()));
    for (size_t i = 0; i < x.size(); ++i) {
      const double want = reference(static_cast<double>(x[i]), static_cast<double>(y[i]));
      ASSERT_LE(error_of(got[i], want), units) << scalar_fn_name(fn) << " of " << x[i] << ", "
                                               << y[i] << " is " << got[i] << ", " << set.name;
    }
  }
}

// The sign of zeros counts, too.
template <class T, class Reference>
void check_exact(ScalarFn fn, const Reference& reference) {
  std::vector<T> x, y;
  std::mt19937 random(5);
  const std::vector<T> numbers = many_numbers<T>(1e9);
  for (int i = 0; i < 20000; ++i) {
    x.push_back(numbers[random() % numbers.size()]);
    y.push_back(i % 2 == 0 ? numbers[random() % numbers.size()]
                           : static_cast<T>(static_cast<int>(random() % 19) - 9));
  }
  const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  for (T a : {T(0), -T(0), T(6), -T(6), inf, -inf, nan}) {
    for (T b : {T(0), -T(0), T(3), -T(3), inf, -inf, nan}) {
      x.push_back(a);
      y.push_back(b);
    }
  }
  std::vector<T> got(x.size());
  for (const Set& set : all_sets()) {
    const Loop loop = set.table.loops[static_cast<int>(kType<T>)][static_cast<int>(fn)];
    if (!loop) continue;  // the baseline processor's scalar form serves all
    loop(got.data(), x.data(), y.data(), nullptr, static_cast<int64_t>(x.size()));
    for (size_t i = 0; i < x.size(); ++i) {
      const T want = reference(x[i], y[i]);
      ASSERT_TRUE(std::isnan(want) ? std::isnan(got[i])
                                   : got[i] == want && std::signbit(got[i]) == std::signbit(want))
          << scalar_fn_name(fn) << " of " << x[i] << ", " << y[i] << " is " << got[i] << ", not "
          << want << ", " << set.name;
    }
  }
}

TEST(Elementary, FunctionsOfTwoNumbersAreAccurate) {
  check_binary<float>(ScalarFn::k_pow, std::pow, 1);
  check_binary<double>(ScalarFn::k_pow, std::pow, 1);
  check_binary<float>(ScalarFn::k_atan2, std::atan2, 3);
  check_binary<float>(ScalarFn::k_hypot, std::hypot, 1);
}

TEST(Elementary, RemaindersAreExact) {
  check_exact<float>(ScalarFn::k_fmod, [](float a, float b) { return std::fmod(a, b); });
  check_exact<float>(ScalarFn::k_remainder, [](float a, float b) {
    const float mod = std::fmod(a, b);
    return mod != 0 && (mod < 0) != (b < 0) ? mod + b : mod;
  });
}

TEST(Elementary, OneExponentForAllIsTheSamePower) {
  std::vector<float> x = many_numbers<float>(1e6), got(x.size());
  for (float exponent : {2.0f, 3.0f, 0.5f, -1.0f, -2.0f, 1.7f}) {
    const std::vector<float> y(x.size(), exponent);
    for (const Set& set : all_sets()) {
      set.table.loops[0][static_cast<int>(ScalarFn::k_pow)](got.data(), x.data(), y.data(), nullptr,
                                                            static_cast<int64_t>(x.size()));
      for (size_t i = 0; i < x.size(); ++i) {
        if (x[i] == 0) continue;
        ASSERT_LE(error_of(got[i], std::pow(static_cast<double>(x[i]), exponent)), 2)
            << x[i] << " to the power of " << exponent << ", " << set.name;
      }
    }
  }
}

// Every function gives the same on every instruction set, and truths are the same as bytes.
TEST(Elementary, SetsAgree) {
  const std::vector<Set> sets = all_sets();
  std::mt19937 random(11);
  constexpr int64_t kCount = 1000;
  alignas(8) std::byte a[kCount * 8], b[kCount * 8], c[kCount * 8], out[kCount * 8];
  alignas(8) std::byte first[kCount * 8];
  for (std::byte* operand : {a, b, c}) {
    for (int64_t i = 0; i < kCount * 8; ++i) operand[i] = static_cast<std::byte>(random());
  }
  for (ComputeType type : {ComputeType::kInt, ComputeType::kInt32, ComputeType::kByte}) {
    const int row = static_cast<int>(type);
    const size_t bytes = static_cast<size_t>(kCount) * (type == ComputeType::kInt     ? 8u
                                                        : type == ComputeType::kInt32 ? 4u
                                                                                      : 1u);
    for (int fn = 0; fn < LoopTable::kFunctions; ++fn) {
      if (!sets[0].table.loops[row][fn]) continue;
      sets[0].table.loops[row][fn](first, a, b, c, kCount);
      for (const Set& set : sets) {
        set.table.loops[row][fn](out, a, b, c, kCount);
        EXPECT_EQ(std::memcmp(out, first, bytes), 0)
            << scalar_fn_name(static_cast<ScalarFn>(fn)) << " on " << set.name;
        const Loop truth = set.table.truths[row][fn];
        if (!truth) continue;
        std::byte truths[kCount];
        truth(truths, a, b, c, kCount);
        for (int64_t i = 0; i < kCount; ++i) {
          ASSERT_EQ(truths[i], out[i * static_cast<int64_t>(bytes) / kCount])
              << scalar_fn_name(static_cast<ScalarFn>(fn));
        }
      }
    }
  }
}

}  // namespace
}  // namespace temper
