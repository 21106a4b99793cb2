#include "kernels/cpu/distributions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/draw.h"

namespace temper::random {
namespace {

// Transformed rejection (Hoermann 1993) for large rates, products of uniform numbers for small.
double draw_poisson(double rate, GeneratorValue& generator) {
  if (!(rate >= 0)) fail("invalid Poisson rate, expected rate to be non-negative");
  if (rate == 0) return 0;
  if (rate < 10) {
    const double limit = std::exp(-rate);
    double product = uniform_double(generator), count = 0;
    for (; product > limit; ++count) product *= uniform_double(generator);
    return count;
  }
  const double root = std::sqrt(rate), log_rate = std::log(rate), b = 0.931 + 2.53 * root;
  const double a = -0.059 + 0.02483 * b, inverse = 1.1239 + 1.1328 / (b - 3.4);
  const double certain = 0.9277 - 3.6224 / (b - 2);
  while (true) {
    const double u = uniform_double(generator) - 0.5, v = uniform_double(generator);
    const double us = 0.5 - std::fabs(u);
    const double k = std::floor((2 * a / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= certain) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v) + std::log(inverse) - std::log(a / (us * us) + b) <=
        -rate + k * log_rate - std::lgamma(k + 1)) {
      return k;
    }
  }
}

// Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", 2000. Constants are
// floats, as the reference has them: its numbers are drawn bit for bit.
template <class T>
double draw_gamma(T alpha, GeneratorValue& generator) {
  double scale = 1;
  if (alpha < T(1)) {
    if (alpha == T(0)) return 0;
    scale = std::pow(1 - uniform_double(generator), static_cast<double>(T(1) / alpha));
    alpha += T(1);
  }
  const double d = static_cast<double>(alpha - static_cast<T>(1.0f / 3.0f));
  if (!(d > 0)) return std::numeric_limits<double>::quiet_NaN();
  const double c = 1 / std::sqrt(9 * d);
  while (true) {
    double x = 0, y = 0;
    do {
      x = normal_double(generator);
      y = 1 + c * x;
    } while (y <= 0);
    const double v = y * y * y, u = 1 - uniform_double(generator), xx = x * x;
    if (u < 1 - static_cast<double>(0.0331f) * xx * xx ||
        std::log(u) < 0.5 * xx + d * (1 - v + std::log(v))) {
      return scale * d * v;
    }
  }
}

// What is left of Stirling's approximation of log(k!).
template <class T>
T stirling_rest(T k) {
  static constexpr T kSmall[] = {0.0810614667953272,  0.0413406959554092, 0.0276779256849983,
                                 0.02079067210376509, 0.0166446911898211, 0.0138761288230707,
                                 0.0118967099458917,  0.0104112652619720, 0.00925546218271273,
                                 0.00833056343336287};
  if (k <= 9) return kSmall[static_cast<size_t>(k)];
  const T square = (k + 1) * (k + 1);
  return (T(1.0 / 12) - (T(1.0 / 360) - T(1.0 / 1260) / square) / square) / (k + 1);
}

// Transformed rejection (Hoermann, "The generation of binomial random variates", 1993).
template <class T>
T draw_many(T count, T p, GeneratorValue& generator) {
  const T deviation = std::sqrt(count * p * (1 - p));
  const T b = T(1.15) + T(2.53) * deviation, a = T(-0.0873) + T(0.0248) * b + T(0.01) * p;
  const T c = count * p + T(0.5), certain = T(0.92) - T(4.2) / b, odds = p / (1 - p);
  const T alpha = (T(2.83) + T(5.1) / b) * deviation, mode = std::floor((count + 1) * p);
  while (true) {
    const T u = static_cast<T>(uniform_double(generator) - 0.5);
    T v = static_cast<T>(uniform_double(generator));
    const T us = T(0.5) - std::abs(u), k = std::floor((2 * a / us + b) * u + c);
    if (us >= T(0.07) && v <= certain) return k;
    if (k < 0 || k > count) continue;
    v = std::log(v * alpha / (a / (us * us) + b));
    const T bound = (mode + T(0.5)) * std::log((mode + 1) / (odds * (count - mode + 1))) +
                    (count + 1) * std::log((count - mode + 1) / (count - k + 1)) +
                    (k + T(0.5)) * std::log(odds * (count - k + 1) / (k + 1)) +
                    stirling_rest(mode) + stirling_rest(count - mode) - stirling_rest(k) -
                    stirling_rest(count - k);
    if (v <= bound) return k;
  }
}

// Sums of the geometric distribution count few successes.
template <class T>
T draw_few(T count, T p, GeneratorValue& generator) {
  const T log_miss = std::log1p(-p);
  T sum = 0, successes = 0;
  while (true) {
    sum += std::ceil(std::log(static_cast<T>(uniform_double(generator))) / log_miss);
    if (sum > count) return successes;
    successes += 1;
  }
}

template <class T>
T draw_binomial(T count, T p, GeneratorValue& generator) {
  if (std::isnan(p) || !std::isfinite(count)) return std::numeric_limits<T>::quiet_NaN();
  if (count <= 0 || p <= 0) return 0;
  if (p >= 1) return count;
  if (p > T(0.5)) return count - draw_binomial<T>(count, 1 - p, generator);
  return count * p >= 10 ? draw_many(count, p, generator) : draw_few(count, p, generator);
}

}  // namespace

void standard_gamma(OpCall& call) {
  const Tensor alphas = call.tensor(0).contiguous();
  GeneratorValue& generator = generator_of(call, 1);
  const Tensor out = empty(alphas.sizes(), alphas.dtype());
  visit(alphas.dtype(), "gamma_cpu", TypeSet<float, double>{}, [&]<class T>() {
    for (int64_t i = 0; i < alphas.numel(); ++i) {
      const T drawn = static_cast<T>(draw_gamma(alphas.data<T>()[i], generator));
      out.data<T>()[i] =
          drawn < std::numeric_limits<T>::min() ? std::numeric_limits<T>::min() : drawn;
    }
  });
  call.ret(out);
}

void sample_dirichlet(OpCall& call) {
  const Tensor alphas = call.tensor(0).contiguous();
  GeneratorValue& generator = generator_of(call, 1);
  const Tensor out = empty(alphas.sizes(), alphas.dtype());
  const int64_t n = alphas.dim() == 0 ? 1 : alphas.size(-1);
  std::vector<double> gammas(static_cast<size_t>(alphas.numel()));
  visit(alphas.dtype(), "dirichlet", TypeSet<float, double>{}, [&]<class T>() {
    for (size_t i = 0; i < gammas.size(); ++i) {
      gammas[i] = std::max(std::numeric_limits<double>::min(),
                           draw_gamma(static_cast<double>(alphas.data<T>()[i]), generator));
    }
    const T least = std::numeric_limits<T>::min(), most = std::nextafter(T(1), T(0));
    for (int64_t row = 0; row < alphas.numel(); row += n) {
      const double* own = gammas.data() + row;
      const double sum = std::accumulate(own, own + n, 0.0);
      for (int64_t i = 0; i < n; ++i) {
        out.data<T>()[row + i] = std::min(most, std::max(least, static_cast<T>(own[i] / sum)));
      }
    }
  });
  call.ret(out);
}

void binomial(OpCall& call) {
  const Tensor counts = call.tensor(0), shares = call.tensor(1);
  const Dims sizes = broadcast(counts.sizes(), shares.sizes());
  if (counts.dtype() != shares.dtype()) {
    fail("expected m1 and m2 to have the same dtype, but got: ", dtype_name(counts.dtype()),
         " != ", dtype_name(shares.dtype()));
  }
  const Tensor n = counts.expand(sizes).contiguous(), p = shares.expand(sizes).contiguous();
  GeneratorValue& generator = generator_of(call, 2);
  const Tensor out = empty(sizes, counts.dtype());
  visit(counts.dtype(), "binomial_cpu", TypeSet<float, double>{}, [&]<class T>() {
    for (int64_t i = 0; i < out.numel(); ++i) {
      out.data<T>()[i] = draw_binomial<T>(n.data<T>()[i], p.data<T>()[i], generator);
    }
  });
  call.ret(out);
}

void poisson(OpCall& call) {
  const Tensor rates = call.tensor(0).contiguous();
  GeneratorValue& generator = generator_of(call, 1);
  const Tensor out = empty(rates.sizes(), rates.dtype());
  visit(rates.dtype(), "poisson_cpu", AllFloatTypes{}, [&]<class T>() {
    for (int64_t i = 0; i < rates.numel(); ++i) {
      const double rate = static_cast<double>(static_cast<Compute<T>>(rates.data<T>()[i]));
      if (std::isinf(rate)) fail("invalid Poisson rate, expected rate to be finite");
      out.data<T>()[i] = T(static_cast<Compute<T>>(draw_poisson(rate, generator)));
    }
  });
  call.ret(out);
}

void rrelu_with_noise(OpCall& call) {
  const Tensor self = call.tensor(0).contiguous(), noise = call.tensor(1);
  const double lower = call.number(2), upper = call.number(3);
  const bool training = call.boolean(4);
  if (training && noise.sizes() != self.sizes()) fail("rrelu: noise must have the input's shape");
  const Tensor slopes = training ? empty(self.sizes(), self.dtype()) : Tensor();
  const Tensor out = empty(self.sizes(), self.dtype());
  GeneratorValue& generator = generator_of(call, 5);
  visit(self.dtype(), "rrelu_with_noise", AllFloatTypes{}, [&]<class T>() {
    using C = Compute<T>;
    for (int64_t i = 0; i < self.numel(); ++i) {
      const C x = static_cast<C>(self.data<T>()[i]);
      C slope = C(1);
      if (x <= 0 && training) {
        slope = static_cast<C>(uniform_double(generator) * (upper - lower) + lower);
      } else if (x <= 0) {
        slope = static_cast<C>((lower + upper) / 2);
      }
      out.data<T>()[i] = T(x * slope);
      if (training) slopes.data<T>()[i] = T(slope);
    }
  });
  if (training) copy_into(noise, slopes);
  call.ret(out);
}

}  // namespace temper::random
