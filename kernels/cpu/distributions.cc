#include "kernels/cpu/distributions.h"

#include <cmath>

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

}  // namespace

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
