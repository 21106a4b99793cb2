#include "kernels/cpu/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "core/base/error.h"
#include "core/base/truncate.h"
#include "core/op/op_def.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/creation.h"
#include "kernels/cpu/draw.h"
#include "kernels/cpu/fill.h"
#include "kernels/cpu/overlap.h"
#include "kernels/cpu/walk.h"

namespace temper::random {
namespace {

// dtype, layout, device and pin_memory at `i` and after.
Tensor make(const OpCall& call, DimsView sizes, size_t i, DType fallback) {
  if (call.integer_or(i + 1, 0) != 0) unimplemented(call.op().key(), ": sparse layouts");
  creation::check_device(call, i + 2);
  return empty(sizes, call.dtype_or(i, fallback));
}

// dtype, layout, device, pin_memory and memory_format at `i` and after.
Tensor make_like(const OpCall& call, size_t i) {
  creation::check_device(call, i + 2);
  const Tensor self = call.tensor(0);
  return new_like(self, call.dtype_or(i, self.dtype()),
                  memory_format_or(call, i + 4, MemoryFormat::kPreserve));
}

Tensor permutation(int64_t n, DType dtype, GeneratorValue& generator) {
  if (n < 0) fail("Trying to create tensor with negative dimension ", n, ": [", n, "]");
  if (is_complex(dtype) || dtype == DType::kBool) dtype_not_supported("randperm", dtype);
  scalar_tensor(n, dtype);  // refuses a number that the dtype does not hold
  const Tensor out = empty({n}, DType::kInt64);
  int64_t* data = out.data<int64_t>();
  std::iota(data, data + n, 0);
  for (int64_t i = 0; i + 1 < n; ++i) {
    const int64_t z = static_cast<int64_t>(generator.random() % static_cast<uint64_t>(n - i));
    std::swap(data[i], data[i + z]);
  }
  return to_dtype(out, dtype);
}

void fill_bernoulli_tensor(const Tensor& self, const Tensor& p, GeneratorValue& generator) {
  if (!is_floating(p.dtype())) fail("bernoulli_: p must be a floating tensor");
  check_no_overlap(self);
  const Tensor chances = to_dtype(p, DType::kFloat64).expand(self.sizes());
  const bool wide = p.dtype() == DType::kFloat64;
  // The chances in the layout of `self`: both are walked in the order of its memory.
  const Tensor drawn = empty_like(self, DType::kFloat64);
  copy_into(drawn, chances);
  double* data = drawn.data<double>();
  in_memory_order(drawn, [&](int64_t at) {
    const double chance = data[at];
    if (!(chance >= 0 && chance <= 1)) {
      fail(
          "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message "
          "be improved?  If so, please report an enhancement request to PyTorch.)");
    }
    const bool one = wide ? uniform_double(generator) < chance
                          : uniform_float(generator) < static_cast<float>(chance);
    data[at] = one ? 1 : 0;
  });
  copy_into(self, drawn);
}

// Indices of draws by weight, with replacement.
Tensor draw_with_replacement(const Tensor& weights, int64_t rows, int64_t choices, int64_t samples,
                             GeneratorValue& generator) {
  const Tensor out = empty({rows, samples}, DType::kInt64);
  std::vector<double> sums(static_cast<size_t>(choices));
  for (int64_t r = 0; r < rows; ++r) {
    double sum = 0;
    for (int64_t c = 0; c < choices; ++c) {
      sum += weights.data<double>()[r * choices + c];
      sums[static_cast<size_t>(c)] = sum;
    }
    for (double& value : sums) value /= sum;
    sums.back() = 1;
    for (int64_t s = 0; s < samples; ++s) {
      const double u = uniform_double(generator);
      out.data<int64_t>()[r * samples + s] =
          static_cast<int64_t>(std::lower_bound(sums.begin(), sums.end(), u) - sums.begin());
    }
  }
  return out;
}

// The choices with the largest weight / exponential draw.
Tensor draw_without_replacement(const Tensor& self, const Tensor& weights, int64_t rows,
                                int64_t choices, int64_t samples, GeneratorValue& generator) {
  const Tensor keys = empty_like(self);  // drawn in the order of its memory
  fill_exponential(keys, 1, generator);
  const Tensor wide = to_dtype(keys, DType::kFloat64).contiguous();
  const Tensor out = empty({rows, samples}, DType::kInt64);
  std::vector<int64_t> order(static_cast<size_t>(choices));
  for (int64_t r = 0; r < rows; ++r) {
    std::iota(order.begin(), order.end(), 0);
    const double* weight = weights.data<double>() + r * choices;
    const double* key = wide.data<double>() + r * choices;
    std::stable_sort(order.begin(), order.end(),
                     [&](int64_t a, int64_t b) { return weight[a] / key[a] > weight[b] / key[b]; });
    std::copy_n(order.begin(), samples, out.data<int64_t>() + r * samples);
  }
  return out;
}

// (self, from, to?, generator)
void fill_from_bounds(const OpCall& call, const Tensor& out) {
  GeneratorValue& generator = generator_of(call, 3);
  if (call.is_none(2)) {
    fill_from(out, call.integer(1), generator);
  } else {
    fill_from_to(out, call.integer(1), call.integer(2), generator);
  }
}

void ret_self(OpCall& call) { call.ret(call.in(0)); }

}  // namespace

void rand(OpCall& call) {
  const Tensor out = make(call, call.ints(0), 1, DType::kFloat32);
  fill_uniform(out, 0, 1, call.context().default_generator());
  call.ret(out);
}
void rand_generator(OpCall& call) {
  const Tensor out = make(call, call.ints(0), 2, DType::kFloat32);
  fill_uniform(out, 0, 1, generator_of(call, 1));
  call.ret(out);
}
void randn(OpCall& call) {
  const Tensor out = make(call, call.ints(0), 1, DType::kFloat32);
  fill_normal(out, 0, 1, call.context().default_generator());
  call.ret(out);
}
void randn_generator(OpCall& call) {
  const Tensor out = make(call, call.ints(0), 2, DType::kFloat32);
  fill_normal(out, 0, 1, generator_of(call, 1));
  call.ret(out);
}
void randint(OpCall& call) {
  const Tensor out = make(call, call.ints(1), 2, DType::kInt64);
  fill_from_to(out, 0, call.integer(0), call.context().default_generator());
  call.ret(out);
}
void randint_generator(OpCall& call) {
  const Tensor out = make(call, call.ints(1), 3, DType::kInt64);
  fill_from_to(out, 0, call.integer(0), generator_of(call, 2));
  call.ret(out);
}
void randint_low(OpCall& call) {
  const Tensor out = make(call, call.ints(2), 3, DType::kInt64);
  fill_from_to(out, call.integer(0), call.integer(1), call.context().default_generator());
  call.ret(out);
}
void randint_low_generator(OpCall& call) {
  const Tensor out = make(call, call.ints(2), 4, DType::kInt64);
  fill_from_to(out, call.integer(0), call.integer(1), generator_of(call, 3));
  call.ret(out);
}
void randperm(OpCall& call) {
  creation::check_device(call, 3);
  call.ret(permutation(call.integer(0), call.dtype_or(1, DType::kInt64),
                       call.context().default_generator()));
}
void randperm_generator(OpCall& call) {
  creation::check_device(call, 4);
  call.ret(permutation(call.integer(0), call.dtype_or(2, DType::kInt64), generator_of(call, 1)));
}
void rand_like(OpCall& call) {
  const Tensor out = make_like(call, 1);
  fill_uniform(out, 0, 1, call.context().default_generator());
  call.ret(out);
}
void randn_like(OpCall& call) {
  const Tensor out = make_like(call, 1);
  fill_normal(out, 0, 1, call.context().default_generator());
  call.ret(out);
}
void randint_like(OpCall& call) {
  const Tensor out = make_like(call, 2);
  fill_from_to(out, 0, call.integer(1), call.context().default_generator());
  call.ret(out);
}
void randint_like_low(OpCall& call) {
  const Tensor out = make_like(call, 3);
  fill_from_to(out, call.integer(1), call.integer(2), call.context().default_generator());
  call.ret(out);
}

void uniform(OpCall& call) {
  const Tensor out = empty_like(call.tensor(0));
  fill_uniform(out, call.number(1), call.number(2), generator_of(call, 3));
  call.ret(out);
}
void uniform_in_place(OpCall& call) {
  const double from = call.number(1), to = call.number(2);
  if (from > to) {
    fail("uniform_ expects to return a [from, to) range, but found from=", from, " > to=", to);
  }
  fill_uniform(call.tensor(0), from, to, generator_of(call, 3));
  ret_self(call);
}
void normal_in_place(OpCall& call) {
  fill_normal(call.tensor(0), call.number(1), call.number(2), generator_of(call, 3));
  ret_self(call);
}
void normal_functional(OpCall& call) {
  const Tensor out = empty_like(call.tensor(0));
  fill_normal(out, call.number(1), call.number(2), generator_of(call, 3));
  call.ret(out);
}
void normal_size(OpCall& call) {
  const Tensor out = make(call, call.ints(2), 4, DType::kFloat32);
  fill_normal(out, call.number(0), call.number(1), generator_of(call, 3));
  call.ret(out);
}

void normal_tensors(OpCall& call) {
  const Tensor mean = call.in(0).is_tensor() ? call.tensor(0) : Tensor();
  const Tensor deviation = call.in(1).is_tensor() ? call.tensor(1) : Tensor();
  const Tensor& first = mean.defined() ? mean : deviation;
  const Dims sizes = mean.defined() && deviation.defined()
                         ? broadcast(mean.sizes(), deviation.sizes())
                         : Dims(first.sizes().begin(), first.sizes().end());
  const Tensor out = empty(sizes, first.dtype());
  fill_normal(out, 0, 1, generator_of(call, 2));
  const auto spread = [&](const Tensor& given, size_t i) {
    return given.defined() ? to_dtype(given, first.dtype()).expand(sizes).contiguous()
                           : full(sizes, call.number(i), first.dtype());
  };
  const Tensor means = spread(mean, 0), deviations = spread(deviation, 1);
  visit(out.dtype(), "normal", AllFloatTypes{}, [&]<class T>() {
    using C = Compute<T>;
    for (int64_t i = 0; i < out.numel(); ++i) {
      const C scale = static_cast<C>(deviations.data<T>()[i]);
      if (!(scale >= C(0))) fail("normal expects all elements of std >= 0.0");
      T& value = out.data<T>()[i];
      value = T(static_cast<C>(value) * scale + static_cast<C>(means.data<T>()[i]));
    }
  });
  call.ret(out);
}

void bernoulli(OpCall& call) {
  const Tensor out = empty(call.tensor(0).sizes(), call.tensor(0).dtype());
  fill_bernoulli_tensor(out, call.tensor(0), generator_of(call, 1));
  call.ret(out);
}
void bernoulli_p(OpCall& call) {
  const Tensor out = empty(call.tensor(0).sizes(), call.tensor(0).dtype());
  fill_bernoulli(out, call.number(1), generator_of(call, 2));
  call.ret(out);
}
void bernoulli_tensor(OpCall& call) {
  const Tensor out = empty(call.tensor(0).sizes(), call.tensor(0).dtype());
  fill_bernoulli_tensor(out, call.tensor(1), generator_of(call, 2));
  call.ret(out);
}
void bernoulli_in_place(OpCall& call) {
  fill_bernoulli(call.tensor(0), call.number(1), generator_of(call, 2));
  ret_self(call);
}
void bernoulli_tensor_in_place(OpCall& call) {
  fill_bernoulli_tensor(call.tensor(0), call.tensor(1), generator_of(call, 2));
  ret_self(call);
}
void exponential_in_place(OpCall& call) {
  fill_exponential(call.tensor(0), call.number(1), generator_of(call, 2));
  ret_self(call);
}

namespace {

// One double per element through a transformation.
template <class Types, class Transform>
void fill_transformed(OpCall& call, size_t generator_arg, const char* name,
                      const Transform& transform) {
  const Tensor self = call.tensor(0);
  GeneratorValue& generator = generator_of(call, generator_arg);
  visit(self.dtype(), name, Types{}, [&]<class T>() {
    T* data = self.data<T>();
    self.mark_written();
    in_memory_order(self, [&](int64_t at) {
      const double drawn = transform(generator);
      if constexpr (std::is_integral_v<T>) {
        data[at] = truncate_to<T>(drawn);
      } else {
        data[at] = T(static_cast<Compute<T>>(drawn));
      }
    });
  });
  ret_self(call);
}

}  // namespace

void geometric_in_place(OpCall& call) {
  const double p = call.number(1);
  if (!(p > 0 && p < 1)) fail("geometric_ expects p to be in (0, 1), but got p=", p);
  fill_transformed<RealTypes>(call, 2, "geometric_cpu", [p](GeneratorValue& generator) {
    return std::ceil(std::log(uniform_double(generator)) / std::log1p(-p));
  });
}
void cauchy_in_place(OpCall& call) {
  const double median = call.number(1), sigma = call.number(2);
  if (!(sigma > 0)) fail("cauchy_ expects sigma > 0.0, but found sigma=", sigma);
  fill_transformed<AllFloatTypes>(call, 3, "cauchy_cpu", [=](GeneratorValue& generator) {
    return median + sigma * std::tan(3.14159265358979323846 * (uniform_double(generator) - 0.5));
  });
}
void log_normal_in_place(OpCall& call) {
  const double mean = call.number(1), deviation = call.number(2);
  if (!(deviation > 0)) fail("log_normal_ expects std > 0.0, but found std=", deviation);
  fill_transformed<AllFloatTypes>(call, 3, "log_normal_cpu", [=](GeneratorValue& generator) {
    return std::exp(normal_double(generator) * deviation + mean);
  });
}

void random_in_place(OpCall& call) {
  fill_full_range(call.tensor(0), generator_of(call, 1));
  ret_self(call);
}
void random_to_in_place(OpCall& call) {
  fill_from_to(call.tensor(0), 0, call.integer(1), generator_of(call, 2));
  ret_self(call);
}
void random_from(OpCall& call) {
  const Tensor out = empty_like(call.tensor(0));
  fill_from_bounds(call, out);
  call.ret(out);
}
void random_from_in_place(OpCall& call) {
  fill_from_bounds(call, call.tensor(0));
  ret_self(call);
}

void multinomial(OpCall& call) {
  const Tensor self = call.tensor(0);
  const int64_t samples = call.integer(1);
  const bool replacement = call.boolean(2);
  if (self.dim() < 1 || self.dim() > 2) fail("prob_dist must be 1 or 2 dim");
  if (!is_floating(self.dtype())) {
    fail("multinomial only supports floating-point dtypes for input, got: ",
         dtype_name(self.dtype()));
  }
  const int64_t choices = self.sizes().back(), rows = self.dim() == 2 ? self.sizes()[0] : 1;
  if (samples <= 0) fail("cannot sample n_sample <= 0 samples");
  if (!replacement && samples > choices) {
    fail("cannot sample n_sample > prob_dist.size(-1) samples without replacement");
  }
  const Tensor weights = to_dtype(self, DType::kFloat64).contiguous();
  for (int64_t r = 0; r < rows; ++r) {
    double sum = 0;
    for (int64_t c = 0; c < choices; ++c) {
      const double weight = weights.data<double>()[r * choices + c];
      if (!(weight >= 0) || std::isinf(weight)) {
        fail("probability tensor contains either `inf`, `nan` or element < 0");
      }
      sum += weight;
    }
    if (!(sum > 0)) fail("invalid multinomial distribution (sum of probabilities <= 0)");
  }
  GeneratorValue& generator = generator_of(call, 3);
  const Tensor out =
      !replacement ? draw_without_replacement(self, weights, rows, choices, samples, generator)
                   : draw_with_replacement(weights, rows, choices, samples, generator);
  call.ret(self.dim() == 1 ? out.view_as_shape({samples}) : out);
}

void manual_seed(OpCall& call) {
  if (call.in(0).tag() == Tag::kGenerator) {
    call.in(0).to_generator().manual_seed(static_cast<uint64_t>(call.integer(1)));
    return call.ret(call.in(0));
  }
  call.context().default_generator().manual_seed(static_cast<uint64_t>(call.integer(0)));
}

void make_generator(OpCall& call) {
  creation::check_device(call, 0);
  auto generator = make_ref<GeneratorValue>();
  if (!call.is_none(1)) generator->manual_seed(static_cast<uint64_t>(call.integer(1)));
  call.ret(IValue(std::move(generator)));
}

void seed_generator(OpCall& call) {
  std::random_device device;
  const uint64_t seed = (uint64_t{device()} << 32 | device()) & 0x1fffffffffffff;
  call.in(0).to_generator().manual_seed(seed);
  call.ret(static_cast<int64_t>(seed));
}

void initial_seed(OpCall& call) {
  call.ret(static_cast<int64_t>(call.in(0).to_generator().initial_seed()));
}

}  // namespace temper::random
