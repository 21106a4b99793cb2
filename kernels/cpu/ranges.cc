// Sequences: arange, range, linspace, logspace, eye and indices of triangles.
#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/base/truncate.h"
#include "core/op/op_def.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/creation.h"
#include "kernels/cpu/fill.h"
#include "kernels/cpu/overlap.h"
#include "kernels/cpu/pointwise/promote.h"

namespace temper::creation {
namespace {

// layout and device of a factory whose dtype is argument `i`.
void check_factory(const OpCall& call, size_t i) {
  if (call.integer_or(i + 1, 0) != 0) unimplemented(call.op().key(), ": sparse layouts");
  check_device(call, i + 2);
}

int64_t whole(const IValue& number) {
  if (!number.is_double()) return number.scalar_as_int();
  const double value = number.to_double();
  if (!(value >= -0x1p63 && value < 0x1p63)) {
    fail("value cannot be converted to type int64_t without overflow");
  }
  return static_cast<int64_t>(value);
}

int64_t range_length(const IValue& start, const IValue& end, const IValue& step, DType dtype) {
  if (is_integral(dtype)) {
    for (const IValue* each : {&start, &end, &step}) whole(*each);
  }
  const double s = step.scalar_as_double();
  const double from = start.scalar_as_double(), to = end.scalar_as_double();
  if (!(s > 0 || s < 0)) fail("step must be nonzero");
  if (!std::isfinite(from) || !std::isfinite(to)) {
    fail("unsupported range: ", from, " -> ", to);
  }
  if (!((s > 0 && to >= from) || (s < 0 && to <= from))) {
    fail("upper bound and larger bound inconsistent with step sign");
  }
  if (is_integral(dtype) && whole(step) == 0) fail("step must be nonzero");
  double length;
  if (dtype == DType::kInt64) {
    const auto distance = static_cast<uint64_t>(whole(end)) - static_cast<uint64_t>(whole(start));
    length = std::ceil(static_cast<double>(static_cast<int64_t>(distance)) /
                       static_cast<double>(whole(step)));
  } else {
    length = std::ceil((to - from) / s);
  }
  if (!(length >= 0 && length < 0x1p62)) fail("invalid size, possible overflow?");
  return static_cast<int64_t>(length);
}

void fill_range(const Tensor& out, const IValue& start, const IValue& step) {
  visit(out.dtype(), "arange_cpu", RealTypes{}, [&]<class T>() {
    T* data = out.data<T>();
    if constexpr (std::is_integral_v<T>) {
      const auto first = static_cast<uint64_t>(whole(start));
      const auto stride = static_cast<uint64_t>(whole(step));
      for (int64_t i = 0; i < out.numel(); ++i) {
        data[i] = static_cast<T>(first + static_cast<uint64_t>(i) * stride);
      }
    } else {
      const double first = start.scalar_as_double(), stride = step.scalar_as_double();
      constexpr int64_t kPiece = 1024;  // inside, small numbers become double quickly
      for (int64_t at = 0; at < out.numel(); at += kPiece) {
        const int n = static_cast<int>(std::min(kPiece, out.numel() - at));
        for (int i = 0; i < n; ++i) {
          const double place = static_cast<double>(at) + static_cast<double>(i);
          data[at + i] = T(static_cast<Compute<T>>(first + place * stride));
        }
      }
    }
  });
}

Tensor make_range(const IValue& start, const IValue& end, const IValue& step, DType dtype) {
  const Tensor out = temper::empty({range_length(start, end, step, dtype)}, dtype);
  fill_range(out, start, step);
  return out;
}

DType range_dtype(const OpCall& call, const IValue& start, const IValue& end, const IValue& step,
                  size_t dtype_arg) {
  check_factory(call, dtype_arg);
  // bool counts as an integer here.
  const bool integers = !start.is_double() && !end.is_double() && !step.is_double();
  return call.dtype_or(dtype_arg, integers ? DType::kInt64 : kDefaultFloat);
}

// What range() computes in.
template <class T>
using RangeNumber =
    std::conditional_t<std::is_integral_v<T>, int64_t,
                       std::conditional_t<std::is_same_v<T, BFloat16>, float, double>>;

using Wide = __int128;

template <class T>
int64_t closed_length(RangeNumber<T> first, RangeNumber<T> last, RangeNumber<T> step) {
  if (!(step > 0 || step < 0)) fail("step must be nonzero");
  if (!std::isfinite(static_cast<double>(first)) || !std::isfinite(static_cast<double>(last))) {
    fail("unsupported range: ", first, " -> ", last);
  }
  if (step > 0 ? last < first : last > first) {
    fail("upper bound and lower bound inconsistent with step sign");
  }
  using Length = std::conditional_t<std::is_integral_v<T>, Wide, RangeNumber<T>>;
  const Length length = (Length(last) - Length(first)) / Length(step) + Length(1);
  if (!(static_cast<double>(length) < 0x1p62)) fail("invalid size, possible overflow?");
  return static_cast<int64_t>(length);
}

// Both ends are included. Integers are cut before anything is computed, the step as well.
Tensor make_closed_range(const IValue& start, const IValue& end, const IValue& step, DType dtype) {
  Tensor out;
  using Types = TypeSet<uint8_t, int8_t, int16_t, int32_t, int64_t, BFloat16, float, double>;
  visit(dtype, "range_cpu", Types{}, [&]<class T>() {
    using N = RangeNumber<T>;
    const auto number = [](const IValue& value) {
      if constexpr (std::is_integral_v<T>)
        return whole(value);
      else
        return static_cast<N>(value.scalar_as_double());
    };
    const N first = number(start), stride = number(step);
    out = temper::empty({closed_length<T>(first, number(end), stride)}, dtype);
    T* data = out.data<T>();
    for (int64_t i = 0; i < out.numel(); ++i) {
      if constexpr (std::is_integral_v<T>) {
        data[i] = static_cast<T>(static_cast<uint64_t>(first) +
                                 static_cast<uint64_t>(i) * static_cast<uint64_t>(stride));
      } else {
        data[i] = T(static_cast<Compute<T>>(first + static_cast<N>(i) * stride));
      }
    }
  });
  return out;
}

// Fills the tensor at `out_arg`, which keeps its shape when it has as many elements.
void store_sequence(OpCall& call, size_t out_arg, const Tensor& values) {
  Tensor out = call.tensor(out_arg);
  if (out.numel() != values.numel()) out.resize(values.sizes());
  check_no_overlap(out);
  copy_into(out, values.view_as_shape(out.sizes()));
  call.ret(call.in(out_arg));
}

// A number, also when given as a 0-dim tensor.
IValue number_at(const OpCall& call, size_t i) {
  if (!call.in(i).is_tensor()) return call.in(i);
  const Tensor tensor = call.tensor(i);
  if (tensor.dim() != 0) {
    fail(call.op().name(),
         " only supports 0-dimensional start and end tensors, but got start or "
         "end with ",
         tensor.dim(), " dimension(s).");
  }
  if (is_complex(tensor.dtype())) {
    return *temper::to_dtype(tensor, DType::kComplex128).data<Complex128>();
  }
  if (is_floating(tensor.dtype())) return *temper::to_dtype(tensor, DType::kFloat64).data<double>();
  return *temper::to_dtype(tensor, DType::kInt64).data<int64_t>();
}

struct Interval {
  IValue start, end;
  int64_t steps;
  Tensor out;
};

DType interval_dtype(const OpCall& call, size_t dtype_arg) {
  check_factory(call, dtype_arg);
  const bool complex = number_at(call, 0).is_complex() || number_at(call, 1).is_complex();
  return call.dtype_or(dtype_arg, complex ? DType::kComplex64 : kDefaultFloat);
}

Interval make_interval(const OpCall& call, DType dtype) {
  Interval it{number_at(call, 0), number_at(call, 1), call.integer(2), {}};
  if (it.steps < 0) fail("number of steps must be non-negative");
  it.out = temper::empty({it.steps}, dtype);
  return it;
}

// Refuses numbers that the type does not hold.
template <class T>
Compute<T> interval_end(const IValue& value) {
  const Tensor end = scalar_tensor(value, kDTypeOf<T>);
  return static_cast<Compute<T>>(*end.data<T>());
}

using IntervalTypes = TypeSet<float, double, Half, BFloat16, uint8_t, int8_t, int16_t, int32_t,
                              int64_t, Complex64, Complex128>;

// Each half is counted from its own end, so that both ends are exact.
template <class T, class Point>
void fill_interval(const Interval& it, const Point& point) {
  T* data = it.out.data<T>();
  for (int64_t i = 0; i < it.steps; ++i) {
    const bool lower = i < it.steps / 2;
    data[i] = point(lower, lower ? i : it.steps - i - 1);
  }
}

// Places (r, c) of a matrix with c < r + offset.
Wide places_below(int64_t rows, int64_t cols, Wide offset) {
  const Wide first = std::max<Wide>(0, 1 - offset);
  if (first >= rows) return 0;
  const Wide start = std::min<Wide>(first + offset, cols);
  const Wide growing = std::min<Wide>(rows - first, cols - start);
  return growing * start + growing * (growing - 1) / 2 + (rows - first - growing) * cols;
}

Tensor triangle_indices(int64_t rows, int64_t cols, int64_t offset, bool lower, DType dtype) {
  if (rows < 0) fail("row must be non-negative, got", rows);
  if (cols < 0) fail("col must be non-negative, got", cols);
  visit(dtype, lower ? "tril_indices" : "triu_indices", TypeSet<int32_t, int64_t>{},
        []<class T>() {});
  const Wide below = places_below(rows, cols, lower ? Wide(offset) + 1 : Wide(offset));
  const Wide count = lower ? below : Wide(rows) * cols - below;
  if (count > INT64_MAX / 16) {
    fail("Storage size calculation overflowed: too many places in ", rows, " rows of ", cols);
  }
  const Tensor out = temper::empty({2, static_cast<int64_t>(count)}, DType::kInt64);
  int64_t* row_ids = out.data<int64_t>();
  int64_t* col_ids = row_ids + static_cast<int64_t>(count);
  // Rows without a place are skipped: there may be more of them than anybody can count.
  const Wide first = lower && cols > 0 ? std::max<Wide>(0, -Wide(offset)) : 0;
  for (Wide r = first, left = count; left > 0; ++r) {
    const Wide split = std::clamp<Wide>(r + offset + (lower ? 1 : 0), 0, cols);
    for (Wide c = lower ? 0 : split; c < (lower ? split : Wide(cols)); ++c, --left) {
      *row_ids++ = static_cast<int64_t>(r);
      *col_ids++ = static_cast<int64_t>(c);
    }
  }
  return temper::to_dtype(out, dtype);
}

Tensor identity(const OpCall& call, int64_t rows, int64_t cols, size_t dtype_arg) {
  check_factory(call, dtype_arg);
  if (rows < 0) fail("n must be greater or equal to 0, got ", rows);
  if (cols < 0) fail("m must be greater or equal to 0, got ", cols);
  const Tensor out = temper::zeros({rows, cols}, call.dtype_or(dtype_arg, DType::kFloat32));
  if (out.numel() > 0) fill_scalar(out.as_strided({std::min(rows, cols)}, {cols + 1}, 0), 1);
  return out;
}

Tensor make_linspace(const OpCall& call, DType dtype) {
  const Interval it = make_interval(call, dtype);
  if (it.steps == 1) fill_scalar(it.out, it.start);
  if (it.steps > 1) {
    visit(it.out.dtype(), "linspace_cpu", IntervalTypes{}, [&]<class T>() {
      const auto start = interval_end<T>(it.start), end = interval_end<T>(it.end);
      if constexpr (std::is_integral_v<T>) {
        const double step = (static_cast<double>(end) - static_cast<double>(start)) /
                            static_cast<double>(it.steps - 1);
        fill_interval<T>(it, [&](bool lower, int64_t i) {
          const double moved = step * static_cast<double>(i);
          return truncate_to<T>(lower ? static_cast<double>(start) + moved
                                      : static_cast<double>(end) - moved);
        });
      } else {
        using C = std::remove_const_t<decltype(start)>;
        // Every operation rounds to T, as reduced precision does in the oracle.
        const C step = static_cast<C>(T((end - start) / C(static_cast<double>(it.steps - 1))));
        fill_interval<T>(it, [&](bool lower, int64_t i) {
          const C moved = static_cast<C>(T(step * C(T(C(static_cast<double>(i))))));
          return T(lower ? start + moved : end - moved);
        });
      }
    });
  }
  return it.out;
}

Tensor make_logspace(const OpCall& call, DType dtype) {
  const Interval it = make_interval(call, dtype);
  const double base = call.number(3);
  if (it.steps == 0) return it.out;
  if (it.steps == 1) {
    fill_scalar(it.out, is_complex(dtype)
                            ? IValue(std::pow(Complex128(base), it.start.scalar_as_complex()))
                            : IValue(std::pow(base, interval_end<double>(it.start))));
    return it.out;
  }
  visit(it.out.dtype(), "logspace_cpu", IntervalTypes{}, [&]<class T>() {
    const double last = static_cast<double>(it.steps - 1);
    if constexpr (std::is_integral_v<T>) {
      const double start = static_cast<double>(interval_end<T>(it.start));
      const double end = static_cast<double>(interval_end<T>(it.end));
      const double step = static_cast<float>(end - start) / last;
      fill_interval<T>(it, [&](bool lower, int64_t i) {
        const double moved = step * static_cast<double>(i);
        const double power = lower ? start + moved : end - moved;
        return static_cast<T>(truncate_to_int64(std::pow(base, power)));
      });
    } else {
      const auto start = interval_end<T>(it.start), end = interval_end<T>(it.end);
      using C = std::remove_const_t<decltype(start)>;
      const C step = (end - start) / C(last);
      fill_interval<T>(it, [&](bool lower, int64_t i) {
        const C moved = step * C(static_cast<double>(i));
        const C power = lower ? start + moved : end - moved;
        return T(std::pow(C(base), power));
      });
    }
  });
  return it.out;
}

}  // namespace

void arange(OpCall& call) {
  const IValue start = 0, step = 1;
  call.ret(make_range(start, call.in(0), step, range_dtype(call, start, call.in(0), step, 1)));
}
void arange_start(OpCall& call) {
  const IValue step = 1;
  call.ret(
      make_range(call.in(0), call.in(1), step, range_dtype(call, call.in(0), call.in(1), step, 2)));
}
void arange_step(OpCall& call) {
  call.ret(make_range(call.in(0), call.in(1), call.in(2),
                      range_dtype(call, call.in(0), call.in(1), call.in(2), 3)));
}
void arange_out(OpCall& call) {
  store_sequence(call, 1, make_range(0, call.in(0), 1, call.tensor(1).dtype()));
}
void arange_start_out(OpCall& call) {
  store_sequence(call, 3, make_range(call.in(0), call.in(1), call.in(2), call.tensor(3).dtype()));
}

void range(OpCall& call) {
  check_factory(call, 2);
  call.ret(make_closed_range(call.in(0), call.in(1), 1, call.dtype_or(2, kDefaultFloat)));
}
void range_step(OpCall& call) {
  check_factory(call, 3);
  call.ret(make_closed_range(call.in(0), call.in(1), call.in(2), call.dtype_or(3, kDefaultFloat)));
}
void range_out(OpCall& call) {
  const IValue step = call.size() == 4 ? call.in(2) : IValue(1);
  const size_t out_arg = call.size() - 1;
  store_sequence(call, out_arg,
                 make_closed_range(call.in(0), call.in(1), step, call.tensor(out_arg).dtype()));
}

void linspace(OpCall& call) { call.ret(make_linspace(call, interval_dtype(call, 3))); }
void linspace_out(OpCall& call) {
  store_sequence(call, 3, make_linspace(call, call.tensor(3).dtype()));
}
void logspace(OpCall& call) { call.ret(make_logspace(call, interval_dtype(call, 4))); }
void logspace_out(OpCall& call) {
  store_sequence(call, 4, make_logspace(call, call.tensor(4).dtype()));
}

void eye(OpCall& call) { call.ret(identity(call, call.integer(0), call.integer(0), 1)); }
void eye_m(OpCall& call) { call.ret(identity(call, call.integer(0), call.integer(1), 2)); }

void tril_indices(OpCall& call) {
  check_factory(call, 3);
  call.ret(triangle_indices(call.integer(0), call.integer(1), call.integer(2), true,
                            call.dtype_or(3, DType::kInt64)));
}
void triu_indices(OpCall& call) {
  check_factory(call, 3);
  call.ret(triangle_indices(call.integer(0), call.integer(1), call.integer(2), false,
                            call.dtype_or(3, DType::kInt64)));
}

}  // namespace temper::creation
