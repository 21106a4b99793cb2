// Reductions, scans and orderings against the plainest loops, over layouts of all kinds.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

#include "core/sync/thread_pool.h"
#include "tests/unit/kernels/call.h"

namespace temper {
namespace {

template <class T>
Tensor random_tensor(DimsView sizes, unsigned seed) {
  std::mt19937 random(seed);
  const Tensor t = empty(sizes, kDTypeOf<T>);
  for (int64_t i = 0; i < t.numel(); ++i) {
    const int v = static_cast<int>(random() % 2001) - 1000;
    if constexpr (std::is_same_v<T, bool>) {
      t.data<T>()[i] = v > 0;
    } else if constexpr (std::is_integral_v<T>) {
      t.data<T>()[i] = static_cast<T>(v % 7);
    } else {
      t.data<T>()[i] = T(static_cast<float>(v) / 256);
    }
  }
  return t;
}

double at(const Tensor& t, int64_t i) { return to_dtype(t, DType::kFloat64).data<double>()[i]; }

// One dim of a tensor of three, folded by hand.
template <class Step>
std::vector<double> folded(const Tensor& t, int64_t dim, double start, const Step& step) {
  const Tensor wide = to_dtype(t, DType::kFloat64).transpose(dim, 2).contiguous();
  const int64_t n = wide.sizes()[2];
  // The other two dims keep their order.
  const Tensor rows = dim == 0   ? to_dtype(t, DType::kFloat64).permute({1, 2, 0}).contiguous()
                      : dim == 1 ? to_dtype(t, DType::kFloat64).permute({0, 2, 1}).contiguous()
                                 : wide;
  std::vector<double> out;
  for (int64_t r = 0; r < rows.numel() / n; ++r) {
    double value = start;
    for (int64_t i = 0; i < n; ++i) value = step(value, rows.data<double>()[r * n + i]);
    out.push_back(value);
  }
  return out;
}

class Reduce : public ::testing::Test {
 protected:
  void expect_near(const Tensor& got, const std::vector<double>& want, double tolerance,
                   const std::string& what) {
    ASSERT_EQ(got.numel(), static_cast<int64_t>(want.size())) << what;
    const Tensor wide = to_dtype(got, DType::kFloat64).contiguous();
    for (size_t i = 0; i < want.size(); ++i) {
      ASSERT_NEAR(wide.data<double>()[i], want[i], tolerance * (1 + std::fabs(want[i])))
          << what << " at " << i;
    }
  }

  // The same elements in other layouts: gaps, swapped dims, channels last.
  static std::vector<Tensor> layouts(const Tensor& t) {
    const Tensor gaps = empty({t.size(0), t.size(1), 2 * t.size(2)}, t.dtype());
    const Tensor every_other = gaps.slice(2, 0, gaps.size(2), 2);
    copy_into(every_other, t);
    const Tensor swapped = empty({t.size(2), t.size(0), t.size(1)}, t.dtype()).permute({1, 2, 0});
    copy_into(swapped, t);
    const Tensor outer = empty({t.size(1), t.size(0), t.size(2)}, t.dtype()).transpose(0, 1);
    copy_into(outer, t);
    return {t, every_other, swapped, outer};
  }

  template <class T>
  void check_folds(double tolerance) {
    for (const Dims& sizes : {Dims{3, 5, 7}, Dims{2, 300, 3}, Dims{70, 2, 130}, Dims{1, 4, 1100}}) {
      for (const Tensor& t : layouts(random_tensor<T>(sizes, 1))) {
        for (int64_t dim = 0; dim < 3; ++dim) {
          const std::string what = str_cat(dtype_name(t.dtype()), " ", to_string(t.sizes()), " of ",
                                           to_string(t.strides()), " along ", dim);
          check_along(t, dim, tolerance, what);
        }
      }
    }
  }

  void check_along(const Tensor& t, int64_t dim, double tolerance, const std::string& what) {
    const IValue dims = make_int_list({dim});
    expect_near(ops_.tensor("aten::sum.dim_IntList", {t, dims, false}),
                folded(t, dim, 0, [](double a, double b) { return a + b; }), tolerance,
                what + " sum");
    expect_near(ops_.tensor("aten::amax", {t, dims, false}),
                folded(t, dim, -INFINITY, [](double a, double b) { return std::max(a, b); }), 0,
                what + " amax");
    const auto low = folded(t, dim, INFINITY, [](double a, double b) { return std::min(a, b); });
    expect_near(ops_.tensor("aten::amin", {t, dims, false}), low, 0, what + " amin");
    const auto both = ops_.run("aten::min.dim", {t, dim, false});
    expect_near(both[0].to_tensor(), low, 0, what + " min");
    const Tensor chosen = ops_.tensor("aten::gather", {t, dim, both[1].to_tensor().unsqueeze(dim)});
    expect_near(chosen, low, 0, what + " places of min");
    expect_near(ops_.tensor("aten::count_nonzero.dim_IntList", {t, dims}),
                folded(t, dim, 0, [](double a, double b) { return a + (b != 0); }), 0,
                what + " count");
    expect_near(ops_.tensor("aten::any.dim", {t, dim, false}),
                folded(t, dim, 0, [](double a, double b) { return a != 0 || b != 0; }), 0,
                what + " any");
    if (!is_floating(t.dtype())) return;
    const double n = static_cast<double>(t.sizes()[static_cast<size_t>(dim)]);
    expect_near(ops_.tensor("aten::linalg_vector_norm", {t, 1, dims}),
                folded(t, dim, 0, [](double a, double b) { return a + std::fabs(b); }), tolerance,
                what + " norm");
    auto sums = folded(t, dim, 0, [](double a, double b) { return a + std::exp(b); });
    for (double& sum : sums) sum = std::log(sum);
    expect_near(ops_.tensor("aten::logsumexp", {t, dims, false}), sums, tolerance,
                what + " logsumexp");
    if (n < 2) return;
    const auto squares = folded(t, dim, 0, [](double a, double b) { return a + b * b; });
    auto means = folded(t, dim, 0, [](double a, double b) { return a + b; });
    std::vector<double> variance;
    for (size_t i = 0; i < means.size(); ++i) {
      variance.push_back((squares[i] - means[i] * means[i] / n) / (n - 1));
    }
    expect_near(ops_.tensor("aten::var.dim", {t, dims, true, false}), variance, tolerance,
                what + " var");
  }

  KernelCaller ops_;
};

TEST_F(Reduce, FoldsAlongEveryDimOfEveryLayout) {
  check_folds<float>(1e-5);
  check_folds<double>(1e-12);
  check_folds<BFloat16>(1e-2);
  check_folds<Half>(2e-3);
  check_folds<int64_t>(0);
  check_folds<int32_t>(0);
  check_folds<int8_t>(0);
  check_folds<uint8_t>(0);
  check_folds<Bool8>(0);
}

TEST_F(Reduce, LongReductionsAreCutAndStayExact) {
  const int64_t n = 300007;
  const Tensor ones = full({n}, 1, DType::kFloat32), t = random_tensor<float>({n}, 4);
  EXPECT_EQ(at(ops_.tensor("aten::sum", {ones}), 0), static_cast<double>(n));
  EXPECT_EQ(at(ops_.tensor("aten::sum", {to_dtype(ones, DType::kBool)}), 0),
            static_cast<double>(n));
  EXPECT_EQ(at(ops_.tensor("aten::prod", {ones}), 0), 1);
  double sum = 0, largest = -INFINITY;
  for (int64_t i = 0; i < n; ++i) {
    sum += static_cast<double>(t.data<float>()[i]);
    largest = std::max(largest, static_cast<double>(t.data<float>()[i]));
  }
  EXPECT_NEAR(at(ops_.tensor("aten::sum", {t}), 0), sum, 1e-3);
  EXPECT_EQ(at(ops_.tensor("aten::max", {t}), 0), largest);
  const Tensor columns = t.narrow(0, 0, 300000).view_as_shape({100000, 3});
  std::vector<double> want(3, 0);
  for (int64_t i = 0; i < 300000; ++i) {
    want[static_cast<size_t>(i % 3)] += static_cast<double>(t.data<float>()[i]);
  }
  expect_near(ops_.tensor("aten::sum.dim_IntList", {columns, make_int_list({0}), false}), want,
              1e-5, "columns");
}

TEST_F(Reduce, WorkersDoNotChangeTheAnswer) {
  const Tensor t = random_tensor<float>({1000, 333}, 5);
  const auto answers = [&] {
    std::vector<Tensor> out{ops_.tensor("aten::sum", {t})};
    for (int64_t dim : {0, 1}) {
      out.push_back(ops_.tensor("aten::sum.dim_IntList", {t, make_int_list({dim}), false}));
      out.push_back(ops_.tensor("aten::cumsum", {t, dim}));
      out.push_back(ops_.tensor("aten::softmax.int", {t, dim}));
      out.push_back(ops_.tensor("aten::argmax", {t, dim, false}));
      out.push_back(ops_.run("aten::sort", {t, dim, true})[1].to_tensor());
    }
    return out;
  };
  const std::vector<Tensor> alone = answers();
  ThreadPool pool(3);
  ops_.context().workers = &pool;
  const std::vector<Tensor> together = answers();
  ops_.context().workers = serial_runner();
  for (size_t i = 0; i < alone.size(); ++i) {
    const Tensor a = alone[i].contiguous(), b = together[i].contiguous();
    EXPECT_EQ(std::memcmp(a.raw(), b.raw(), static_cast<size_t>(a.nbytes())), 0) << i;
  }
}

TEST_F(Reduce, NanSpreadsAndEmptyRowsHaveTheirIdentity) {
  const Tensor t = vector_of<float>({1, NAN, 3, -INFINITY});
  EXPECT_TRUE(std::isnan(at(ops_.tensor("aten::max", {t}), 0)));
  EXPECT_TRUE(std::isnan(at(ops_.tensor("aten::min", {t}), 0)));
  EXPECT_EQ(at(ops_.tensor("aten::argmax", {t, IValue(), false}), 0), 1);
  const Tensor columns = t.view_as_shape({4, 1}).expand({4, 2}).contiguous();
  EXPECT_EQ(values_of<int64_t>(ops_.tensor("aten::argmin", {columns, 0, false})),
            (std::vector<int64_t>{1, 1}));
  const Tensor nothing = empty({2, 0}, DType::kFloat32);
  EXPECT_EQ(
      values_of<float>(ops_.tensor("aten::sum.dim_IntList", {nothing, make_int_list({1}), false})),
      (std::vector<float>{0, 0}));
  EXPECT_EQ(values_of<float>(ops_.tensor("aten::prod.dim_int", {nothing, 1, false})),
            (std::vector<float>{1, 1}));
  EXPECT_EQ(values_of<Bool8>(ops_.tensor("aten::all.dim", {nothing, 1, false})),
            (std::vector<Bool8>{true, true}));
  EXPECT_THROW(ops_.tensor("aten::amax", {nothing, make_int_list({1}), false}), Error);
}

TEST_F(Reduce, ScansRunAlongEveryDim) {
  for (int64_t dim = 0; dim < 3; ++dim) {
    const Tensor t = random_tensor<float>({4, 19, 6}, 8);
    const Tensor sums = ops_.tensor("aten::cumsum", {t, dim});
    const Tensor products = ops_.tensor("aten::cumprod", {to_dtype(t, DType::kInt32), dim});
    EXPECT_EQ(products.dtype(), DType::kInt64);
    const Tensor last = sums.narrow(dim, t.sizes()[static_cast<size_t>(dim)] - 1, 1);
    expect_near(last, folded(t, dim, 0, [](double a, double b) { return a + b; }), 1e-5, "cumsum");
    const Tensor first = sums.narrow(dim, 0, 1);
    expect_near(first, values_of<double>(to_dtype(t.narrow(dim, 0, 1), DType::kFloat64)), 1e-6,
                "cumsum begins");
    const Tensor end = products.narrow(dim, t.sizes()[static_cast<size_t>(dim)] - 1, 1);
    expect_near(
        end, folded(to_dtype(t, DType::kInt32), dim, 1, [](double a, double b) { return a * b; }),
        0, "cumprod");
  }
}

TEST_F(Reduce, SoftmaxSumsToOneAlongEveryDim) {
  for (DType dtype : {DType::kFloat32, DType::kFloat64, DType::kBFloat16}) {
    for (int64_t dim = 0; dim < 3; ++dim) {
      const Tensor t = to_dtype(random_tensor<float>({5, 41, 9}, 9), dtype);
      const Tensor shares = ops_.tensor("aten::softmax.int", {t, dim});
      const Tensor sums =
          ops_.tensor("aten::sum.dim_IntList", {shares, make_int_list({dim}), false});
      expect_near(sums, std::vector<double>(static_cast<size_t>(sums.numel()), 1.0),
                  dtype == DType::kBFloat16 ? 2e-2 : 1e-6, "softmax");
      const Tensor logs = ops_.tensor("aten::log_softmax.int", {t, dim});
      expect_near(ops_.tensor("aten::exp", {logs}),
                  values_of<double>(to_dtype(shares, DType::kFloat64)),
                  dtype == DType::kBFloat16 ? 5e-2 : 1e-5, "log_softmax");
    }
  }
}

// Longer lines are sorted by digits, shorter ones by comparison; equal elements keep their order in
// stable sorts only.
template <class T>
void check_order(KernelCaller& ops, int64_t n, bool descending) {
  const Tensor t = random_tensor<T>({n}, static_cast<unsigned>(n));
  if constexpr (std::is_floating_point_v<T>) {
    if (n > 3) {
      t.data<T>()[1] = std::numeric_limits<T>::quiet_NaN();
      t.data<T>()[2] = T(-0.0);
      t.data<T>()[3] = std::numeric_limits<T>::infinity();
    }
  }
  std::vector<int64_t> want(static_cast<size_t>(n));
  std::iota(want.begin(), want.end(), 0);
  const auto less = [&](int64_t a, int64_t b) {
    const double x = at(t, a), y = at(t, b);
    return x < y || (std::isnan(y) && !std::isnan(x));
  };
  if (n > 5000) {
    const Tensor wide = to_dtype(t, DType::kFloat64);
    const double* v = wide.data<double>();
    std::stable_sort(want.begin(), want.end(), [&](int64_t a, int64_t b) {
      if (descending) std::swap(a, b);
      return v[a] < v[b] || (std::isnan(v[b]) && !std::isnan(v[a]));
    });
  } else {
    std::stable_sort(want.begin(), want.end(),
                     [&](int64_t a, int64_t b) { return descending ? less(b, a) : less(a, b); });
  }
  const Tensor places = ops.run("aten::sort.stable", {t, true, 0, descending})[1].to_tensor();
  EXPECT_EQ(values_of<int64_t>(places), want) << dtype_name(t.dtype()) << " " << n;
  const std::vector<double> all = values_of<double>(to_dtype(t, DType::kFloat64));
  const auto elements = [&](const std::vector<int64_t>& at_places) {
    std::vector<double> found;
    for (const int64_t place : at_places) {
      const double element = all[static_cast<size_t>(place)];
      found.push_back(std::isnan(element) ? 1e300 : element);
    }
    return found;
  };
  const Tensor unstable = ops.run("aten::sort", {t, 0, descending})[1].to_tensor();
  EXPECT_EQ(elements(values_of<int64_t>(unstable)), elements(want));
  for (int64_t k : {int64_t{0}, std::min<int64_t>(n, 3), n / 2, n}) {
    const Tensor best = ops.run("aten::topk", {t, k, 0, descending, true})[1].to_tensor();
    std::vector<int64_t> found = values_of<int64_t>(best);
    EXPECT_EQ(elements(found), elements({want.begin(), want.begin() + k}))
        << "topk " << k << " of " << n;
    std::sort(found.begin(), found.end());
    EXPECT_EQ(std::unique(found.begin(), found.end()), found.end());
  }
}

TEST_F(Reduce, OrdersPutNanLastAndMayBeStable) {
  for (int64_t n : {1, 2, 40, 65, 300, 4000}) {
    for (bool descending : {false, true}) {
      check_order<float>(ops_, n, descending);
      check_order<double>(ops_, n, descending);
      check_order<BFloat16>(ops_, n, descending);
      check_order<int64_t>(ops_, n, descending);
      check_order<int8_t>(ops_, n, descending);
      check_order<uint8_t>(ops_, n, descending);
      check_order<Bool8>(ops_, n, descending);
    }
  }
  check_order<float>(ops_, 20000, false);
  check_order<double>(ops_, 20000, true);
}

}  // namespace
}  // namespace temper
