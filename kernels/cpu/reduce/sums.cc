// Sums and what is made of them: means, products, norms, variances.
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "kernels/cpu/reduce/fold.h"
#include "kernels/cpu/reduce/reduce.h"
#include "kernels/cpu/reduce/rows.h"

namespace temper {
namespace {

// Integers sum to int64, floats to themselves.
DType sum_dtype(const Tensor& self, std::optional<DType> wanted) {
  if (wanted) return *wanted;
  return is_integral_or_bool(self.dtype()) ? DType::kInt64 : self.dtype();
}

Dims dims_argument(OpCall& call, size_t i) { return call.opt_ints(i).value_or(Dims{}); }

// Whether folding elements of `from` says the same as folding them as `to`, which is wider.
bool folds_as(DType from, DType to) {
  if (from == to) return true;
  if (is_integral_or_bool(from)) return to == DType::kInt64;
  return is_floating(from) && to == DType::kFloat64;
}

Tensor complex_sums(const RunContext& context, const Tensor& self, DimsView dims, bool keepdim) {
  const Rows rows = make_rows(self, dims, keepdim);
  Tensor out;
  visit(self.dtype(), "sum", ComplexTypes{}, [&]<class T>() {
    out = reduce_rows<T, T>(context, rows, self.dtype(), [](const T* row, int64_t n) {
      return sum_terms<T>(row, n, [](T v) { return v; });
    });
  });
  return out;
}

Tensor sum_over(const RunContext& context, const Tensor& self, DimsView dims, bool keepdim,
                DType dtype) {
  const Tensor x = folds_as(self.dtype(), dtype) ? self : to_dtype(self, dtype);
  if (is_complex(dtype)) return complex_sums(context, x, dims, keepdim);
  const Fold kind = dtype == DType::kBool ? Fold::kMax : Fold::kSum;
  return to_dtype(fold(context, x, dims, keepdim, kind).values, dtype);
}

// The quotients of the sums, in their dtype.
Tensor divided(const Tensor& sums, int64_t count) {
  double* values = sums.data<double>();
  for (int64_t i = 0; i < sums.numel(); ++i) values[i] /= static_cast<double>(count);
  return sums;
}

Tensor complex_means(const RunContext& context, const Tensor& self, DimsView dims, bool keepdim) {
  const Tensor sums = complex_sums(context, self, dims, keepdim);
  const double count =
      static_cast<double>(self.numel()) / static_cast<double>(std::max<int64_t>(1, sums.numel()));
  visit(self.dtype(), "mean", ComplexTypes{}, [&]<class T>() {
    const auto divisor = static_cast<typename T::value_type>(count);
    for (int64_t i = 0; i < sums.numel(); ++i) sums.data<T>()[i] /= divisor;
  });
  return sums;
}

Tensor mean_over(const RunContext& context, const Tensor& self, DimsView dims, bool keepdim,
                 std::optional<DType> wanted) {
  const DType dtype = wanted.value_or(self.dtype());
  if (!is_floating(dtype) && !is_complex(dtype)) {
    fail("mean(): could not infer output dtype. ", wanted ? "Optional" : "Input",
         " dtype must be either a floating point or complex dtype. Got: ", dtype_name(dtype));
  }
  const Tensor x = folds_as(self.dtype(), dtype) ? self : to_dtype(self, dtype);
  if (is_complex(dtype)) return complex_means(context, x, dims, keepdim);
  const Folded sums = fold(context, x, dims, keepdim, Fold::kSum);
  return to_dtype(divided(sums.values, sums.count), dtype);
}

template <class T>
auto magnitude(T v) {
  if constexpr (requires { v.real(); })
    return std::abs(v);
  else
    return std::fabs(static_cast<Compute<T>>(v));
}

template <class R, class T>
R norm_row(const T* row, int64_t n, double p) {
  if (p == 2) {
    const R sum = sum_terms<R>(row, n, [](T v) {
      const R m = static_cast<R>(magnitude(v));
      return m * m;
    });
    return std::sqrt(sum);
  }
  if (p == 1) return sum_terms<R>(row, n, [](T v) { return static_cast<R>(magnitude(v)); });
  if (p == 0) {
    return sum_terms<R>(row, n, [](T v) { return static_cast<R>(magnitude(v) != 0 ? 1 : 0); });
  }
  if (std::isinf(p)) {
    R best = p > 0 ? R(0) : std::numeric_limits<R>::infinity();
    for (int64_t i = 0; i < n; ++i) {
      const R m = static_cast<R>(magnitude(row[i]));
      if (m != m) return m;
      best = p > 0 ? std::max(best, m) : std::min(best, m);
    }
    return best;
  }
  const R sum = sum_terms<R>(row, n, [p](T v) {
    return static_cast<R>(std::pow(static_cast<R>(magnitude(v)), static_cast<R>(p)));
  });
  return static_cast<R>(std::pow(sum, static_cast<R>(1 / p)));
}

// The number of elements that are not zero, the sum of magnitudes, or the length of the vector.
Tensor simple_norm(const RunContext& context, const Tensor& self, double p, DimsView dims,
                   bool keepdim) {
  const Fold kind = p == 0 ? Fold::kNonzero : p == 1 ? Fold::kSumAbs : Fold::kSumSquares;
  const Tensor x = p == 0 ? to_dtype(self, DType::kBool) : self;
  const Tensor sums = fold(context, x, dims, keepdim, kind).values;
  if (p == 2) {
    double* values = sums.data<double>();
    for (int64_t i = 0; i < sums.numel(); ++i) values[i] = std::sqrt(values[i]);
  }
  return sums;
}

Tensor norm_over(const RunContext& context, const Tensor& input, double p, DimsView dims,
                 bool keepdim, std::optional<DType> wanted) {
  const Tensor self = wanted ? to_dtype(input, *wanted) : input;
  const DType dtype = self.dtype();
  if (!is_floating(dtype) && !is_complex(dtype)) {
    fail("linalg.vector_norm: Expected a floating point or complex tensor as input. Got ",
         dtype_name(dtype));
  }
  if (!is_complex(dtype) && self.numel() > 0 && (p == 0 || p == 1 || p == 2)) {
    return to_dtype(simple_norm(context, self, p, dims, keepdim), dtype);
  }
  const Rows rows = make_rows(self, dims, keepdim);
  if (rows.length == 0 && (p < 0 || std::isinf(p)) && rows.rows > 0) {
    fail("linalg.vector_norm cannot compute the ", p,
         " norm on an empty tensor because the operation does not have an identity");
  }
  Tensor out;
  visit(dtype, "norm", TypeSet<float, double, Half, BFloat16, Complex64, Complex128>{},
        [&]<class T>() {
          using R = decltype(magnitude(T()));
          out = reduce_rows<T, R>(context, rows, kDTypeOf<R>,
                                  [p](const T* row, int64_t n) { return norm_row<R>(row, n, p); });
        });
  return to_dtype(out, to_real(dtype));
}

struct Moments {
  Tensor variance, mean;
};

Moments complex_moments(const Tensor& self, DimsView dims, bool keepdim, double correction) {
  const Rows rows = make_rows(self, dims, keepdim);
  Moments m{empty(rows.out_sizes, DType::kFloat64), empty(rows.out_sizes, self.dtype())};
  const double count = static_cast<double>(rows.length);
  visit(self.dtype(), "var", ComplexTypes{}, [&]<class T>() {
    const auto widen = [](T v) { return Complex128(v.real(), v.imag()); };
    for (int64_t r = 0; r < rows.rows; ++r) {
      const T* row = rows.data.data<T>() + r * rows.length;
      const Complex128 mean = sum_terms<Complex128>(row, rows.length, widen) / count;
      const double squares =
          sum_terms<double>(row, rows.length, [&](T v) { return std::norm(widen(v) - mean); });
      m.variance.data<double>()[r] = squares / std::max(0.0, count - correction);
      m.mean.data<T>()[r] = T(mean);
    }
  });
  return m;
}

// Means that move on from element to element: what comes after an infinity makes NaN of it.
void spoil_infinite(const Tensor& means, const Tensor& self, DimsView dims) {
  double* mean = means.data<double>();
  const auto infinite = [](double v) { return std::isinf(v); };
  if (std::none_of(mean, mean + means.numel(), infinite)) return;
  const Rows rows = make_rows(to_dtype(self, DType::kFloat64), dims, false);
  for (int64_t r = 0; r < rows.rows; ++r) {
    const double* row = rows.data.data<double>() + r * rows.length;
    if (std::any_of(row, row + rows.length - 1, infinite)) mean[r] = std::nan("");
  }
}

Moments moments_over(const RunContext& context, const Tensor& self, DimsView dims, bool keepdim,
                     double correction, bool deviation) {
  const DType dtype = self.dtype();
  Moments m;
  if (is_complex(dtype)) {
    m = complex_moments(self, dims, keepdim, correction);
  } else {
    const Folded sums = fold(context, self, dims, keepdim, Fold::kSum);
    m.mean = divided(sums.values, sums.count);
    m.variance = fold_centered(context, self, dims, keepdim, Centered::kSquares, m.mean);
    const double divisor = std::max(0.0, static_cast<double>(sums.count) - correction);
    double* values = m.variance.data<double>();
    for (int64_t i = 0; i < m.variance.numel(); ++i) values[i] /= divisor;
    spoil_infinite(m.mean, self, dims);
  }
  if (deviation) {
    double* values = m.variance.data<double>();
    for (int64_t i = 0; i < m.variance.numel(); ++i) values[i] = std::sqrt(values[i]);
  }
  return {to_dtype(m.variance, to_real(dtype)), to_dtype(m.mean, dtype)};
}

// The three forms of var and std: (self, unbiased), (self, dim?, unbiased, keepdim) and
// (self, dim?, *, correction?, keepdim).
Moments moments_of(OpCall& call, bool deviation, const char* name) {
  const Tensor self = call.tensor(0);
  if (!is_floating(self.dtype()) && !is_complex(self.dtype())) {
    fail(name, " support floating point and complex dtypes");
  }
  if (call.size() == 2) {
    return moments_over(call.context(), self, {}, false, call.boolean(1) ? 1 : 0, deviation);
  }
  const double correction = call.is_none(2)        ? 1
                            : call.in(2).is_bool() ? (call.boolean(2) ? 1 : 0)
                                                   : call.number(2);
  return moments_over(call.context(), self, dims_argument(call, 1), call.boolean(3), correction,
                      deviation);
}

}  // namespace

void sum_all(OpCall& call) {
  const Tensor self = call.tensor(0);
  call.ret(sum_over(call.context(), self, {}, false, sum_dtype(self, call.opt_dtype(1))));
}

void sum_dims(OpCall& call) {
  const Tensor self = call.tensor(0);
  call.ret(sum_over(call.context(), self, dims_argument(call, 1), call.boolean(2),
                    sum_dtype(self, call.opt_dtype(3))));
}

void nansum(OpCall& call) {
  const Tensor self = call.tensor(0).clone();
  if (is_floating(self.dtype())) {
    visit(self.dtype(), "nansum", AllFloatTypes{}, [&]<class T>() {
      const Tensor flat = self.contiguous();
      for (int64_t i = 0; i < flat.numel(); ++i) {
        T& v = flat.data<T>()[i];
        if (is_nan_value(static_cast<Compute<T>>(v))) v = T(0.0f);
      }
      if (flat.ref() != self.ref()) copy_into(self, flat);
    });
  }
  call.ret(sum_over(call.context(), self, dims_argument(call, 1), call.boolean(2),
                    sum_dtype(self, call.opt_dtype(3))));
}

void mean_all(OpCall& call) {
  call.ret(mean_over(call.context(), call.tensor(0), {}, false, call.opt_dtype(1)));
}

void mean_dims(OpCall& call) {
  call.ret(mean_over(call.context(), call.tensor(0), dims_argument(call, 1), call.boolean(2),
                     call.opt_dtype(3)));
}

void prod(OpCall& call) {
  const Tensor self = call.tensor(0);
  const bool all = call.size() == 2;
  const DType dtype = sum_dtype(self, call.opt_dtype(all ? 1 : 3));
  const Dims dims = all ? Dims{} : Dims{call.integer(1)};
  const bool keepdim = !all && call.boolean(2);
  if (!is_complex(dtype)) {
    const Tensor x = folds_as(self.dtype(), dtype) ? self : to_dtype(self, dtype);
    const Fold kind = dtype == DType::kBool ? Fold::kMin : Fold::kProd;
    return call.ret(to_dtype(fold(call.context(), x, dims, keepdim, kind).values, dtype));
  }
  const Rows rows = make_rows(to_dtype(self, dtype), dims, keepdim);
  visit(dtype, "prod", ComplexTypes{}, [&]<class T>() {
    call.ret(reduce_rows<T, T>(call.context(), rows, dtype, [](const T* row, int64_t n) {
      T product = T(1);
      for (int64_t i = 0; i < n; ++i) product *= row[i];
      return product;
    }));
  });
}

// (self, ord, dim?, keepdim, *, dtype?)
void vector_norm(OpCall& call) {
  call.ret(norm_over(call.context(), call.tensor(0), call.number(1), dims_argument(call, 2),
                     call.boolean(3), call.opt_dtype(4)));
}

// norm.Scalar(self, p), .ScalarOpt_dtype(self, p?, dtype), .ScalarOpt_dim(self, p?, dim, keepdim)
// and .ScalarOpt_dim_dtype(..., dtype).
void norm(OpCall& call) {
  const Tensor self = call.tensor(0);
  const double p = call.number_or(1, 2);
  if (call.size() <= 3) {
    const auto dtype = call.size() == 3 ? call.opt_dtype(2) : std::nullopt;
    return call.ret(norm_over(call.context(), self, p, {}, false, dtype));
  }
  call.ret(norm_over(call.context(), self, p, call.ints(2), call.boolean(3),
                     call.size() > 4 ? call.opt_dtype(4) : std::nullopt));
}

constexpr const char* kAlone = "std and var only";
void var(OpCall& call) { call.ret(moments_of(call, false, kAlone).variance); }
void std_deviation(OpCall& call) { call.ret(moments_of(call, true, kAlone).variance); }

void var_mean(OpCall& call) {
  Moments m = moments_of(call, false, "var_mean only");
  call.ret(0, m.variance);
  call.ret(1, m.mean);
}

void std_mean(OpCall& call) {
  Moments m = moments_of(call, true, "std_mean only");
  call.ret(0, m.variance);
  call.ret(1, m.mean);
}

void count_nonzero(OpCall& call) {
  const Tensor self = call.tensor(0);
  const Dims dims = call.is_none(1) ? Dims{} : call.ints(1);
  call.ret(fold(call.context(), to_dtype(self, DType::kBool), dims, false, Fold::kNonzero).values);
}

void logsumexp(OpCall& call) {
  Tensor self = call.tensor(0);
  if (is_integral_or_bool(self.dtype())) self = to_dtype(self, DType::kFloat32);
  if (!is_floating(self.dtype())) dtype_not_supported("logsumexp", self.dtype());
  const Dims dims = call.ints(1);
  const bool keepdim = call.boolean(2);
  const RunContext& context = call.context();
  const Tensor best =
      to_dtype(fold(context, self, dims, keepdim, Fold::kMax).values, DType::kFloat64);
  double* shift = best.data<double>();
  for (int64_t i = 0; i < best.numel(); ++i) shift[i] = std::isinf(shift[i]) ? 0 : shift[i];
  const Tensor sums = fold_centered(context, self, dims, keepdim, Centered::kExp, best);
  double* values = sums.data<double>();
  for (int64_t i = 0; i < sums.numel(); ++i) values[i] = std::log(values[i]) + shift[i];
  call.ret(to_dtype(sums, self.dtype()));
}

}  // namespace temper
