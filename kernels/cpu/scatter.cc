// Writing elements by index along one dim.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/fill.h"
#include "kernels/cpu/gather.h"
#include "kernels/cpu/gather_loops.h"
#include "kernels/cpu/indexing.h"
#include "kernels/cpu/walk.h"
#include "kernels/cpu/wrapping.h"

namespace temper::indexing {
namespace {

enum class Reduce { kAssign, kAdd, kMultiply, kMax, kMin };

template <Reduce R, class T>
T combine(T old, T value) {
  using C = Compute<T>;
  const C a = static_cast<C>(old), b = static_cast<C>(value);
  if constexpr (std::is_same_v<T, Bool8>) {
    if constexpr (R == Reduce::kAdd || R == Reduce::kMax) return a || b;
    return a && b;
  } else if constexpr (R == Reduce::kAdd) {
    return T(wrapping_sum(a, b));
  } else if constexpr (R == Reduce::kMultiply) {
    return T(wrapping_product(a, b));
  } else {
    if constexpr (std::is_floating_point_v<C>) {
      if (std::isnan(a)) return old;
      if (std::isnan(b)) return value;
    }
    return T(R == Reduce::kMax ? std::max(a, b) : std::min(a, b));
  }
}

// self[..., index, ...] op= src over the shape of `index`; all three have the same rank. Elements
// are visited in row-major order, so that the last one wins.
struct Scatter {
  Tensor self, index, src;
  int64_t dim;

  template <class T, class Op>
  void run(T* to, const T* from, const Op& op) const {
    const int64_t size = self.sizes()[dim], stride = self.strides()[dim];
    Dims fixed(self.strides().begin(), self.strides().end());
    fixed[dim] = 0;
    const int64_t* indices = index.data<int64_t>();
    const bool checked =
        index.is_contiguous() && gather_loops().all_below(indices, index.numel(), size);
    walk<3>(index.sizes(), {DimsView(fixed), src.strides(), index.strides()},
            [&](const auto& o, int64_t n, const auto& s) {
              const auto place = [&](int64_t i) {
                const int64_t k = indices[o[2] + i * s[2]];
                if (!checked && (k < 0 || k >= size)) index_out_of_bounds(k, dim, size);
                return o[0] + k * stride;
              };
              if (checked && s[2] == 1 && s[0] == 0 && s[1] == 1) {  // along the last dim
                const int64_t* at = indices + o[2];
                for (int64_t i = 0; i < n; ++i) op(to[o[0] + at[i] * stride], from[o[1] + i]);
                return;
              }
              if (s[2] != 0 || n == 0) {
                for (int64_t i = 0; i < n; ++i) {
                  op(to[place(i) + i * s[0]], from[o[1] + i * s[1]]);
                }
                return;
              }
              // One index for the whole row.
              T* target = to + place(0);
              const T* source = from + o[1];
              if (s[0] == 1 && s[1] == 1) {
                for (int64_t i = 0; i < n; ++i) op(target[i], source[i]);
              } else {
                for (int64_t i = 0; i < n; ++i) op(target[i * s[0]], source[i * s[1]]);
              }
            });
  }

  void apply(Reduce reduce, const char* name) const {
    if (index.numel() == 0) return;
    self.mark_written();
    if (reduce == Reduce::kAssign) {
      visit_size(self.dtype(), [&]<class T>() {
        run(reinterpret_cast<T*>(self.raw()), reinterpret_cast<const T*>(src.raw()),
            [](T& to, const T& value) { to = value; });
      });
    } else if (reduce == Reduce::kAdd || reduce == Reduce::kMultiply) {
      visit(self.dtype(), name, AllTypes{}, [&]<class T>() {
        if (reduce == Reduce::kAdd) {
          run(self.data<T>(), src.data<T>(),
              [](T& to, const T& value) { to = combine<Reduce::kAdd>(to, value); });
        } else {
          run(self.data<T>(), src.data<T>(),
              [](T& to, const T& value) { to = combine<Reduce::kMultiply>(to, value); });
        }
      });
    } else {
      visit(self.dtype(), name, RealAndBool{}, [&]<class T>() {
        if (reduce == Reduce::kMax) {
          run(self.data<T>(), src.data<T>(),
              [](T& to, const T& value) { to = combine<Reduce::kMax>(to, value); });
        } else {
          run(self.data<T>(), src.data<T>(),
              [](T& to, const T& value) { to = combine<Reduce::kMin>(to, value); });
        }
      });
    }
  }
};

void check_scatter_shapes(const Tensor& self, const Tensor& index, const Tensor& src, int64_t dim,
                          bool check_src) {
  if (index.numel() == 0) return;
  if (self.dim() != index.dim()) {
    fail("Index tensor must have the same number of dimensions as self tensor");
  }
  if (check_src && src.dim() != index.dim()) {
    fail("Index tensor must have the same number of dimensions as src tensor");
  }
  for (int64_t d = 0; d < self.dim(); ++d) {
    const bool outside = d != dim && index.sizes()[d] > self.sizes()[d];
    if (outside || (check_src && index.sizes()[d] > src.sizes()[d])) {
      fail("Expected index ", to_string(index.sizes()), " to be smaller than self ",
           to_string(self.sizes()), " apart from dimension ", dim,
           check_src ? str_cat(" and to be smaller size than src ", to_string(src.sizes())) : "");
    }
  }
}

// self, dim, index and src at arguments 0 to 3.
Scatter from_tensor(const OpCall& call, const Tensor& self) {
  const int64_t dim = wrap_dim(call.integer(1), self.dim());
  const Tensor index = wide_index(call.tensor(2), "scatter"), src = call.tensor(3);
  if (self.dtype() != src.dtype()) {
    fail("scatter(): Expected self.dtype to be equal to src.dtype");
  }
  Scatter scatter{as_vector(self), as_vector(index), as_vector(src), dim};
  check_scatter_shapes(scatter.self, scatter.index, scatter.src, dim, true);
  return scatter;
}

Scatter from_number(const OpCall& call, const Tensor& self) {
  const int64_t dim = wrap_dim(call.integer(1), self.dim());
  const Tensor index = as_vector(wide_index(call.tensor(2), "scatter"));
  const Tensor value = scalar_tensor(call.in(3), self.dtype());
  Scatter scatter{as_vector(self), index, value.expand(index.sizes()), dim};
  check_scatter_shapes(scatter.self, scatter.index, scatter.src, dim, false);
  return scatter;
}

Reduce legacy_reduce(const std::string& name) {
  if (name == "add") return Reduce::kAdd;
  if (name == "multiply") return Reduce::kMultiply;
  fail("reduce argument must be either add or multiply.");
}

// The value that a reduction starts from when the old element does not take part.
IValue identity_of(const std::string& reduce, DType dtype) {
  if (reduce == "prod") return 1;
  const bool largest = reduce == "amin";
  if (reduce != "amax" && !largest) return 0;
  if (is_floating(dtype)) {
    const double inf = std::numeric_limits<double>::infinity();
    return largest ? inf : -inf;
  }
  int64_t value = 0;
  visit(dtype, "scatter_reduce", TypeSet<uint8_t, int8_t, int16_t, int32_t, int64_t, Bool8>{},
        [&]<class T>() {
          value = static_cast<int64_t>(largest ? std::numeric_limits<Compute<T>>::max()
                                               : std::numeric_limits<Compute<T>>::lowest());
        });
  return value;
}

Reduce reduce_of(const std::string& name) {
  if (name == "sum" || name == "mean") return Reduce::kAdd;
  if (name == "prod") return Reduce::kMultiply;
  if (name == "amax") return Reduce::kMax;
  if (name == "amin") return Reduce::kMin;
  fail("reduce argument must be either sum, prod, mean, amax or amin, got ", name, ".");
}

template <class T>
T divided(T sum, T count) {
  using C = Compute<T>;
  const C a = static_cast<C>(sum), b = static_cast<C>(count);
  if constexpr (std::is_integral_v<T>) {
    const auto quotient = a / b;
    return static_cast<T>((a % b != 0 && (a < 0) != (b < 0)) ? quotient - 1 : quotient);
  } else {
    return T(a / b);
  }
}

// Divides by the number of values that were added to each element.
void finish_mean(const Scatter& scatter, bool include_self) {
  const Tensor counts = full(scatter.self.sizes(), include_self ? 1 : 0, scatter.self.dtype());
  const Tensor one = full({}, 1, counts.dtype());
  Scatter{counts, scatter.index, one.expand(scatter.index.sizes()), scatter.dim}.apply(
      Reduce::kAdd, "scatter_reduce");
  const Tensor& self = scatter.self;
  visit(self.dtype(), "scatter_reduce",
        TypeSet<float, double, Half, BFloat16, uint8_t, int8_t, int16_t, int32_t, int64_t,
                Complex64, Complex128>{},
        [&]<class T>() {
          T* data = self.data<T>();
          const T* count = counts.data<T>();
          walk_each<2>(self.sizes(), {self.strides(), counts.strides()}, [&](const auto& at) {
            const T n = count[at[1]];
            if (static_cast<Compute<T>>(n) != Compute<T>(0)) data[at[0]] = divided(data[at[0]], n);
          });
        });
}

void reduce_with(const Scatter& scatter, const std::string& name, bool include_self) {
  const Reduce reduce = reduce_of(name);
  if (scatter.index.numel() == 0) return;
  if (!include_self) {
    const Tensor start =
        scalar_tensor(identity_of(name, scatter.self.dtype()), scatter.self.dtype());
    Scatter{scatter.self, scatter.index, start.expand(scatter.index.sizes()), scatter.dim}.apply(
        Reduce::kAssign, "scatter_reduce");
  }
  scatter.apply(reduce, "scatter_reduce");
  if (name == "mean") finish_mean(scatter, include_self);
}

// A vector of indices along `dim` as an index tensor of the shape of `src`.
Scatter from_vector(const OpCall& call, const Tensor& self, const Tensor& src, const char* name,
                    bool wrap) {
  const int64_t dim = wrap_dim(call.integer(1), self.dim());
  const Tensor given = call.tensor(2);
  if (given.dim() > 1) fail(name, "(): Index is supposed to be a vector");
  if (given.dtype() != DType::kInt64 && given.dtype() != DType::kInt32) {
    fail(name, "(): Expected dtype int32/int64 for index");
  }
  const Tensor target = as_vector(self), source = as_vector(src);
  Tensor index = to_dtype(as_vector(given), DType::kInt64).contiguous();
  if (wrap) {
    const int64_t size = target.sizes()[dim];
    index = index.clone();
    for (int64_t i = 0; i < index.numel(); ++i) {
      int64_t& k = index.data<int64_t>()[i];
      if (k < -size || k >= size) index_out_of_bounds(k, dim, size);
      if (k < 0) k += size;
    }
  }
  if (index.numel() != source.size(dim)) {
    fail(name, "(): Number of indices (", index.numel(), ") should be equal to source.size(dim): (",
         source.size(dim), "), for dim: ", dim);
  }
  for (int64_t d = 0; d < target.dim(); ++d) {
    if (source.dim() != target.dim() || (d != dim && source.sizes()[d] != target.sizes()[d])) {
      fail(name,
           "(): Source/destination tensor must have same slice shapes. Destination slice "
           "shape: ",
           to_string(target.sizes()), " at dimension ", dim,
           " and source slice shape: ", to_string(source.sizes()), " at dimension ", dim, ".");
    }
  }
  Dims strides(static_cast<size_t>(source.dim()), 0);
  strides[dim] = 1;
  return Scatter{target, index.as_strided(source.sizes(), strides, index.offset()), source, dim};
}

void check_same_dtype(const char* name, const Tensor& self, const Tensor& source) {
  if (self.dtype() != source.dtype()) {
    fail(name, "(): self and source expected to have the same dtype, but got (self) ",
         dtype_name(self.dtype()), " and (source) ", dtype_name(source.dtype()));
  }
}

}  // namespace

void scatter_src(OpCall& call, const Tensor& self) {
  from_tensor(call, self).apply(Reduce::kAssign, "scatter");
}
void scatter_value(OpCall& call, const Tensor& self) {
  from_number(call, self).apply(Reduce::kAssign, "scatter");
}
void scatter_reduce_src(OpCall& call, const Tensor& self) {
  from_tensor(call, self).apply(legacy_reduce(call.string(4)), "scatter");
}
void scatter_reduce_value(OpCall& call, const Tensor& self) {
  from_number(call, self).apply(legacy_reduce(call.string(4)), "scatter");
}
void scatter_add(OpCall& call, const Tensor& self) {
  from_tensor(call, self).apply(Reduce::kAdd, "scatter_add");
}
void scatter_reduce(OpCall& call, const Tensor& self) {
  reduce_with(from_tensor(call, self), call.string(4), call.boolean(5));
}

void index_add(OpCall& call, const Tensor& self) {
  Tensor source = call.tensor(3);
  check_same_dtype("index_add", self, source);
  const IValue& alpha = call.in(4);
  if (!(alpha.is_int() && alpha.to_int() == 1)) {
    const Tensor scaled = source.clone(), factor = scalar_tensor(alpha, source.dtype());
    visit(scaled.dtype(), "index_add", AllTypes{}, [&]<class T>() {
      const T by = *factor.data<T>();
      // The clone is dense.
      T* data = scaled.data<T>();
      for (int64_t i = 0; i < scaled.numel(); ++i)
        data[i] = combine<Reduce::kMultiply>(data[i], by);
    });
    source = scaled;
  }
  from_vector(call, self, source, "index_add", false).apply(Reduce::kAdd, "index_add");
}

void index_copy(OpCall& call, const Tensor& self) {
  const Tensor source = call.tensor(3);
  if (self.dtype() != source.dtype()) {
    fail("index_copy_(): self and source expected to have the same dtype, but got (self) ",
         dtype_name(self.dtype()), " and (source) ", dtype_name(source.dtype()));
  }
  if (call.tensor(2).dtype() != DType::kInt64) {
    fail("index_copy_(): Expected a long tensor for index, but got ",
         dtype_name(call.tensor(2).dtype()));
  }
  from_vector(call, self, source, "index_copy_", false).apply(Reduce::kAssign, "index_copy");
}

void index_fill(OpCall& call, const Tensor& self) {
  const Tensor index = call.tensor(2);
  if (index.dtype() != DType::kInt64) fail("index_fill_(): Expected dtype int64 for index.");
  IValue value = call.in(3);
  Tensor source;
  if (value.is_tensor()) {
    source = value.to_tensor();
    if (source.dim() != 0) {
      fail("index_fill_ only supports a 0-dimensional value tensor, but got tensor with ",
           source.dim(), " dimension(s).");
    }
    source = to_dtype(source, self.dtype());
  } else {
    if (value.is_complex() && !is_complex(self.dtype())) {
      fail("index_fill_(): Converting complex Scalar to non-complex type is not supported");
    }
    source = scalar_tensor(value, self.dtype());
  }
  Dims sizes(self.sizes().begin(), self.sizes().end());
  if (sizes.empty()) sizes.push_back(1);
  sizes[wrap_dim(call.integer(1), self.dim())] = index.numel();
  from_vector(call, self, source.expand(sizes), "index_fill_", true)
      .apply(Reduce::kAssign, "index_fill");
}

void index_reduce(OpCall& call, const Tensor& self) {
  const Tensor source = call.tensor(3);
  check_same_dtype("index_reduce", self, source);
  const std::string& name = call.string(4);
  if (name != "prod" && name != "mean" && name != "amax" && name != "amin") {
    fail("index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got ", name,
         ".");
  }
  reduce_with(from_vector(call, self, source, "index_reduce", false), name, call.boolean(5));
}

void put(OpCall& call, const Tensor& self) {
  const Tensor index = call.tensor(1), source = call.tensor(2);
  if (index.dtype() != DType::kInt64) {
    fail("put_(): Expected a long tensor for index, but got ", dtype_name(index.dtype()));
  }
  check_same_dtype("put_", self, source);
  if (index.numel() != source.numel()) {
    fail(
        "put_(): Expected source and index to have the same number of elements, but got "
        "source.numel() = ",
        source.numel(), ", index.numel() = ", index.numel());
  }
  if (index.numel() == 0) return;
  if (self.numel() == 0) fail("put_(): Expected self to have elements, but it is empty");
  const int64_t count = self.numel();
  const Tensor at = index.clone().contiguous(), values = source.contiguous();
  Tensor flat =
      self.is_contiguous() ? self.view_as_shape({count}) : self.contiguous().view_as_shape({count});
  const Tensor wrapped = empty({at.numel()}, DType::kInt64);
  for (int64_t i = 0; i < at.numel(); ++i) {
    int64_t k = at.data<int64_t>()[i];
    if (k < -count || k >= count) {
      fail("out of range: tried to access index ", k, " on a tensor of ", count, " elements.");
    }
    wrapped.data<int64_t>()[i] = k < 0 ? k + count : k;
  }
  Scatter{flat, wrapped, values.view_as_shape({values.numel()}), 0}.apply(
      call.boolean(3) ? Reduce::kAdd : Reduce::kAssign, "put_");
  if (!self.is_contiguous()) copy_into(self, flat.view_as_shape(self.sizes()));
}

}  // namespace temper::indexing
