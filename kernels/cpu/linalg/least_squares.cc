// Least squares by LAPACK's drivers.
#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "kernels/cpu/linalg/batch.h"
#include "kernels/cpu/linalg/kernels.h"
#include "kernels/cpu/linalg/lapack.h"

namespace temper::linalg {
namespace {

// Sums of squared magnitudes over the rows, or nothing unless every matrix had full rank.
Tensor residual_sums(const Tensor& rest, const Tensor& rank, int64_t full_rank) {
  const DType real = to_real(rest.dtype());
  for (int64_t i = 0; i < rank.numel(); ++i) {
    if (rank.data<int64_t>()[i] != full_rank) return empty({0}, real);
  }
  const Tensor values = to_dtype(rest, DType::kComplex128).contiguous();
  const int64_t m = rows(values), n = cols(values);
  const Tensor sums = zeros(with_vector(batch_of(values), n), DType::kFloat64);
  for (int64_t b = 0; values.numel() > 0 && b < values.numel() / (m * n); ++b) {
    for (int64_t i = 0; i < m; ++i) {
      for (int64_t j = 0; j < n; ++j) {
        sums.data<double>()[b * n + j] += std::norm(at<Complex128>(values, b, m * n)[i * n + j]);
      }
    }
  }
  return to_dtype(sums, real);
}

struct LeastSquares {
  Tensor solution, rank, singular;
};

template <class T>
int run_driver(const std::string& driver, int m, int n, int rhs, T* a, T* b, int ldb,
               lapack::Real<T>* values, lapack::Real<T> rcond, int* rank) {
  if (driver == "gels") return lapack::gels(m, n, rhs, a, b, ldb);
  if (driver == "gelsy") return lapack::gelsy(m, n, rhs, a, b, ldb, rcond, rank);
  if (driver == "gelsd") return lapack::gelsd(m, n, rhs, a, b, ldb, values, rcond, rank);
  return lapack::gelss(m, n, rhs, a, b, ldb, values, rcond, rank);
}

template <class T>
void solve_least_squares(const std::string& driver, int64_t m, int64_t n, int64_t rhs,
                         const Tensor& a, const Tensor& b, lapack::Real<T> rcond,
                         const LeastSquares& out, int64_t count) {
  const int ldb = static_cast<int>(std::max(m, n)), im = static_cast<int>(m),
            in = static_cast<int>(n), irhs = static_cast<int>(rhs);
  const int64_t k = std::min(m, n);
  std::vector<lapack::Real<T>> values(static_cast<size_t>(std::max<int64_t>(k, 1)));
  for (int64_t i = 0; i < count; ++i) {
    T* pa = at<T>(a, i, m * n);
    T* pb = at<T>(b, i, ldb * rhs);
    int rank = 0;
    int info = 0;
    const bool by_values = driver == "gelsd" || driver == "gelss";
    if (by_values && !(all_finite(pa, m * n) && all_finite(pb, ldb * rhs))) {
      // Where the library may not come to an end.
      if (driver == "gelsd") {
        fail("torch.linalg.lstsq: (Batch element ", i, "): the matrices contain infs or NaNs");
      }
      info = -1;
      fill_nan(values.data(), k);
    }
    if (info == 0) {
      info = run_driver(driver, im, in, irhs, pa, pb, ldb, values.data(), rcond, &rank);
    }
    if (info < 0) fill_nan(pb, ldb * rhs);
    if (info > 0)
      fail("torch.linalg.lstsq: (Batch element ", i, "): the problem is rank deficient");
    if (out.rank.numel() > 0) out.rank.data<int64_t>()[i] = rank;
    if (out.singular.numel() > 0) {
      std::copy(values.begin(), values.end(), at<lapack::Real<T>>(out.singular, i, k));
    }
  }
}

}  // namespace

void lstsq(OpCall& call) {
  Tensor a = call.tensor(0), b = call.tensor(1);
  const std::string driver = call.is_none(3) ? "gelsy" : call.string(3);
  if (driver != "gels" && driver != "gelsy" && driver != "gelsd" && driver != "gelss") {
    fail("torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)");
  }
  check_matrix("torch.linalg.lstsq", a);
  check_lapack_dtype("torch.linalg.lstsq", a);
  if (a.dtype() != b.dtype())
    fail(
        "torch.linalg.lstsq: Expected input and other to have the same dtype, but got input's "
        "dtype ",
        dtype_name(a.dtype()), " and other's dtype ", dtype_name(b.dtype()));
  const bool vector = b.dim() == a.dim() - 1 && b.sizes() == a.sizes().subspan(0, b.sizes().size());
  if (vector) b = b.unsqueeze(-1);
  if (b.dim() < 2 || rows(a) != rows(b)) {
    fail("torch.linalg.lstsq: input.size(-2) should match other.size(-2)");
  }
  broadcast_batches(a, b);
  const int64_t m = rows(a), n = cols(a), rhs = cols(b), tall = std::max(m, n);
  const Dims batch = batch_of(a);
  const Tensor work = column_major_copy(a);
  const Tensor x = column_major_zeros(batch, tall, rhs, a.dtype());
  copy_into(x.narrow(-2, 0, m), b);
  const bool ranked = driver != "gels", valued = driver == "gelsd" || driver == "gelss";
  LeastSquares out{Tensor(), ranked ? zeros(batch, DType::kInt64) : empty({0}, DType::kInt64),
                   valued ? empty(with_vector(batch, std::min(m, n)), to_real(a.dtype()))
                          : empty({0}, to_real(a.dtype()))};
  visit(a.dtype(), "lstsq", LapackTypes{}, [&]<class T>() {
    using R = lapack::Real<T>;
    const R rcond = call.is_none(2) ? std::numeric_limits<R>::epsilon() * static_cast<R>(tall)
                                    : static_cast<R>(call.number(2));
    if (a.numel() > 0) {
      solve_least_squares<T>(driver, m, n, rhs, work, x, rcond, out, numel_of(batch));
    }
  });
  Tensor residuals = empty({0}, to_real(a.dtype()));
  if (m > n && driver != "gelsy") residuals = residual_sums(x.narrow(-2, n, m - n), out.rank, n);
  Tensor solution = x.narrow(-2, 0, n);
  call.ret(0, vector ? solution.squeeze(-1) : solution);
  call.ret(1, residuals);
  call.ret(2, out.rank);
  call.ret(3, out.singular);
}

}  // namespace temper::linalg
