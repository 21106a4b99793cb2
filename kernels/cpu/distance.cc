#include "kernels/cpu/distance.h"

#include <cmath>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/product_checks.h"
#include "kernels/cpu/spatial_loops.h"

namespace temper {
namespace {

constexpr int64_t kGrain = 16384;  // terms of sums

// Distance of two rows of n numbers in the norm of order p.
template <class T>
T distance(const T* a, const T* b, int64_t n, double p) {
  T sum = 0;
  if (p == 2) {
    for (int64_t i = 0; i < n; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return std::sqrt(sum);
  }
  if (p == 1) {
    for (int64_t i = 0; i < n; ++i) sum += std::fabs(a[i] - b[i]);
    return sum;
  }
  if (p == 0) {
    for (int64_t i = 0; i < n; ++i) sum += a[i] != b[i] ? T(1) : T(0);
    return sum;
  }
  if (std::isinf(p)) {
    for (int64_t i = 0; i < n; ++i) {
      const T d = std::fabs(a[i] - b[i]);
      if (!(d <= sum)) sum = d;
    }
    return sum;
  }
  const T order = static_cast<T>(p);
  for (int64_t i = 0; i < n; ++i) sum += std::pow(std::fabs(a[i] - b[i]), order);
  return std::pow(sum, T(1) / order);
}

void check_order(const char* op, double p) {
  if (!(p >= 0)) fail(op, " only supports non-negative p values");
}

// Points [..., count, n] with the batch dims spread to `batch`.
Tensor spread(const Tensor& points, const Dims& batch) {
  Dims sizes = batch;
  sizes.push_back(points.size(-2));
  sizes.push_back(points.size(-1));
  return points.expand(sizes).contiguous();
}

Tensor distances(const OpCall& call, const Tensor& x1, const Tensor& x2, double p) {
  check_order("cdist", p);
  for (const Tensor& x : {x1, x2}) {
    if (x.dim() < 2) fail("cdist only supports at least 2D tensors, X1 got: ", x.dim(), "D");
  }
  for (const Tensor* x : {&x1, &x2}) {
    if (is_floating(x->dtype())) continue;
    fail("cdist only supports floating-point dtypes, ", x == &x1 ? "X1" : "X2",
         " got: ", dtype_name(x->dtype()));
  }
  check_same_dtype(x1, x2);
  if (x1.size(-1) != x2.size(-1)) {
    fail("X1 and X2 must have the same number of columns. X1: ", x1.size(-1), " X2: ", x2.size(-1));
  }
  const Dims batch = broadcast(x1.sizes().subspan(0, x1.sizes().size() - 2),
                               x2.sizes().subspan(0, x2.sizes().size() - 2));
  const Tensor a = spread(x1, batch), b = spread(x2, batch);
  const int64_t rows = a.size(-2), columns = b.size(-2), n = a.size(-1);
  Dims sizes = batch;
  sizes.push_back(rows);
  sizes.push_back(columns);
  const Tensor out = empty(sizes, a.dtype());
  if (out.numel() == 0) return out;
  const int64_t grain = kGrain / std::max<int64_t>(columns * n, 1) + 1;
  if (a.dtype() == DType::kFloat32 && (p == 0 || p == 1 || p == 2 || std::isinf(p))) {
    const Tensor across = b.transpose(-2, -1).contiguous();
    call.context().workers->parallel_for(
        0, out.numel() / columns, grain, [&](int64_t begin, int64_t end) {
          for (int64_t row = begin; row < end; ++row) {
            spatial_loops().distances(a.data<float>() + row * n,
                                      across.data<float>() + row / rows * columns * n, n, columns,
                                      p, out.data<float>() + row * columns);
          }
        });
    return out;
  }
  visit(a.dtype(), "cdist", FloatTypes{}, [&]<class T>() {
    call.context().workers->parallel_for(
        0, out.numel() / columns, grain, [&](int64_t begin, int64_t end) {
          for (int64_t row = begin; row < end; ++row) {
            const T* others = b.data<T>() + row / rows * columns * n;
            for (int64_t j = 0; j < columns; ++j) {
              out.data<T>()[row * columns + j] =
                  distance(a.data<T>() + row * n, others + j * n, n, p);
            }
          }
        });
  });
  return out;
}

}  // namespace

void cdist(OpCall& call) {
  const Tensor x1 = call.tensor(0), x2 = call.tensor(1);
  const int64_t mode = call.integer_or(3, 0);
  if (mode < 0 || mode > 2) fail("possible modes: 0, 1, 2, but was: ", mode);
  call.ret(distances(call, x1, x2, call.number(2)));
}

void euclidean_dist(OpCall& call) { call.ret(distances(call, call.tensor(0), call.tensor(1), 2)); }

void pdist(OpCall& call) {
  const Tensor self = call.tensor(0).contiguous();
  const double p = call.number(1);
  if (self.dim() != 2) {
    fail("pdist only supports 2D tensors, got: ", self.dim(), "D");
  }
  check_order("pdist", p);
  const int64_t rows = self.size(0), n = self.size(1);
  const Tensor out = empty({rows * (rows - 1) / 2}, self.dtype());
  visit(self.dtype(), "pdist", FloatTypes{}, [&]<class T>() {
    T* to = out.data<T>();
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = i + 1; j < rows; ++j) {
        *to++ = distance(self.data<T>() + i * n, self.data<T>() + j * n, n, p);
      }
    }
  });
  call.ret(out);
}

}  // namespace temper
