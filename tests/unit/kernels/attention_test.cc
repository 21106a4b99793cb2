// temper::attention against sums in double, for shapes around the sizes of its tiles, strides that
// views of packed projections have, and every kind of mask; and against the operators that its
// steps name where it takes them one by one.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

#include "core/sync/thread_pool.h"
#include "kernels/cpu/attention/loops.h"
#include "tests/unit/kernels/call.h"

namespace temper {
namespace {

constexpr float kInf = INFINITY;

struct Shape {
  int64_t batch, heads, queries, keys, dims, width;
};

class AttentionTest : public testing::Test {
 protected:
  Tensor random(DimsView sizes, float scale = 1) {
    const Tensor t = empty(sizes, DType::kFloat32);
    std::normal_distribution<float> normal(0, scale);
    for (int64_t i = 0; i < t.numel(); ++i) t.data<float>()[i] = normal(generator_);
    return t;
  }
  Tensor coins(DimsView sizes, double odds) {
    const Tensor t = empty(sizes, DType::kBool);
    std::bernoulli_distribution coin(odds);
    for (int64_t i = 0; i < t.numel(); ++i) t.data<Bool8>()[i] = coin(generator_);
    return t;
  }

  // Steps, then their operands.
  Tensor attend(const Tensor& q, const Tensor& k, const Tensor& v, const char* steps,
                std::vector<IValue> operands) {
    std::vector<IValue> values = {q, k.transpose(-2, -1), v, steps};
    values.insert(values.end(), operands.begin(), operands.end());
    return ops_.tensor("temper::attention", values);
  }
  std::string error(const Tensor& q, const Tensor& k, const Tensor& v, const char* steps,
                    std::vector<IValue> operands) {
    try {
      attend(q, k, v, steps, std::move(operands));
    } catch (const Error& e) {
      return e.message();
    }
    return "no error";
  }

  KernelCaller ops_;
  std::mt19937 generator_{7};
};

float at(const Tensor& t, std::initializer_list<int64_t> index) {
  int64_t offset = 0, d = 0;
  for (const int64_t i : index) offset += i * t.strides()[static_cast<size_t>(d++)];
  return t.data<float>()[offset];
}

using Change = std::function<double(double score, int64_t b, int64_t h, int64_t i, int64_t j)>;

std::vector<double> doubles_of(const Tensor& t) {
  return values_of<double>(to_dtype(t, DType::kFloat64));
}

// All four dims there; any strides.
Tensor reference(const Tensor& q, const Tensor& k, const Tensor& v, const Change& change) {
  const int64_t heads = q.size(1), queries = q.size(2), keys = k.size(2), dims = q.size(3);
  const int64_t width = v.size(3), matrices = q.size(0) * heads;
  const Tensor out = empty({q.size(0), heads, queries, width}, DType::kFloat32);
  const std::vector<double> qs = doubles_of(q), ks = doubles_of(k), vs = doubles_of(v);
  std::vector<double> row(static_cast<size_t>(keys));
  for (int64_t line = 0; line < matrices * queries; ++line) {
    const int64_t n = line / queries, i = line % queries;
    const double *query = &qs[size_t(line * dims)], *key = &ks[size_t(n * keys * dims)];
    double best = -INFINITY, total = 0;
    for (int64_t j = 0; j < keys; ++j, key += dims) {
      double sum = 0;
      for (int64_t d = 0; d < dims; ++d) sum += query[d] * key[d];
      sum = change(sum, n / heads, n % heads, i, j);
      row[size_t(j)] = sum;
      best = sum > best || std::isnan(sum) ? sum : best;
    }
    for (double& e : row) total += e = std::exp(e - best);
    std::vector<double> sums(static_cast<size_t>(width), 0.0);
    for (int64_t j = 0; j < keys; ++j) {
      const double weight = row[size_t(j)] / total, *value = &vs[size_t((n * keys + j) * width)];
      for (int64_t d = 0; d < width; ++d) sums[size_t(d)] += weight * value[d];
    }
    std::copy(sums.begin(), sums.end(), out.data<float>() + line * width);
  }
  return out;
}

void expect_close(const Tensor& got, const Tensor& want, const std::string& about) {
  ASSERT_EQ(got.sizes(), want.sizes()) << about;
  const std::vector<float> a = values_of<float>(got), b = values_of<float>(want);
  for (size_t i = 0; i < a.size(); ++i) {
    if (!std::isfinite(b[i])) {
      const bool same = a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]));
      ASSERT_TRUE(same) << about << " at " << i << ": " << a[i] << " for " << b[i];
    } else {
      ASSERT_NEAR(a[i], b[i], 2e-5 * std::max(1.0f, std::abs(b[i]))) << about << " at " << i;
    }
  }
}

double plain(double score, int64_t, int64_t, int64_t, int64_t) { return score; }

std::string text_of(const Shape& s) {
  return str_cat("batch ", s.batch, " heads ", s.heads, " queries ", s.queries, " keys ", s.keys,
                 " dims ", s.dims, " width ", s.width);
}

TEST_F(AttentionTest, EveryShape) {
  const Shape shapes[] = {
      {1, 1, 1, 1, 1, 1},       {2, 3, 1, 5, 4, 4},        {1, 2, 7, 3, 5, 9},
      {1, 2, 6, 16, 8, 16},     {3, 2, 49, 49, 32, 32},    {1, 2, 64, 64, 64, 64},
      {1, 1, 65, 63, 40, 40},   {1, 12, 128, 128, 64, 64}, {1, 2, 197, 197, 64, 64},
      {1, 1, 33, 255, 80, 80},  {1, 1, 31, 256, 96, 72},   {1, 2, 30, 257, 128, 128},
      {1, 1, 600, 600, 64, 64}, {2, 1, 13, 1025, 17, 33},  {1, 1, 5, 300, 200, 130},
      {1, 1, 100, 2, 3, 200},   {2, 3, 1, 70, 64, 64},     {1, 2, 2, 300, 24, 40},
      {1, 1, 4, 18, 70, 16},
  };
  for (const Shape& s : shapes) {
    const Tensor q = random({s.batch, s.heads, s.queries, s.dims});
    const Tensor k = random({s.batch, s.heads, s.keys, s.dims});
    const Tensor v = random({s.batch, s.heads, s.keys, s.width});
    const Tensor got = attend(q, k, v, "matmul softmax matmul", {-1, IValue()});
    EXPECT_TRUE(got.is_contiguous());
    expect_close(got, reference(q, k, v, plain), text_of(s));
  }
}

TEST_F(AttentionTest, ViewsOfPackedProjections) {
  const Tensor packed = random({2, 50, 3, 4, 24});
  const Tensor qkv = packed.permute({2, 0, 3, 1, 4});
  const Tensor q = qkv.select(0, 0), k = qkv.select(0, 1), v = qkv.select(0, 2);
  const auto run = [&](const Tensor& a, const Tensor& b, const Tensor& c) {
    expect_close(attend(a, b, c, "matmul softmax matmul", {-1, IValue()}),
                 reference(a, b, c, plain), "views");
  };
  run(q, k, v);
  // Keys that are stored turned, elements of rows apart from each other, heads that share keys.
  const Tensor turned = random({2, 4, 24, 50}).transpose(2, 3);
  run(q, turned, v);
  const Tensor gaps = random({2, 4, 50, 48}).slice(3, 0, 48, 2);
  run(gaps, gaps, gaps);
  const Tensor one = random({2, 1, 50, 24});
  expect_close(attend(q, one, one, "matmul softmax matmul", {-1, IValue()}),
               reference(q, one.expand({2, 4, 50, 24}), one.expand({2, 4, 50, 24}), plain),
               "shared keys");
  const Tensor matrix = random({50, 24});
  expect_close(attend(q, matrix, matrix, "matmul softmax matmul", {-1, IValue()}),
               reference(q, matrix.expand({2, 4, 50, 24}), matrix.expand({2, 4, 50, 24}), plain),
               "keys without a batch");
}

TEST_F(AttentionTest, ScalesAnywhere) {
  const Tensor q = random({2, 3, 20, 16}), k = random({2, 3, 30, 16}), v = random({2, 3, 30, 16});
  const Tensor want =
      reference(q, k, v, [](double s, int64_t, int64_t, int64_t, int64_t) { return s * 0.25; });
  const auto run = [&](const char* steps, std::vector<IValue> operands) {
    expect_close(attend(q, k, v, steps, std::move(operands)), want, steps);
  };
  run("matmul mul softmax matmul", {0.25, -1, IValue()});
  run("matmul div softmax matmul", {4, 3, IValue()});
  run("mul matmul softmax matmul", {0.25, -1, 6});
  run("key_mul mul matmul softmax matmul", {0.5, 0.5, -1, IValue()});
  run("div matmul div softmax matmul", {2.0, 2.0, -1, IValue()});
  run("matmul div softmax matmul", {full({}, 4, DType::kFloat64), -1, IValue()});
  run("matmul mul softmax matmul", {full({3, 1, 1}, 0.25, DType::kFloat32), -1, IValue()});
  run("matmul mul as_in_place softmax matmul", {0.25, -1, IValue()});
}

TEST_F(AttentionTest, MasksOfEveryShape) {
  for (const int64_t keys : {37, 300}) {
    const Tensor q = random({2, 3, 29, 16}), k = random({2, 3, keys, 16});
    const Tensor v = random({2, 3, keys, 16});
    const std::vector<Dims> shapes = {
        {2, 3, 29, keys}, {2, 1, 1, keys}, {1, 3, 29, keys}, {29, keys},
        {keys},           {3, 29, 1},      {1, 1, 1, 1},     {}};
    for (const Dims& shape : shapes) {
      const Tensor added = random(shape, 3), hidden = coins(shape, shape.size() > 1 ? 0.3 : 0);
      const Tensor a = added.expand({2, 3, 29, keys}), m = hidden.expand({2, 3, 29, keys});
      const auto is_hidden = [&](int64_t b, int64_t h, int64_t i, int64_t j) {
        const DimsView s = m.strides();
        return m.data<Bool8>()[b * s[0] + h * s[1] + i * s[2] + j * s[3]];
      };
      const std::string about = str_cat("mask ", to_string(shape), " keys ", keys);
      expect_close(attend(q, k, v, "matmul div add softmax matmul", {4, added, 1, -1, IValue()}),
                   reference(q, k, v,
                             [&](double s, int64_t b, int64_t h, int64_t i, int64_t j) {
                               return s / 4 + at(a, {b, h, i, j});
                             }),
                   about);
      expect_close(
          attend(q, k, v, "matmul sub as_in_place softmax matmul", {added, 0.5, -1, IValue()}),
          reference(q, k, v,
                    [&](double s, int64_t b, int64_t h, int64_t i, int64_t j) {
                      return s - 0.5 * at(a, {b, h, i, j});
                    }),
          about);
      for (const double value : {double{-INFINITY}, -1e9, -3.4028234663852886e38, 0.5}) {
        const Change fill = [&](double s, int64_t b, int64_t h, int64_t i, int64_t j) {
          return is_hidden(b, h, i, j) ? value : s;
        };
        const Change keep = [&](double s, int64_t b, int64_t h, int64_t i, int64_t j) {
          return is_hidden(b, h, i, j) ? s : value;
        };
        expect_close(
            attend(q, k, v, "matmul masked_fill softmax matmul", {hidden, value, -1, IValue()}),
            reference(q, k, v, fill), about);
        expect_close(attend(q, k, v, "matmul where softmax matmul",
                            {hidden, full({}, value, DType::kFloat32), -1, IValue()}),
                     reference(q, k, v, keep), about);
      }
    }
    const Tensor apart = random({29, 2 * keys}).slice(1, 0, 2 * keys, 2);
    expect_close(attend(q, k, v, "matmul add softmax matmul", {apart, 1, -1, IValue()}),
                 reference(q, k, v,
                           [&](double s, int64_t, int64_t, int64_t i, int64_t j) {
                             return s + at(apart, {i, j});
                           }),
                 "a mask with gaps");
  }
}

TEST_F(AttentionTest, CausalSkipsOnlyWhatCannotMatter) {
  const Change change = [](double s, int64_t, int64_t, int64_t i, int64_t j) {
    return j > i ? -INFINITY : s / 4;
  };
  for (const int64_t keys : {20, 300, 700}) {
    const Tensor q = random({1, 2, 280, 16}), k = random({1, 2, keys, 16});
    const Tensor v = random({1, 2, keys, 16});
    const std::vector<IValue> operands = {4.0, -1, IValue()};
    expect_close(attend(q, k, v, "matmul div causal softmax matmul", operands),
                 reference(q, k, v, change), "causal");
    v.data<float>()[v.numel() - 1] = kInf;
    expect_close(attend(q, k, v, "matmul div causal softmax matmul", operands),
                 reference(q, k, v, change), "causal, infinite value");
  }
}

TEST_F(AttentionTest, WindowsSpreadTheBatch) {
  const Tensor q = random({6, 3, 49, 32}), k = random({6, 3, 49, 32}), v = random({6, 3, 49, 32});
  const Tensor bias = random({1, 3, 49, 49}), mask = random({3, 1, 49, 49}).unsqueeze(0);
  const Tensor got = attend(q, k, v, "mul matmul add view add view softmax matmul",
                            {0.5, bias, 1, make_int_list({2, 3, 3, 49, 49}), mask, 1,
                             make_int_list({-1, 3, 49, 49}), -1, IValue()});
  expect_close(got,
               reference(q, k, v,
                         [&](double s, int64_t b, int64_t h, int64_t i, int64_t j) {
                           return s / 2 + at(bias, {0, h, i, j}) + at(mask, {0, b % 3, 0, i, j});
                         }),
               "windows");
  // Steps of branches that were not taken.
  expect_close(
      attend(q, k, v, "mul matmul add as_in_place view add view softmax matmul",
             {0.5, IValue(), 1, IValue(), IValue(), 1, IValue(), -1, IValue()}),
      reference(q, k, v, [](double s, int64_t, int64_t, int64_t, int64_t) { return s / 2; }),
      "no masks");
}

TEST_F(AttentionTest, BatchesOfMatrices) {
  const Tensor q = random({6, 20, 16}), k = random({6, 30, 16}), v = random({6, 30, 16});
  const Tensor mask = random({6, 1, 30});
  const Tensor got = attend(q, k, v, "div baddbmm softmax bmm", {4.0, mask, 1, 1, -1, IValue()});
  const Tensor all = mask.unsqueeze(0).expand({1, 6, 20, 30});
  expect_close(got.unsqueeze(0),
               reference(q.unsqueeze(0), k.unsqueeze(0), v.unsqueeze(0),
                         [&](double s, int64_t, int64_t h, int64_t i, int64_t j) {
                           return s / 4 + at(all, {0, h, i, j});
                         }),
               "baddbmm");
  const Tensor same = attend(q, k, v, "bmm mul sub softmax bmm", {0.25, mask, -1, 2, IValue()});
  expect_close(same, got, "bmm");
}

TEST_F(AttentionTest, SpecialValuesSpreadAsInTheSteps) {
  for (const int64_t keys : {10, 300}) {
    const Tensor q = random({1, 1, 8, 16}), k = random({1, 1, keys, 16});
    const Tensor v = random({1, 1, keys, 16});
    const auto compare = [&](const Tensor& mask, const char* about) {
      const Tensor a = mask.expand({1, 1, 8, keys});
      expect_close(attend(q, k, v, "matmul add softmax matmul", {mask, 1, -1, IValue()}),
                   reference(q, k, v,
                             [&](double s, int64_t b, int64_t h, int64_t i, int64_t j) {
                               return s + at(a, {b, h, i, j});
                             }),
                   str_cat(about, " keys ", keys));
    };
    const Tensor mask = full({8, keys}, 0, DType::kFloat32);
    float* m = mask.data<float>();
    std::fill(m, m + keys, -kInf);                     // all hidden
    std::fill(m + keys, m + 2 * keys - 1, -kInf);      // all but the last
    std::fill(m + 2 * keys + 1, m + 3 * keys, -kInf);  // all but the first
    m[3 * keys] = kInf;
    m[4 * keys + 1] = NAN;
    m[6 * keys - 1] = NAN;
    compare(mask, "masks");
    v.data<float>()[3] = kInf;
    v.data<float>()[v.numel() - 1] = NAN;
    compare(mask, "values");
    q.data<float>()[7 * 16] = kInf;
    k.data<float>()[5] = NAN;
    compare(mask, "queries and keys");
  }
}

TEST_F(AttentionTest, HiddenRowsMayGiveZeros) {
  for (const int64_t keys : {10, 300}) {
    const Tensor q = random({1, 2, 8, 16}), k = random({1, 2, keys, 16});
    const Tensor v = random({1, 2, keys, 16}), kept = coins({8, keys}, 0.4);
    std::fill(kept.data<Bool8>(), kept.data<Bool8>() + 2 * keys, false);
    const std::vector<IValue> operands = {0.25, kept, -INFINITY, -1, IValue()};
    const Tensor plain = attend(q, k, v, "mul matmul where softmax matmul", operands);
    const Tensor safe = attend(q, k, v, "mul matmul where safe_softmax matmul", operands);
    const Tensor want = plain.clone();
    for (const int64_t head : {0, 1}) {
      EXPECT_TRUE(std::isnan(at(plain, {0, head, 1, 3})));
      std::fill_n(want.data<float>() + head * 8 * 16, 2 * 16, 0.0f);
    }
    expect_close(safe, want, "streaming");
    const auto wide = [](const Tensor& t) { return to_dtype(t, DType::kFloat64); };
    expect_close(to_dtype(attend(wide(q), wide(k), wide(v), "mul matmul where safe_softmax matmul",
                                 operands),
                          DType::kFloat32),
                 want, "step by step");
  }
}

TEST_F(AttentionTest, ScoresAreConvertedAndMasksExpanded) {
  const Tensor q = random({2, 3, 5, 8}), k = random({2, 3, 7, 8}), v = random({2, 3, 7, 6});
  const Tensor hidden = coins({2, 1, 1, 7}, 0.4);
  const auto wide = [](const Tensor& t) { return to_dtype(t, DType::kFloat64); };
  const Tensor want =
      attend(q, k, v, "matmul masked_fill softmax matmul", {hidden, -1e9, -1, IValue()});
  const auto both = [&](const char* steps, std::vector<IValue> operands) {
    expect_close(attend(q, k, v, steps, operands), want, steps);
    const Tensor found = attend(wide(q), wide(k), wide(v), steps, operands);
    EXPECT_EQ(found.dtype(), DType::kFloat64);
    expect_close(to_dtype(found, DType::kFloat32), want, steps);
  };
  both("matmul masked_fill_as softmax matmul", {hidden, -1e9, -1, IValue()});
  both("matmul masked_fill to softmax type_as matmul", {hidden, -1e9, 6, -1, IValue()});
  expect_close(attend(q, k, v, "matmul masked_fill softmax to matmul", {hidden, -1e9, -1, 6, 6}),
               want, "weights");
  // A mask that would spread the scores does not fit them.
  const Tensor large = coins({2, 2, 3, 5, 7}, 0.4);
  EXPECT_EQ(attend(q, k, v, "matmul masked_fill softmax matmul", {large, 0, -1, IValue()}).dim(),
            5);
  EXPECT_NE(error(q, k, v, "matmul masked_fill_as softmax matmul", {large, 0, -1, IValue()}),
            "no error");
}

TEST_F(AttentionTest, TurnedCopiesLookLikeThoseOfTheSteps) {
  const auto compare = [&](const Shape& s, const char* turn, std::vector<IValue> operands) {
    const Tensor q = random({s.batch, s.heads, s.queries, s.dims});
    const Tensor k = random({s.batch, s.heads, s.keys, s.dims});
    const Tensor v = random({s.batch, s.heads, s.keys, s.width});
    operands.insert(operands.begin(), {-1, IValue()});
    const std::string steps = str_cat("matmul softmax matmul ", turn);
    const Tensor got = attend(q, k, v, steps.c_str(), operands);
    const Tensor plain = attend(q, k, v, "matmul softmax matmul", {-1, IValue()});
    const Tensor turned = turn[0] == 'p' ? plain.permute({0, 2, 1, 3}) : plain.transpose(1, 2);
    const std::string about = text_of(s) + " " + turn;
    const bool reshapes = std::string_view(turn).find("reshape") != std::string_view::npos;
    const bool views = std::string_view(turn).find("view") != std::string_view::npos;
    const bool flattens = std::string_view(turn).find("flatten") != std::string_view::npos;
    Tensor want = reshapes || flattens ? turned : turned.contiguous();
    if (flattens) {
      want = ops_.tensor("aten::flatten.using_ints", {want, operands[4], operands[5]});
    }
    if (reshapes || views) {
      want = ops_.tensor(reshapes ? "aten::reshape" : "aten::view", {want, operands.back()});
    }
    EXPECT_EQ(got.strides(), want.strides()) << about;
    expect_close(got, want, about);
  };
  const IValue order = make_int_list({0, 2, 1, 3});
  for (const Shape& s :
       {Shape{2, 4, 20, 9, 8, 8}, Shape{1, 4, 20, 9, 8, 8}, Shape{2, 1, 20, 9, 8, 8},
        Shape{2, 4, 1, 9, 8, 8}, Shape{1, 4, 3, 5, 8, 1}, Shape{3, 5, 70, 90, 40, 36}}) {
    const IValue sizes = make_int_list({s.batch, s.queries, s.heads * s.width});
    compare(s, "permute contiguous", {order});
    compare(s, "transpose contiguous view", {1, 2, sizes});
    compare(s, "permute contiguous view", {order, sizes});
    compare(s, "transpose reshape", {-3, -2, sizes});
    compare(s, "transpose flatten", {1, 2, 2, -1});
    compare(s, "transpose flatten", {1, 2, 0, 1});
    compare(s, "transpose flatten", {1, 2, 1, 1});
    compare(s, "transpose reshape", {1, 2, make_int_list({s.batch, -1, s.heads * s.width})});
    compare(s, "transpose reshape", {1, 2, make_int_list({s.batch * s.queries, s.heads, s.width})});
  }
}

TEST_F(AttentionTest, UnusualOperandsTakeTheStepsOneByOne) {
  const Tensor q = random({2, 5, 8}), k = random({2, 7, 8}), v = random({2, 7, 6});
  const auto doubled = [](const Tensor& t) { return to_dtype(t, DType::kFloat64); };
  const std::vector<IValue> end = {-1, IValue()};
  const Tensor want = attend(q, k, v, "matmul softmax matmul", end);
  const Tensor wide = attend(doubled(q), doubled(k), doubled(v), "matmul softmax matmul", end);
  EXPECT_EQ(wide.dtype(), DType::kFloat64);
  expect_close(to_dtype(wide, DType::kFloat32), want, "double");
  // A mask makes the scores double, and the values fit them.
  const Tensor mask = doubled(random({5, 7}));
  EXPECT_EQ(attend(q, k, doubled(v), "matmul add softmax matmul", {mask, 1, -1, IValue()}).dtype(),
            DType::kFloat64);
  EXPECT_NE(error(q, k, v, "matmul add softmax matmul", {mask, 1, -1, IValue()}), "no error");
  // A mask spreads the scores, values spread the result, another dim is softened.
  const Tensor spread = attend(q.select(0, 0), k.select(0, 0), v.select(0, 0),
                               "matmul add softmax matmul", {random({4, 5, 7}), 1, -1, IValue()});
  EXPECT_EQ(spread.sizes(), DimsView({4, 5, 6}));
  EXPECT_EQ(attend(q.select(0, 0), k.select(0, 0), v, "matmul softmax matmul", end).sizes(),
            DimsView({2, 5, 6}));
  const Tensor columns = attend(q, k, v, "matmul softmax matmul", {1, IValue()});
  const Tensor weights = ops_.tensor(
      "aten::softmax.int", {ops_.tensor("aten::matmul", {q, k.transpose(1, 2)}), 1, IValue()});
  expect_close(columns, ops_.tensor("aten::matmul", {weights, v}), "columns");
  // No keys: sums of nothing.
  EXPECT_EQ(values_of<float>(
                attend(q, k.narrow(1, 0, 0), v.narrow(1, 0, 0), "matmul softmax matmul", end)),
            std::vector<float>(60, 0.0f));
  EXPECT_EQ(attend(q.narrow(1, 0, 0), k, v, "matmul softmax matmul", end).sizes(),
            DimsView({2, 0, 6}));
  // Vectors, bytes as masks, everything that fails.
  EXPECT_EQ(attend(q.select(0, 0).select(0, 0), k, v, "matmul softmax matmul", end).sizes(),
            DimsView({2, 2, 6}));
  EXPECT_EQ(error(q, random({2, 7, 9}), v, "matmul softmax matmul", end),
            error(q, random({2, 7, 9}), v, "matmul softmax matmul", {-1, 7}));
  EXPECT_NE(error(q, k, random({2, 8, 6}), "matmul softmax matmul", end), "no error");
  EXPECT_NE(error(q, k, v, "matmul add softmax matmul", {random({6, 7}), 1, -1, IValue()}),
            "no error");
  EXPECT_NE(error(q, k, v, "matmul masked_fill softmax matmul", {q, 0, -1, IValue()}), "no error");
  EXPECT_NE(error(q, k, v, "matmul view softmax matmul", {make_int_list({3, 5, 7}), -1, IValue()}),
            "no error");
  EXPECT_NE(error(q, k, v, "matmul softmax matmul", {4, IValue()}), "no error");
  EXPECT_NE(error(q, k, v, "bmm jump softmax bmm", end), "no error");
  EXPECT_NE(error(q, k, v, "matmul softmax matmul", {-1}), "no error");
}

TEST_F(AttentionTest, ThreadsShareHeadsAndQueries) {
  ThreadPool pool(4);
  for (const Shape& s : {Shape{1, 1, 700, 300, 32, 32}, Shape{2, 3, 200, 300, 32, 32},
                         Shape{8, 8, 64, 64, 32, 32}}) {
    const Tensor q = random({s.batch, s.heads, s.queries, s.dims});
    const Tensor k = random({s.batch, s.heads, s.keys, s.dims});
    const Tensor v = random({s.batch, s.heads, s.keys, s.width});
    const std::vector<IValue> operands = {-1, IValue()};
    const Tensor alone = attend(q, k, v, "matmul softmax matmul", operands);
    ops_.context().workers = &pool;
    expect_close(attend(q, k, v, "matmul softmax matmul", operands), alone, text_of(s));
    ops_.context().workers = serial_runner();
  }
}

TEST(AttentionLoopsTest, InstructionSetsAgree) {
  using Fill = void (*)(AttentionLoops&);
  std::vector<Fill> sets = {isa_baseline::fill};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    sets.push_back(isa_avx2::fill);
  }
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) {
    sets.push_back(isa_avx512::fill);
  }
  constexpr int64_t kRows = 13, kKeys = 75, kDims = 10, kWidth = 21;
  const auto number = [](int64_t i) { return static_cast<float>(std::sin(0.7 * double(i))); };
  std::vector<float> q(kRows * kDims), k(kKeys * kDims), v(kKeys * 32);
  for (size_t i = 0; i < q.size(); ++i) q[i] = number(static_cast<int64_t>(i));
  for (size_t i = 0; i < k.size(); ++i) k[i] = number(static_cast<int64_t>(3 * i + 1));
  for (size_t i = 0; i < v.size(); ++i) v[i] = number(static_cast<int64_t>(5 * i + 2));
  for (const Fill fill : sets) {
    AttentionLoops loops{};
    fill(loops);
    const int64_t row = (kKeys + loops.panel - 1) / loops.panel * loops.panel;
    std::vector<float> panels(static_cast<size_t>(row * kDims)), best(kRows), total(kRows),
        keep(kRows), scores(static_cast<size_t>(kRows * row)), out(kRows * kWidth, -7);
    loops.pack_keys(k.data(), kDims, 1, kKeys, kDims, panels.data());
    const ScoreTile tile{scores.data(), row, kRows, kKeys};
    loops.score(q.data(), kDims, panels.data(), kDims, 0.5f, tile);
    const std::vector<float> packed = scores;
    loops.score_few(q.data(), kDims, k.data(), kDims, kDims, 0.5f, tile);
    for (size_t i = 0; i < scores.size(); ++i) ASSERT_NEAR(scores[i], packed[i], 1e-5) << i;
    loops.soften(tile, {best.data(), total.data(), keep.data(), true});
    for (float& t : total) t = 1 / t;
    loops.mix({scores.data(), row, kRows, v.data(), 32, kKeys, kWidth, nullptr, nullptr, 0,
               total.data(), out.data(), kWidth});
    for (int64_t i = 0; i < kRows; ++i) {
      std::vector<double> weights(kKeys);
      double sum = 0;
      for (int64_t j = 0; j < kKeys; ++j) {
        double dot = 0;
        for (int64_t d = 0; d < kDims; ++d) {
          dot += double(q[size_t(i * kDims + d)]) * double(k[size_t(j * kDims + d)]);
        }
        sum += weights[size_t(j)] = std::exp(dot / 2);
      }
      for (int64_t d = 0; d < kWidth; ++d) {
        double want = 0;
        for (int64_t j = 0; j < kKeys; ++j)
          want += weights[size_t(j)] * double(v[size_t(j * 32 + d)]);
        ASSERT_NEAR(out[size_t(i * kWidth + d)], want / sum, 1e-5) << loops.lanes << " lanes";
      }
    }
  }
}

}  // namespace
}  // namespace temper
