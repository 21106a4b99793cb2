#include "kernels/cpu/draw.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/overlap.h"
#include "kernels/cpu/view_math.h"
#include "kernels/cpu/walk.h"

namespace temper::random {
namespace {

constexpr double kPi = 3.14159265358979323846;

// How many random bits an element of a dtype gets.
int digits_of(DType dtype) {
  switch (dtype) {
    case DType::kFloat64: return 53;
    case DType::kFloat32: return 24;
    case DType::kFloat16: return 11;
    default: return 8;  // bfloat16
  }
}

// One uniform draw for an element of `dtype`.
template <class C>
C draw_uniform(DType dtype, GeneratorValue& generator) {
  const int digits = digits_of(dtype);
  const uint64_t mask = (uint64_t{1} << digits) - 1;
  const uint64_t bits = dtype == DType::kFloat64 ? generator.random64() : generator.random();
  return static_cast<C>(bits & mask) * (C(1) / static_cast<C>(uint64_t{1} << digits));
}

template <class T, class Draw>
void fill_each(const Tensor& self, const Draw& draw) {
  T* data = self.data<T>();
  self.mark_written();
  in_memory_order(self, [&](int64_t at) { data[at] = T(static_cast<Compute<T>>(draw())); });
}

// Sixteen uniform numbers become sixteen normal ones: the first half radii, the second angles.
template <class T>
void transform_sixteen(T* data, double mean, double deviation) {
  using C = Compute<T>;
  for (int j = 0; j < 8; ++j) {
    // Intermediate values round to T, as reduced precision does in the oracle.
    const C u1 = static_cast<C>(T(C(1) - static_cast<C>(data[j])));
    const C u2 = static_cast<C>(data[j + 8]);
    const C radius = static_cast<C>(T(std::sqrt(C(-2) * std::log(u1))));
    const C theta = static_cast<C>(T(static_cast<C>(2.0 * kPi * static_cast<double>(u2))));
    data[j] = T(radius * std::cos(theta) * static_cast<C>(deviation) + static_cast<C>(mean));
    data[j + 8] = T(radius * std::sin(theta) * static_cast<C>(deviation) + static_cast<C>(mean));
  }
}

// Sixteen at a time; a rest overlaps the last full block with fresh numbers.
template <class T>
void fill_normal_blocks(const Tensor& self, double mean, double deviation,
                        GeneratorValue& generator) {
  T* data = self.data<T>();
  const int64_t count = self.numel();
  const auto draw = [&] { return T(draw_uniform<Compute<T>>(self.dtype(), generator)); };
  for (int64_t i = 0; i < count; ++i) data[i] = draw();
  for (int64_t i = 0; i + 16 <= count; i += 16) transform_sixteen(data + i, mean, deviation);
  if (count % 16 != 0) {
    T* rest = data + count - 16;
    for (int i = 0; i < 16; ++i) rest[i] = draw();
    transform_sixteen(rest, mean, deviation);
  }
}

}  // namespace

GeneratorValue& generator_of(const OpCall& call, size_t i) {
  return i >= call.size() || call.is_none(i) ? call.context().default_generator()
                                             : call.in(i).to_generator();
}

double uniform_double(GeneratorValue& generator) {
  return draw_uniform<double>(DType::kFloat64, generator);
}
float uniform_float(GeneratorValue& generator) {
  return draw_uniform<float>(DType::kFloat32, generator);
}

double normal_double(GeneratorValue& generator) {
  if (generator.next_double_normal) {
    const double kept = *generator.next_double_normal;
    generator.next_double_normal.reset();
    return kept;
  }
  const double u1 = uniform_double(generator), u2 = uniform_double(generator);
  const double radius = std::sqrt(-2.0 * std::log1p(-u2)), theta = 2.0 * kPi * u1;
  generator.next_double_normal = radius * std::sin(theta);
  return radius * std::cos(theta);
}

void in_memory_order(const Tensor& self, absl::FunctionRef<void(int64_t)> each) {
  if (is_non_overlapping_and_dense(self.sizes(), self.strides())) {
    for (int64_t i = 0; i < self.numel(); ++i) each(i);
    return;
  }
  check_no_overlap(self);
  const Dims order_strides = dense_strides_like(self.sizes(), self.strides());
  Dims order(self.sizes().size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return order_strides[a] > order_strides[b]; });
  const Tensor ordered = self.permute(order);
  walk_each<1>(ordered.sizes(), {ordered.strides()}, [&](const auto& at) { each(at[0]); });
}

void fill_uniform(const Tensor& self, double from, double to, GeneratorValue& generator) {
  if (is_complex(self.dtype()))
    return fill_uniform(views::view_complex_as_real(self), from, to, generator);
  visit(self.dtype(), "check_uniform_bounds", AllFloatTypes{}, [&]<class T>() {
    using C = Compute<T>;
    const C low = static_cast<C>(T(static_cast<C>(from)));
    const C high = static_cast<C>(T(static_cast<C>(to)));
    fill_each<T>(self,
                 [&] { return draw_uniform<C>(self.dtype(), generator) * (high - low) + low; });
  });
}

void fill_normal(const Tensor& self, double mean, double deviation, GeneratorValue& generator) {
  if (deviation < 0) fail("normal expects std >= 0.0, but found std ", deviation);
  if (is_complex(self.dtype())) {  // each part has half of the variance
    return fill_normal(views::view_complex_as_real(self), mean, deviation / std::sqrt(2.0),
                       generator);
  }
  visit(self.dtype(), "normal_kernel_cpu", AllFloatTypes{}, [&]<class T>() {
    if (self.numel() >= 16 && self.is_contiguous()) {
      self.mark_written();
      return fill_normal_blocks<T>(self, mean, deviation, generator);
    }
    fill_each<T>(self, [&] { return normal_double(generator) * deviation + mean; });
  });
}

void fill_bernoulli(const Tensor& self, double p, GeneratorValue& generator) {
  if (!(p >= 0 && p <= 1)) fail("bernoulli_ expects p to be in [0, 1], but got p=", p);
  visit(self.dtype(), "bernoulli_scalar_cpu_", RealAndBool{}, [&]<class T>() {
    fill_each<T>(self, [&] { return uniform_double(generator) < p ? 1 : 0; });
  });
}

void drop_out(const Tensor& self, double p, GeneratorValue& generator) {
  if (!(p >= 0 && p <= 1)) fail("dropout probability has to be between 0 and 1, but got ", p);
  if (p == 0 || self.numel() == 0) return;
  visit(self.dtype(), "dropout", FloatTypes{}, [&]<class T>() {
    T* data = self.data<T>();
    if (p == 1) {  // nothing is drawn
      for (int64_t i = 0; i < self.numel(); ++i) data[i] *= T(0);
      return;
    }
    const Tensor keep = empty(self.sizes(), self.dtype());
    fill_bernoulli(keep, 1 - p, generator);
    const T* kept = keep.data<T>();
    for (int64_t i = 0; i < self.numel(); ++i) data[i] *= kept[i] / static_cast<T>(1 - p);
  });
}

void fill_exponential(const Tensor& self, double lambda, GeneratorValue& generator) {
  if (!(lambda > 0)) fail("exponential_ expects lambda > 0.0, but found lambda=", lambda);
  visit(self.dtype(), "exponential_cpu", AllFloatTypes{}, [&]<class T>() {
    fill_each<T>(self, [&] { return -1.0 / lambda * std::log1p(-uniform_double(generator)); });
  });
}

}  // namespace temper::random
