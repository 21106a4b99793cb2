// Sums and what is made of them: means, products, norms, variances.
#include <cmath>
#include <limits>

#include "core/base/error.h"
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

template <class T>
Compute<T> sum_row(const T* row, int64_t n) {
  using C = Compute<T>;
  return sum_terms<C>(row, n, [](T v) { return static_cast<C>(v); });
}

Tensor sum_over(const RunContext& context, const Tensor& self, DimsView dims, bool keepdim,
                DType dtype) {
  const Rows rows = make_rows(to_dtype(self, dtype), dims, keepdim);
  Tensor out;
  visit(dtype, "sum", AllTypes{}, [&]<class T>() {
    out = reduce_rows<T, T>(context, rows, dtype, [](const T* row, int64_t n) {
      if constexpr (std::is_same_v<T, bool>) {
        return std::any_of(row, row + n, [](bool b) { return b; });
      } else {
        return static_cast<T>(sum_row(row, n));
      }
    });
  });
  return out;
}

Tensor mean_over(const RunContext& context, const Tensor& self, DimsView dims, bool keepdim,
                 std::optional<DType> wanted) {
  const DType dtype = wanted.value_or(self.dtype());
  if (!is_floating(dtype) && !is_complex(dtype)) {
    fail(
        "mean(): could not infer output dtype. Input dtype must be either a floating point or "
        "complex dtype. Got: ",
        dtype_name(dtype));
  }
  const Rows rows = make_rows(to_dtype(self, dtype), dims, keepdim);
  Tensor out;
  visit(dtype, "mean", TypeSet<float, double, Half, BFloat16, Complex64, Complex128>{},
        [&]<class T>() {
          using C = Compute<T>;
          out = reduce_rows<T, T>(context, rows, dtype, [](const T* row, int64_t n) {
            return static_cast<T>(sum_row(row, n) / static_cast<C>(static_cast<double>(n)));
          });
        });
  return out;
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

Tensor norm_over(const RunContext& context, const Tensor& input, double p, DimsView dims,
                 bool keepdim, std::optional<DType> wanted) {
  const Tensor self = wanted ? to_dtype(input, *wanted) : input;
  const DType dtype = self.dtype();
  if (!is_floating(dtype) && !is_complex(dtype)) {
    fail("linalg.vector_norm: Expected a floating point or complex tensor as input. Got ",
         dtype_name(dtype));
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

Moments moments_over(const Tensor& self, DimsView dims, bool keepdim, double correction,
                     bool deviation) {
  if (!is_floating(self.dtype()) && !is_complex(self.dtype())) {
    fail("std and var only support floating point and complex dtypes");
  }
  const Rows rows = make_rows(self, dims, keepdim);
  const DType real = to_real(self.dtype());
  Moments m{empty(rows.out_sizes, real), empty(rows.out_sizes, self.dtype())};
  visit(self.dtype(), "var", TypeSet<float, double, Half, BFloat16, Complex64, Complex128>{},
        [&]<class T>() {
          using Wide = std::conditional_t < requires(T v) { v.real(); }
          , Complex128, double > ;
          using Real = std::conditional_t < requires(T v) { v.real(); }
          , double, Compute < T >> ;
          const auto widen = [](T v) {
            if constexpr (std::is_same_v<Wide, Complex128>)
              return Wide(v.real(), v.imag());
            else
              return static_cast<Wide>(static_cast<Compute<T>>(v));
          };
          const Tensor wide_variance = empty(rows.out_sizes, DType::kFloat64);
          for (int64_t r = 0; r < rows.rows; ++r) {
            const T* row = rows.data.data<T>() + r * rows.length;
            const Wide mean = sum_terms<Wide>(row, rows.length, widen) /
                              static_cast<Wide>(static_cast<double>(rows.length));
            const double squares = sum_terms<double>(row, rows.length, [&](T v) {
              const Wide d = widen(v) - mean;
              if constexpr (std::is_same_v<Wide, Complex128>)
                return std::norm(d);
              else
                return d * d;
            });
            const double divisor = std::max(0.0, static_cast<double>(rows.length) - correction);
            const double variance = squares / divisor;
            wide_variance.data<double>()[r] = deviation ? std::sqrt(variance) : variance;
            if constexpr (std::is_same_v<Wide, Complex128>) {
              m.mean.data<T>()[r] = T(mean);
            } else {
              m.mean.data<T>()[r] = static_cast<T>(static_cast<Real>(mean));
            }
          }
          copy_into(m.variance, wide_variance);
        });
  return m;
}

// The three forms of var and std: (self, unbiased), (self, dim?, unbiased, keepdim) and
// (self, dim?, *, correction?, keepdim).
Moments moments_of(OpCall& call, bool deviation) {
  const Tensor self = call.tensor(0);
  if (call.size() == 2) {
    return moments_over(self, {}, false, call.boolean(1) ? 1 : 0, deviation);
  }
  const double correction = call.is_none(2)        ? 1
                            : call.in(2).is_bool() ? (call.boolean(2) ? 1 : 0)
                                                   : call.number(2);
  return moments_over(self, dims_argument(call, 1), call.boolean(3), correction, deviation);
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
  const Tensor input = to_dtype(self, dtype);
  const Rows rows =
      all ? make_rows(input, {}, false) : make_rows_along(input, call.integer(1), call.boolean(2));
  visit(dtype, "prod", AllTypes{}, [&]<class T>() {
    call.ret(reduce_rows<T, T>(call.context(), rows, dtype, [](const T* row, int64_t n) {
      Compute<T> product = Compute<T>(1);
      for (int64_t i = 0; i < n; ++i)
        product = static_cast<Compute<T>>(product * static_cast<Compute<T>>(row[i]));
      return static_cast<T>(product);
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

void var(OpCall& call) { call.ret(moments_of(call, false).variance); }
void std_deviation(OpCall& call) { call.ret(moments_of(call, true).variance); }

void var_mean(OpCall& call) {
  Moments m = moments_of(call, false);
  call.ret(0, m.variance);
  call.ret(1, m.mean);
}

void std_mean(OpCall& call) {
  Moments m = moments_of(call, true);
  call.ret(0, m.variance);
  call.ret(1, m.mean);
}

void count_nonzero(OpCall& call) {
  const Tensor mask = to_dtype(to_dtype(call.tensor(0), DType::kBool), DType::kInt64);
  const Dims dims = call.is_none(1) ? Dims{} : call.ints(1);
  call.ret(sum_over(call.context(), mask, dims, false, DType::kInt64));
}

void logsumexp(OpCall& call) {
  Tensor self = call.tensor(0);
  if (is_integral_or_bool(self.dtype())) self = to_dtype(self, DType::kFloat32);
  const Rows rows = make_rows(self, call.ints(1), call.boolean(2));
  visit(self.dtype(), "logsumexp", AllFloatTypes{}, [&]<class T>() {
    using C = Compute<T>;
    call.ret(reduce_rows<T, T>(call.context(), rows, self.dtype(), [](const T* row, int64_t n) {
      C best = -std::numeric_limits<C>::infinity();
      for (int64_t i = 0; i < n; ++i) best = std::max(best, static_cast<C>(row[i]));
      const C shift = std::isinf(best) ? C(0) : best;
      const C sum = sum_terms<C>(row, n, [&](T v) { return std::exp(static_cast<C>(v) - shift); });
      return static_cast<T>(std::log(sum) + shift);
    }));
  });
}

}  // namespace temper
